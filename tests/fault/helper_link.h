/* F15, the lane of the bad link: latency, loss, jitter, reordering and a 2G profile at packet level
 * (helper_tun.h) between a real device and a real hub. One run is fresh records, one profile for at
 * most LINK_BAD_S seconds, then an open link; the promises are checked after each. Runs wait more
 * than they work, so many go side by side, each in namespaces of its own. */
#ifndef TESTS_HELPER_LINK_H
#define TESTS_HELPER_LINK_H

enum { LINK_BAD_S = 60, LINK_RUNS = 2000, LINK_AT_ONCE = 40 };

/* As every lane (lanes.h); percent 0: the one run of that seed. Without root or TUN it says so and
 * breaks no promise. */
int link_lane(unsigned long long seed, int percent);

#endif
