#include "tests/bench/handheld_fill.c"
