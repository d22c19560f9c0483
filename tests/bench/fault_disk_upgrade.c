#include "../fault/helper_diskupgrade.c"
