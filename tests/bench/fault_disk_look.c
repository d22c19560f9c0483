#include "../fault/helper_disklook.c"
