#include "../fault/helper_simdisk.c"
