/* Where things lie on this machine. Texts are the caller's buffer of PATH_TEXT bytes. */
#ifndef SYSTEM_PATH_H
#define SYSTEM_PATH_H

#include <stdbool.h>
#include "platform/base/err.h"

enum { PATH_TEXT = 1024 };

/* The folder of the program's data: $GOCUA_DATA, else $XDG_DATA_HOME/NAME, else
 * ~/.local/share/NAME. Made when it is not there. */
bool path_data(const char *name, char path[PATH_TEXT], struct err *err);

/* A folder or file below the shipped assets ("forms"): $GOCUA_ASSETS, else beside the build, else
 * the installed share/gocua. ERR_MISSING when nothing is there. */
bool path_asset(const char *what, char path[PATH_TEXT], struct err *err);

/* The folder with the compiled catalogues (lang/xx/LC_MESSAGES/gocua.mo). */
bool path_catalogues(char path[PATH_TEXT], struct err *err);

/* Joins a folder and a name; false when the result would not fit. */
bool path_join(char path[PATH_TEXT], const char *folder, const char *name);

#endif
