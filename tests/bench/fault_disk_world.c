#include "../fault/helper_diskworld.c"
