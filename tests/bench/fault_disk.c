#include "../fault/helper_disk.c"
