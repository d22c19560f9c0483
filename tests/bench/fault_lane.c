#include "../fault/helper_lane.c"
