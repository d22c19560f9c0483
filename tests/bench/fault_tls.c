#include "../fault/helper_tls.c"
