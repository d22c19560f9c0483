#include "../fault/helper_diskbytes.c"
