#include "../fault/helper_flow.c"
