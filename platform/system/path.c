#include "platform/system/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/base/file.h"

bool path_join(char path[PATH_TEXT], const char *folder, const char *name)
{
    return snprintf(path, PATH_TEXT, "%s/%s", folder, name) < PATH_TEXT;
}

bool path_data(const char *name, char path[PATH_TEXT], struct err *err)
{
    const char *whole = getenv("GOCUA_DATA"), *xdg = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int n;
    if (whole && *whole) {
        n = snprintf(path, PATH_TEXT, "%s", whole);
    } else if (xdg && *xdg) {
        n = snprintf(path, PATH_TEXT, "%s/%s", xdg, name);
    } else {
        n = snprintf(path, PATH_TEXT, "%s/.local/share/%s", home && *home ? home : "/root", name);
    }
    if (n >= PATH_TEXT) {
        return err_set(err, ERR_INPUT, 0, "the path of the data folder is too long");
    }
    return file_make_folder(path, err);
}

/* The folder the running program stands in. */
static bool program_folder(char path[PATH_TEXT])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_TEXT - 1);
    char *slash = NULL;
    if (n > 0) {
        path[n] = 0;
        slash = strrchr(path, '/');
    }
    if (!slash) {
        return false;
    }
    *slash = 0;
    return true;
}

/* Tries folder/above/what for each of the places given. */
static bool find(const char *const *places, const char *what, char path[PATH_TEXT])
{
    char folder[PATH_TEXT];
    if (!program_folder(folder)) {
        return false;
    }
    for (; *places; places++) {
        if (snprintf(path, PATH_TEXT, "%s/%s/%s", folder, *places, what) < PATH_TEXT &&
            file_exists(path)) {
            return true;
        }
    }
    return false;
}

bool path_asset(const char *what, char path[PATH_TEXT], struct err *err)
{
    static const char *const places[] = {"../assets", "../../assets", "../share/gocua", NULL};
    const char *set = getenv("GOCUA_ASSETS");
    if (set && *set && path_join(path, set, what) && file_exists(path)) {
        return true;
    }
    return find(places, what, path) ||
           err_set(err, ERR_MISSING, 0, "the shipped folder assets/%s is not there", what);
}

bool path_catalogues(char path[PATH_TEXT], struct err *err)
{
    static const char *const places[] = {".", "..", "../share/gocua", NULL};
    const char *set = getenv("GOCUA_LANG_DIR");
    if (set && *set && snprintf(path, PATH_TEXT, "%s", set) < PATH_TEXT && file_exists(path)) {
        return true;
    }
    return find(places, "lang", path) ||
           err_set(err, ERR_MISSING, 0, "the compiled catalogues are not there");
}
