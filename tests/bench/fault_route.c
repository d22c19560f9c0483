#include "../fault/helper_route.c"
