#include "tests/db/helper_folder.h"

#include "platform/base/file.h"

int folder_setup(void **state)
{
    char path[] = "/tmp/gocua-db-XXXXXX";
    *state = mkdtemp(path) ? strdup(path) : NULL;
    return *state ? 0 : -1;
}

int folder_teardown(void **state)
{
    bool ok = file_remove_tree(*state, NULL);
    free(*state);
    return ok ? 0 : -1;
}

const char *folder_path(void **state, const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", (const char *)*state, name);
    return path;
}
