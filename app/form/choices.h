/* A cursor over the choices of one question: rows of a list by number, items of the form, or texts
 * taken from nodes. Inner header. */
#ifndef FORM_CHOICES_H
#define FORM_CHOICES_H

#include "app/form/entry.h"

enum choices_kind { CHOICES_ITEMS, CHOICES_ROWS, CHOICES_TEXTS };

struct choice_text {
    struct str value, label;
};

struct choices {
    enum choices_kind kind;
    struct entry *entry;
    struct control *control;
    struct node *node;
    struct arena arena; /* as long as the cursor */
    struct arena one;   /* of the choice last read */
    const struct list_source *list;
    int value_column, label_column;
    uint32_t *rows; /* numbers of rows, items or texts in order; NULL: as they stand */
    struct choice_text *texts;
    size_t n;
    uint32_t *shown; /* what a search left, as indices; NULL: all */
    size_t n_shown;
};

/* The choices of a control with search() in its appearance. */
bool choices_by_search(struct choices *to, struct err *err);

/* Value and label of the i-th of all; texts in `one` or borrowed. */
struct str choices_value(struct choices *from, size_t i);
void choices_shown(struct choices *from, size_t i, struct shown_text *to);

/* Index among all of the choice with that value, or -1. */
ptrdiff_t choices_index(struct choices *from, struct str value);

#endif
