/* The addresses under which devices nearby can reach this one. */
#ifndef SYSTEM_ADDRESS_H
#define SYSTEM_ADDRESS_H

#include <stdbool.h>

enum { ADDRESS_TEXT = 16, ADDRESSES = 8 };

/* The IPv4 addresses of links that are up, the likeliest first: that of a hot-spot of this device,
 * then Wi-Fi, then others, last those of bridges, which lead to machines inside this one. No
 * loopback, no link to a single far end (a modem, a tunnel). GOCUA_NEAR, addresses joined by
 * commas, stands for all of them. Gives how many. */
int address_list(char at[ADDRESSES][ADDRESS_TEXT]);

/* How likely it is, 0 the most: of a link of that kind, with an address ending in that byte. */
int address_rank(bool is_wireless, bool is_bridge, unsigned char last);

#endif
