#include "../fault/helper_simimage.c"
