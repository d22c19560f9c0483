/* Inside the kit only: what check.c gathers of the tree and its parts look through. A part is what
 * a person sees or touches as one thing; grounds are what was painted under it, in order. */
#ifndef UI_CHECK_H
#define UI_CHECK_H

#include "app/ui/node.h"

enum part_kind {
    PART_TEXT = 1,
    PART_ICON = 2,
    PART_FIELD = 4,
    PART_PRESS = 8, /* takes a finger or a key */
    PART_OTHER = 16,
    PART_VIEW = 32, /* scrolls */
};

struct part {
    const struct node *node;
    const struct node *view; /* the innermost scrolling part around it, or NULL */
    const struct node *layer;
    struct rect seen; /* its rectangle as far as it is in view */
    int kinds;
    size_t until;   /* parts before this index are inside of it */
    size_t grounds; /* so many were painted before its content */
};

struct ground {
    const struct node *node, *view, *layer;
    struct rect seen;
    int what; /* a token or a node_ground */
};

struct findings {
    struct ui *ui;
    struct buf *to;
    bool good;
    VEC(struct part) parts;
    VEC(struct ground) grounds;
};

/* Notes what is wrong with a node, with its name, path and rectangle. */
void finding(struct findings *f, const struct node *node, const char *what);

/* Is the second one the first or inside of it? */
bool check_holds(const struct node *node, const struct node *inside);

/* Where two things that may stand in different scrolling parts meet. */
struct rect check_meet(const struct part *part, const struct node *other, struct rect seen,
                       const struct node *view);

/* Contrast of every text, icon, mark and border of a field with what is really behind it. */
void check_contrast(struct findings *f);

/* Everything that can have the focus is reached by arrows, has a name, a key and a whole ring. */
void check_focus(struct findings *f);

#endif
