#include "../fault/helper_diskflip.c"
