#include "tests/window/helper_glass.c"
