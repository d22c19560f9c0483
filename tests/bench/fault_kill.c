#include "../fault/helper_kill.c"
