#include "../fault/helper_tls_gate.c"
