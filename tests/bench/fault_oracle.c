#include "../fault/helper_oracle.c"
