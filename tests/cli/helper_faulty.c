#include "../http/helper_faulty.c"
