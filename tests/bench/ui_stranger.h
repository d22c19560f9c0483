/* A server for one question: what the window's memory is when the sending thread has asked it. */
#ifndef BENCH_UI_STRANGER_H
#define BENCH_UI_STRANGER_H

#include <stdbool.h>
#include <stddef.h>

/* Listens on loopback and writes its address; the socket, or -1. */
int stranger_open(char *address, size_t room);

/* Waits for one request and refuses it; true when it was what a sending thread asks first. */
bool stranger_answer(int fd);

#endif
