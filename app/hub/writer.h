/* The one thread that writes records: it takes all that wait, keeps them in one transaction with
 * one sync of the disk, and answers each of them after that. So two copies of one record in flight
 * meet here one after the other, and 300 devices at once cost few syncs. */
#ifndef HUB_WRITER_H
#define HUB_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "sync/openrosa/server.h"

struct writer;

/* Starts the thread with a session of its own on the folder. */
bool writer_start(struct writer **out, const char *data, struct err *err);

/* Keeps what still waits and ends the thread; parcels that come later are refused (503). Takes
 * NULL. */
void writer_close(struct writer *writer);

/* Closes and frees, when nobody adds any more; takes NULL. */
void writer_stop(struct writer *writer);

/* Queues a parcel; it is answered with openrosa_server_reply. Any thread. */
void writer_add(struct writer *writer, struct openrosa_parcel *parcel);

/* Notes, some time, that a device was here. Any thread. */
void writer_touch(struct writer *writer, int64_t device);

/* For tests of the full disk: from now on nothing more fits (or again). Any thread. */
void writer_fill_disk(struct writer *writer, bool full);

#endif
