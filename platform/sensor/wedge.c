/* The keyboard wedge: a scanner that types. */
#include <string.h>

#include "platform/sensor/scanner.h"

enum { TEXT_LIMIT = 4096 };

/* Enough keys, all close together: no hand types so. */
static bool is_scanned(const struct wedge *wedge)
{
    return wedge->keys >= WEDGE_KEYS;
}

static void start_afresh(struct wedge *wedge)
{
    wedge->text.limit = TEXT_LIMIT;
    buf_clear(&wedge->text);
    wedge->keys = 0;
    wedge->is_done = false;
}

static enum wedge_verdict hand_out(struct wedge *wedge, enum wedge_verdict verdict)
{
    wedge->is_done = true;
    return verdict;
}

static bool is_end(const char *text)
{
    return strcmp(text, "\n") == 0 || strcmp(text, "\r") == 0 || strcmp(text, "\t") == 0;
}

enum wedge_verdict wedge_key(struct wedge *wedge, int64_t ms, const char *text)
{
    if (wedge->is_done || wedge->keys == 0) {
        start_afresh(wedge);
    }
    bool is_fast = wedge->keys > 0 && ms - wedge->last <= WEDGE_GAP_MS;
    if (wedge->keys == 0 && is_end(text)) {
        return WEDGE_PASS; /* an end key alone is a person's */
    }
    if (wedge->keys > 0 && !is_fast) {
        buf_add_text(&wedge->text, text);
        return hand_out(wedge, WEDGE_TYPED);
    }
    if (is_end(text)) {
        if (is_scanned(wedge)) {
            return hand_out(wedge, WEDGE_CODE);
        }
        buf_add_text(&wedge->text, text);
        return hand_out(wedge, WEDGE_TYPED);
    }
    wedge->first = wedge->keys == 0 ? ms : wedge->first;
    wedge->last = ms;
    wedge->keys++;
    buf_add_text(&wedge->text, text);
    return wedge->text.full ? hand_out(wedge, WEDGE_TYPED) : WEDGE_HOLD;
}

int wedge_wait_ms(const struct wedge *wedge, int64_t ms)
{
    if (wedge->is_done || wedge->keys == 0) {
        return -1;
    }
    int64_t left = wedge->last + WEDGE_GAP_MS + 1 - ms;
    return left < 0 ? 0 : (int)left;
}

enum wedge_verdict wedge_pause(struct wedge *wedge, int64_t ms)
{
    if (wedge_wait_ms(wedge, ms) != 0) {
        return WEDGE_PASS;
    }
    return hand_out(wedge, is_scanned(wedge) ? WEDGE_CODE : WEDGE_TYPED);
}

void wedge_finish(struct wedge *wedge)
{
    buf_wipe(&wedge->text);
    *wedge = (struct wedge){0};
}
