#include "../fault/helper_kill_trace.c"
