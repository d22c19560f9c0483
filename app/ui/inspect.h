/* Inside the kit only: the inspection socket. A thread of its own listens and hands each line to
 * the main thread, which does it as a script command and answers with one line of JSON: ok, the
 * milliseconds until it was done, and until something was seen of it (less, where the screen said
 * meanwhile that it waits). */
#ifndef UI_INSPECT_H
#define UI_INSPECT_H

struct inspect;
struct ui;

/* Does the commands that came; main thread, at the end of a turn of the loop. */
void inspect_serve(struct ui *ui);

/* Closes the socket, joins the thread; takes NULL. */
void inspect_close(struct inspect *inspect);

#endif
