/* What the person who holds a camera before a code could do better, in words. */
#ifndef SCREEN_AIM_H
#define SCREEN_AIM_H

#include "platform/sensor/barcode.h"

/* The sentence for a hint (translated, static); nothing: what is said while nothing is seen. */
const char *aim_sentence(enum barcode_hint hint, const char *nothing);

#endif
