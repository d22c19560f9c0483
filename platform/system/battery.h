/* What is left in the battery, as the kernel says. */
#ifndef SYSTEM_BATTERY_H
#define SYSTEM_BATTERY_H

#include <stdbool.h>

/* Per cent left in the fullest battery of the machine, -1 when there is none. A peripheral's own
 * (a mouse, a scanner) does not count. folder: NULL, or one that stands for
 * /sys/class/power_supply in a test. Source: Linux, Documentation/ABI/testing/sysfs-class-power. */
int battery_percent(const char *folder);

/* Less than a fifth is left: what costs power for looks alone stops (style guide, motion). */
bool battery_is_low(const char *folder);

#endif
