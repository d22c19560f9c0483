/* The TLS lane (F21, and the clock of F13): a real device and a real hub with a gate between them
 * that ends TLS and is not always what it says. One injection = one fresh record, new media, one
 * fault from a drawn request of the conversation on, then peace. Checked: nothing counts as sent
 * that the hub does not hold, a stranger reads not one byte, the reason is the right one. */
#ifndef TESTS_HELPER_TLS_H
#define TESTS_HELPER_TLS_H

/* Makes percent of 400 injections with seeds from seed on, prints a table, returns the number of
 * broken promises. GOCUA_FAULT=KIND:SEED in the environment: only that one. */
int tls_lane(unsigned long long seed, int percent);

#endif
