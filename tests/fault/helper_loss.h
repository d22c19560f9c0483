/* The lane of a server that loses data (F24): a record that was confirmed is gone, its files are
 * gone, yesterday's backup is restored, somebody deletes it, an empty server stands at the same
 * address. Checked: the device keeps all bytes, says so, and what is lost goes again: by itself a
 * day later, at once when a person asks; nothing doubles. */
#ifndef TESTS_HELPER_LOSS_H
#define TESTS_HELPER_LOSS_H

/* Makes percent of 1,000 injections with seeds from seed on, prints a table, returns the number of
 * broken promises. GOCUA_FAULT=KIND:SEED in the environment: only that one. */
int loss_lane(unsigned long long seed, int percent);

#endif
