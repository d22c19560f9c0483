/* Names in the folder of what is carried, shared by the files that keep it. Not for others.
 *   DIGEST.gcb      a bundle            DIGEST-TAG.gcn  how a device nearby called it
 *   DIGEST.gcb.no   no use to our server  DIGEST.gca    words of arrival, to be brought back */
#ifndef WORK_CARRIED_PLACE_H
#define WORK_CARRIED_PLACE_H

#include "app/work/app.h"
#include "sync/handover/arrival.h"

enum { CARRIED_PATH = STORE_PATH + 160 };

/* The folder. */
void carried_folder(const struct app *app, char path[CARRIED_PATH]);

/* "HEX.gcb": the name under which something with that digest is kept. */
void carried_name(const unsigned char digest[ARRIVAL_DIGEST], const char *end, char name[64]);

/* The bundle is gone, and so is what it was called. */
void carried_forget_tag(const char *folder, const unsigned char digest[ARRIVAL_DIGEST]);

#endif
