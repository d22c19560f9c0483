/* Any bytes as a form: loaded, filled a little, walked, saved, opened again. */
#include <stdint.h>
#include <stdlib.h>

#include "app/form/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MOST_STOPS = 60 };

static bool read_media(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    buf_add_text(bytes, "name,label,parent\na,A,x\nb,B,y\n");
    return true;
}

static void look(struct entry *entry, struct stop stop)
{
    struct question_view view;
    struct choices *choices;
    struct choice choice;
    int n, of;
    if (!question_view(entry, stop, &view, NULL)) {
        return;
    }
    stop_state(entry, stop);
    stop_progress(entry, stop, &n, &of);
    const char *ref = stop_ref(entry, stop);
    if (stop.kind == STOP_QUESTION && question_choices(entry, ref, &choices, NULL)) {
        for (size_t i = 0; i < 20 && choices_at(choices, i, &choice); i++) {
        }
    }
}

static void change(struct entry *entry, struct stop stop, int round)
{
    static const char *const values[] = {"1", "a", "", "2020-01-01", "a b"};
    struct buf ref = {0};
    buf_add_text(&ref, stop_ref(entry, stop));
    if (stop.kind == STOP_QUESTION) {
        entry_answer(entry, buf_text(&ref), str_of(values[round % 5]), NULL, NULL);
    } else if (stop.kind == STOP_NEW_REPEAT && round < 20) {
        entry_repeat_add(entry, buf_text(&ref), NULL, NULL);
    } else if (stop.kind == STOP_REPEAT && round % 7 == 6) {
        entry_repeat_remove(entry, buf_text(&ref), NULL);
    }
    buf_finish(&ref);
}

static void fill(struct form *form, struct entry *entry)
{
    struct stop stop = stop_begin(entry);
    for (int i = 0; i < MOST_STOPS && stop.kind != STOP_END; i++) {
        bool removes = stop.kind == STOP_REPEAT && i % 7 == 6;
        look(entry, stop);
        change(entry, stop, i);
        if (removes) { /* places are good until a repeat is removed */
            stop = stop_begin(entry);
            for (int k = 0; k < i && stop.kind != STOP_END; k++) {
                stop = stop_next(entry, stop);
            }
        }
        stop = stop_next(entry, stop);
    }
    struct buf xml = {.limit = 1 << 22};
    struct entry *again = NULL;
    if (entry_serialize(entry, SERIAL_DRAFT, &xml, NULL)) {
        entry_open(form, buf_str(&xml), ENTRY_EDIT, NULL, &again, NULL);
    }
    entry_finalize(entry, NULL);
    entry_destroy(again);
    buf_finish(&xml);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct form_options options = {.media = {NULL, read_media, NULL}, .max_nodes = 2000};
    struct form *form = form_load((struct str){(const char *)bytes, n}, &options);
    struct entry *entry = NULL;
    if (form_is_usable(form) && entry_create(form, NULL, &entry, NULL)) {
        fill(form, entry);
    }
    entry_destroy(entry);
    form_destroy(form);
    return 0;
}
