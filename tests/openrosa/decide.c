#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sync/openrosa/decide.h"

enum {
    NONE = OPENROSA_INSTANCE_NONE,
    CURRENT = OPENROSA_INSTANCE_CURRENT,
    OLD = OPENROSA_INSTANCE_SUPERSEDED,
    GONE = OPENROSA_INSTANCE_DELETED
};

enum {
    UNKNOWN = OPENROSA_FORM_UNKNOWN,
    OPEN = OPENROSA_FORM_OPEN,
    CLOSING = OPENROSA_FORM_CLOSING,
    CLOSED = OPENROSA_FORM_CLOSED
};

/* The rows of the protocol's tables of status codes. */
static const struct {
    int form;
    bool has_version;
    int instance;
    bool same;
    bool edit;
    int deprecated;
    enum openrosa_verdict verdict;
    int status;
    const char *words;
} rows[] = {
    {OPEN, true, NONE, false, false, NONE, OPENROSA_NEW, 201, "successful"},
    {CLOSING, true, NONE, false, false, NONE, OPENROSA_NEW, 201, "successful"},
    {OPEN, true, CURRENT, true, false, NONE, OPENROSA_AGAIN, 201, "successful"},
    {OPEN, true, CURRENT, false, false, NONE, OPENROSA_OTHER_BYTES, 409, "different XML"},
    {OPEN, true, GONE, false, false, NONE, OPENROSA_WAS_DELETED, 409, "has been deleted"},
    {OPEN, true, OLD, true, false, NONE, OPENROSA_WAS_EDITED, 409, "(undefined)"},
    {OPEN, true, OLD, false, false, NONE, OPENROSA_OTHER_BYTES, 409, "different XML"},
    {OPEN, true, NONE, false, true, CURRENT, OPENROSA_EDIT, 201, "successful"},
    {OPEN, true, CURRENT, true, true, OLD, OPENROSA_AGAIN, 201, "successful"},
    {OPEN, true, NONE, false, true, OLD, OPENROSA_OUT_OF_DATE, 409, "(about)"},
    {OPEN, true, OLD, true, true, OLD, OPENROSA_OUT_OF_DATE, 409, "(about)"},
    {OPEN, true, NONE, false, true, NONE, OPENROSA_EDIT_OF_NOTHING, 404, "(about)"},
    {OPEN, true, NONE, false, true, GONE, OPENROSA_WAS_DELETED, 409, "has been deleted"},
    {UNKNOWN, false, NONE, false, false, NONE, OPENROSA_NO_FORM, 404, "looking for"},
    {OPEN, false, NONE, false, false, NONE, OPENROSA_NO_VERSION, 404, "'about'"},
    {CLOSED, true, NONE, false, false, NONE, OPENROSA_FORM_IS_CLOSED, 409, "not currently"},
    {CLOSED, true, CURRENT, true, false, NONE, OPENROSA_FORM_IS_CLOSED, 409, "not currently"},
};

static void every_row_has_its_verdict(void **state)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct openrosa_facts facts = {
            .form = (enum openrosa_form_state)rows[i].form,
            .has_version = rows[i].has_version,
            .instance = (enum openrosa_instance_state)rows[i].instance,
            .same_bytes = rows[i].same,
            .is_edit = rows[i].edit,
            .deprecated = (enum openrosa_instance_state)rows[i].deprecated,
        };
        struct buf reason = {0};
        enum openrosa_verdict verdict = openrosa_decide(&facts);
        assert_int_equal(verdict, rows[i].verdict);
        assert_int_equal(openrosa_status(verdict), rows[i].status);
        assert_true(openrosa_is_accepted(verdict) == (rows[i].status == 201));
        openrosa_add_reason(&reason, verdict, STR("about"));
        assert_true(str_find(buf_str(&reason), str_of(rows[i].words)) >= 0);
        buf_finish(&reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_has_its_verdict)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
