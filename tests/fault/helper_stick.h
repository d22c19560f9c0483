/* The lane of handing over without a network (F32): a device, a hub, and sticks that are pulled,
 * changed, copied, lost or not what they seem. Checked: once at most on the hub, nothing counts as
 * sent before the hub's own word is back, the origin keeps everything, a stick shows no answer. */
#ifndef TESTS_HELPER_STICK_H
#define TESTS_HELPER_STICK_H

/* Makes percent of 3,000 injections with seeds from seed on, prints a table, returns the number of
 * broken promises. GOCUA_FAULT=KIND:SEED in the environment: only that one. */
int stick_lane(unsigned long long seed, int percent);

#endif
