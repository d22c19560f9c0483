#include "../fault/helper_tun.c"
