#include "../fault/helper_kill_world.c"
