/* Shared with the tests of the kit. */
#include "../ui/helper_looks.c"
