/* What of a library is in memory, for the tests of late libraries and of code_let_go. */
#ifndef TEST_HELPER_RESIDENT_H
#define TEST_HELPER_RESIDENT_H

/* Resident KB of what this process cannot write to and maps from a file with name in its path. */
long resident_kb(const char *name);

#endif
