/* Inside the kit only: the inspection socket. A thread of its own listens and hands each line to
 * the main thread. */
#ifndef UI_INSPECT_H
#define UI_INSPECT_H

struct inspect;

/* Closes the socket, joins the thread; takes NULL. */
void inspect_close(struct inspect *inspect);

#endif
