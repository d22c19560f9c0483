#include "../fault/helper_world.c"
