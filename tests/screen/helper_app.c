/* The same prepared app as in tests/work. */
#include "tests/work/helper_app.c"
