#include "../fault/helper_breaks.c"
