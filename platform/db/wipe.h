/* SQLite's memory is zeroed when it is given back, so that no page of a locked store stays behind
 * in the heap. Inside this room only. */
#ifndef DB_WIPE_H
#define DB_WIPE_H

/* Makes SQLite allocate through here; before its first use, any thread, any number of times. */
void wipe_install(void);

#endif
