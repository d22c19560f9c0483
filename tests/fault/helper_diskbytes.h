/* The answers, names and pictures of the disk lane: each follows from its number, and each has a
 * canary in it. */
#ifndef TESTS_HELPER_DISKBYTES_H
#define TESTS_HELPER_DISKBYTES_H

#include <stdio.h>
#include "platform/base/buf.h"

enum { WORLD_VALUE = 64, WORLD_PHOTO = 0, WORLD_RETAKEN, WORLD_SCAN };

/* The old PIN (0) and the new one (1). */
const char *world_pin(int n);

/* The volunteer's name, before (0) and after (1). */
const char *world_name(int n);

/* The n-th answer. */
void world_value(int n, char value[WORLD_VALUE]);

/* The n-th answer as XML. */
void world_add_answer(struct buf *xml, int n);

/* Bytes of a picture; WORLD_RETAKEN has the name of WORLD_PHOTO. */
void world_picture(int n, struct buf *bytes);
const char *world_picture_name(int n);

/* The snapshot of the draft of yesterday, and the XML of a record finished before today. */
const char *world_draft(void);
const char *world_kept(const char *instance_id);

#endif
