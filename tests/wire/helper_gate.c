#include "../fault/helper_gate.c"
