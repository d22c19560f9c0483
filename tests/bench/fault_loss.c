#include "../fault/helper_loss.c"
