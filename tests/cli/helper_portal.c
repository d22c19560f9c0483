#include "../openrosa/helper_portal.c"
