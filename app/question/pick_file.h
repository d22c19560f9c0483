/* Choosing a file by looking through folders: the home folder and what is plugged in. Read only. */
#ifndef QUESTION_PICK_FILE_H
#define QUESTION_PICK_FILE_H

#include "app/ui/ui.h"
#include "platform/base/buf.h"
#include "platform/base/vec.h"

/* Zeroed at first; pick_file_finish when it goes. */
struct pick_file {
    bool is_open;
    char folder[1000]; /* "" : the places where one can begin */
    struct buf path;   /* of the file chosen last */
    VEC(char *) names; /* of the folder; those of folders end with a slash */
    bool is_listed;
};

/* Draws the list (when open) of folders and of files that the media type ("image/ *" without the
 * blank) allows. True when one was chosen: its path stands in path, and the list closes. */
bool pick_file_draw(struct ui *ui, struct pick_file *pick, const char *media_type);

/* Opens the list at its beginning. */
void pick_file_open(struct pick_file *pick);

/* Frees. */
void pick_file_finish(struct pick_file *pick);

#endif
