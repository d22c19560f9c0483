#include "handheld_run.c"
