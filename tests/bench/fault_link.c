#include "../fault/helper_link.c"
