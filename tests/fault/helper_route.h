/* The lane of ways that lead nowhere or astray (F14): a name without an address, no route, a name
 * that leads to somebody else, in clear and over TLS, and a network that comes and goes. Nothing
 * counts as sent, a stranger gets no answer of a citizen to read, each says why, and when the way
 * is back everything arrives. */
#ifndef TESTS_HELPER_ROUTE_H
#define TESTS_HELPER_ROUTE_H

/* Makes percent of 1,000 injections with seeds from seed on, prints a table, returns the number of
 * broken promises. GOCUA_FAULT=KIND:SEED in the environment: only that one. */
int route_lane(unsigned long long seed, int percent);

#endif
