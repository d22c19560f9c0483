#include "../fault/helper_kill_visit.c"
