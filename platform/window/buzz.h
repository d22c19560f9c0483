/* A short shake in the hand, from a device that can (evdev force feedback). */
#ifndef WINDOW_BUZZ_H
#define WINDOW_BUZZ_H

struct buzzer;

/* How a device is asked: ioctl's contract. Tests hand in their own. */
typedef int buzz_control(int fd, unsigned long request, void *argument);

/* Opens the first device in folder ("/dev/input") that can rumble; NULL when there is none.
 * control NULL: the system's. */
struct buzzer *buzzer_open(const char *folder, buzz_control *control);

/* Shakes for ms milliseconds; does not wait. */
void buzzer_buzz(struct buzzer *buzzer, int ms);

/* Closes; takes NULL. */
void buzzer_close(struct buzzer *buzzer);

#endif
