/* gocua-hub: the front door of the server. Opens the words and runs the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/hub/hub.h"
#include "app/lang/lang.h"
#include "platform/system/path.h"

static bool is_data_given(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--data", 6) == 0) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    char catalogues[PATH_TEXT], data[PATH_TEXT];
    const char *given = getenv("GOCUA_HUB_DATA");
    struct hub_shell shell = {.out = stdout, .errors = stderr, .data = given};
    if (path_catalogues(catalogues, NULL)) {
        lang_open(catalogues, NULL); /* without them it speaks English */
    }
    if (!given && argc > 1 && !is_data_given(argc, argv) && path_data("gocua-hub", data, NULL)) {
        shell.data = data;
    }
    return hub_run(argc, argv, &shell);
}
