#include "../fault/helper_tls_faces.c"
