#include "../fault/helper_stick.c"
