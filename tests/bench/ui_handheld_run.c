#include "tests/bench/handheld_run.c"
