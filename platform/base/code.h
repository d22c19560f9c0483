/* The machine code and constants of the libraries in this process. */
#ifndef BASE_CODE_H
#define BASE_CODE_H

/* How many objects (the program, its libraries) are loaded now. */
int code_objects(void);

/* Lets go of what is mapped of the objects loaded after the first ones, in the order of loading; 1:
 * of all libraries, since the program itself is the first. What is still used comes back from the
 * kernel's cache when it is touched (16 pages at a time, a microsecond or so). Called when a large
 * part will not be needed again, it leaves only that part out: the loader, the fonts' search and
 * the start of 80 libraries are 4 MiB of pages, and where memory is locked (store) the kernel could
 * not take them back itself. The program's own code stays: a key that was not pressed for long may
 * need it, and the disk may be busy. Any thread. A debugger's break points in libraries are lost by
 * it. */
void code_let_go(int first);

#endif
