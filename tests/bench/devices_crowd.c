#include "../fault/helper_crowd.c"
