#include "../fault/helper_kill_random.c"
