#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "sync/openrosa/answer.h"

#define PROBE  ANSWER_ABOUT_PROBE
#define LIST   ANSWER_ABOUT_LIST
#define A_FILE ANSWER_ABOUT_FILE
#define RECORD ANSWER_ABOUT_RECORD

enum { OR = 1, HEADER = 2, HTML = 4, FOREIGN = 8, EDIT = 16 };

/* The table of the protocol notes (§7), row by row, and the traces it was drawn from. */
static const struct {
    enum answer_about about;
    int status;
    int flags;
    const char *message;
    enum answer_meaning meaning;
} rows[] = {
    {PROBE, 204, HEADER, "", ANSWER_GENUINE},
    {PROBE, 204, 0, "", ANSWER_CAPTIVE},
    {PROBE, 200, HEADER, "", ANSWER_CAPTIVE},
    {PROBE, 200, HTML, "", ANSWER_CAPTIVE},
    {PROBE, 302, FOREIGN, "", ANSWER_CAPTIVE},
    {PROBE, 511, HTML, "", ANSWER_CAPTIVE},
    {PROBE, 407, HTML, "", ANSWER_CAPTIVE},
    {PROBE, 401, HTML, "", ANSWER_TOKEN},
    {PROBE, 403, OR, "no rights", ANSWER_TOKEN},
    {PROBE, 403, HTML, "", ANSWER_CAPTIVE},
    {PROBE, 404, HTML, "", ANSWER_WRONG_ADDRESS},
    {PROBE, 500, HTML, "", ANSWER_SERVER_ERROR},
    {PROBE, 502, HTML, "", ANSWER_SERVER_ERROR},
    {PROBE, 503, 0, "", ANSWER_BUSY},
    {LIST, 200, HEADER, "", ANSWER_GENUINE},
    {LIST, 200, HTML, "", ANSWER_CAPTIVE},
    {LIST, 200, 0, "", ANSWER_CAPTIVE},
    {LIST, 304, HEADER, "", ANSWER_NOT_CHANGED},
    {LIST, 401, OR, "Could not authenticate with the provided credentials.", ANSWER_TOKEN},
    {LIST, 403, OR, "The authentication you provided does not have rights", ANSWER_TOKEN},
    {LIST, 404, OR, "Could not find the resource you were looking for.", ANSWER_WRONG_ADDRESS},
    {LIST, 400, OR, "An expected header field", ANSWER_BAD_REQUEST},
    {LIST, 301, 0, "", ANSWER_CAPTIVE},
    {A_FILE, 200, 0, "", ANSWER_GENUINE},
    {A_FILE, 304, 0, "", ANSWER_NOT_CHANGED},
    {A_FILE, 302, FOREIGN, "", ANSWER_CAPTIVE},
    {A_FILE, 403, 0, "", ANSWER_NO_ACCESS},
    {A_FILE, 404, 0, "", ANSWER_FORM_GONE},
    {RECORD, 201, OR | HEADER, "full submission upload was successful!", ANSWER_ACCEPTED},
    {RECORD, 202, OR | HEADER, "Duplicate Instance", ANSWER_ACCEPTED},
    {RECORD, 201, HEADER, "", ANSWER_SUSPICIOUS},
    {RECORD, 202, 0, "", ANSWER_SUSPICIOUS},
    {RECORD, 201, HTML, "", ANSWER_CAPTIVE},
    {RECORD, 200, OR | HEADER, "ok", ANSWER_CAPTIVE},
    {RECORD, 200, HTML, "", ANSWER_CAPTIVE},
    {RECORD, 204, HEADER, "", ANSWER_CAPTIVE},
    {RECORD, 302, FOREIGN, "", ANSWER_CAPTIVE},
    {RECORD, 307, 0, "", ANSWER_CAPTIVE},
    {RECORD, 409, OR, "A submission already exists with this ID, but with different XML. Resub",
     ANSWER_DIFFERENT},
    {RECORD, 409, OR | EDIT,
     "You tried to update a submission, but the copy you were editing (uuid:2cdc) is now out of "
     "date.",
     ANSWER_EDIT_LATE},
    {RECORD, 409, OR,
     "You tried to update a submission, but the copy you were editing (undefined) is now out of "
     "date.",
     ANSWER_SUPERSEDED},
    {RECORD, 409, OR, "This submission has been deleted. You may not resubmit it.", ANSWER_DELETED},
    {RECORD, 409, OR, "This form is not currently accepting submissions. Please talk",
     ANSWER_FORM_CLOSED},
    {RECORD, 405, OR, "", ANSWER_FORM_CLOSED},
    {RECORD, 409, OR, "Attachment with same name already exists", ANSWER_FILE_DIFFERS},
    {RECORD, 409, OR, "something new", ANSWER_CONFLICT},
    {RECORD, 409, 0, "", ANSWER_CONFLICT},
    {RECORD, 423, OR, "currently being processed", ANSWER_IN_PROCESS},
    {RECORD, 404, OR, "Could not find the resource you were looking for.", ANSWER_FORM_GONE},
    {RECORD, 404, OR, "The form version specified in this submission '77' does not exist.",
     ANSWER_VERSION_GONE},
    {RECORD, 404, OR | EDIT, "we can't find that submission to update (uuid:never)",
     ANSWER_ORIGINAL_GONE},
    {RECORD, 404, HTML, "", ANSWER_WRONG_ADDRESS},
    {RECORD, 410, OR | EDIT, "", ANSWER_EDIT_LATE},
    {RECORD, 410, OR, "", ANSWER_FORM_GONE},
    {RECORD, 400, OR, "Required multipart POST field xml_submission_file missing.",
     ANSWER_BAD_REQUEST},
    {RECORD, 400, 0, "", ANSWER_BAD_REQUEST},
    {RECORD, 415, 0, "", ANSWER_BAD_REQUEST},
    {RECORD, 401, OR, "Could not authenticate with the provided credentials.", ANSWER_NO_ACCESS},
    {RECORD, 403, OR, "no rights", ANSWER_NO_ACCESS},
    {RECORD, 402, 0, "", ANSWER_QUOTA},
    {RECORD, 413, HTML, "", ANSWER_TOO_LARGE},
    {RECORD, 429, 0, "", ANSWER_BUSY},
    {RECORD, 503, HTML, "", ANSWER_BUSY},
    {RECORD, 500, 0, "", ANSWER_SERVER_ERROR},
    {RECORD, 502, HTML, "", ANSWER_SERVER_ERROR},
    {RECORD, 504, HTML, "", ANSWER_SERVER_ERROR},
    {RECORD, 408, HTML, "", ANSWER_SERVER_ERROR},
    {RECORD, 425, 0, "", ANSWER_SERVER_ERROR},
    {RECORD, 511, HTML, "", ANSWER_CAPTIVE},
};

static void every_row_of_the_table_has_its_meaning(void **state)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct answer_facts facts = {.about = rows[i].about,
                                     .status = rows[i].status,
                                     .is_openrosa = rows[i].flags & OR,
                                     .has_openrosa_header = rows[i].flags & HEADER,
                                     .is_html = rows[i].flags & HTML,
                                     .is_foreign_redirect = rows[i].flags & FOREIGN,
                                     .is_edit = rows[i].flags & EDIT,
                                     .is_body_sent = true,
                                     .message = str_of(rows[i].message),
                                     .retry_after_ms = -1};
        struct answer answer;
        answer_judge(&facts, &answer);
        if (answer.meaning != rows[i].meaning) {
            fail_msg("row %zu (%d \"%s\"): %s instead of %s", i, rows[i].status, rows[i].message,
                     answer_name(answer.meaning), answer_name(rows[i].meaning));
        }
        assert_string_equal(answer.message, rows[i].message);
        assert_int_equal(answer.status, rows[i].status);
    }
}

/* I3: whatever comes, only 201 and 202 with the genuine body count as accepted. */
static void nothing_else_is_ever_accepted(void **state)
{
    for (int status = 0; status < 700; status++) {
        for (int flags = 0; flags < 32; flags++) {
            for (int fault = 0; fault <= HTTP_FAULT_STOPPED; fault++) {
                struct answer_facts facts = {.about = RECORD,
                                             .fault = (enum http_fault)fault,
                                             .status = status,
                                             .is_openrosa = flags & OR,
                                             .has_openrosa_header = flags & HEADER,
                                             .is_html = flags & HTML,
                                             .is_foreign_redirect = flags & FOREIGN,
                                             .is_edit = flags & EDIT,
                                             .retry_after_ms = -1};
                struct answer answer;
                answer_judge(&facts, &answer);
                bool may = (status == 201 || status == 202) && fault == 0 && (flags & OR) &&
                           !(flags & (HTML | FOREIGN));
                assert_int_equal(answer.meaning == ANSWER_ACCEPTED, may);
            }
        }
    }
}

static void faults_have_their_meanings(void **state)
{
    static const struct {
        enum http_fault fault;
        int status;
        enum answer_meaning meaning;
    } faults[] = {
        {HTTP_FAULT_RESOLVE, 0, ANSWER_NO_SERVER},
        {HTTP_FAULT_CONNECT, 0, ANSWER_NO_SERVER},
        {HTTP_FAULT_TLS, 0, ANSWER_TLS},
        {HTTP_FAULT_STALLED, 0, ANSWER_STALLED},
        {HTTP_FAULT_BROKEN, 0, ANSWER_BROKEN},
        {HTTP_FAULT_BROKEN, 201, ANSWER_BROKEN},
        {HTTP_FAULT_BROKEN, 413, ANSWER_TOO_LARGE},
        {HTTP_FAULT_TOO_LARGE, 200, ANSWER_UNREADABLE},
        {HTTP_FAULT_LOCAL, 0, ANSWER_LOCAL},
        {HTTP_FAULT_STOPPED, 0, ANSWER_STOPPED},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        struct answer_facts facts = {.about = RECORD,
                                     .fault = faults[i].fault,
                                     .status = faults[i].status,
                                     .is_body_sent = true,
                                     .retry_after_ms = -1};
        struct answer answer;
        answer_judge(&facts, &answer);
        assert_int_equal(answer.meaning, faults[i].meaning);
        assert_int_equal(answer.may_have_arrived, faults[i].meaning != ANSWER_TOO_LARGE);
        facts.is_body_sent = false;
        answer_judge(&facts, &answer);
        assert_false(answer.may_have_arrived);
    }
}

static void waits_are_obeyed_and_capped(void **state)
{
    struct answer_facts facts = {.about = RECORD, .status = 503, .retry_after_ms = 120000};
    struct answer answer;
    answer_judge(&facts, &answer);
    assert_true(answer.wait_ms == 120000);
    facts.retry_after_ms = 86400000;
    answer_judge(&facts, &answer);
    assert_true(answer.wait_ms == 3600000);
    facts.status = 423;
    facts.retry_after_ms = -1;
    answer_judge(&facts, &answer);
    assert_true(answer.wait_ms == 30000);
}

static void long_messages_end_at_a_letter(void **state)
{
    char text[2000];
    struct answer_facts facts = {.about = RECORD, .status = 400, .retry_after_ms = -1};
    struct answer answer;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof(text); i += 3) {
            memcpy(text + i, "ế", 3);
        }
        facts.message = (struct str){text, 1500};
        answer_judge(&facts, &answer);
        assert_int_equal((strlen(answer.message) - shift) % 3, 0);
        assert_true(strlen(answer.message) > 390);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_has_its_meaning),
        cmocka_unit_test(nothing_else_is_ever_accepted),
        cmocka_unit_test(faults_have_their_meanings),
        cmocka_unit_test(waits_are_obeyed_and_capped),
        cmocka_unit_test(long_messages_end_at_a_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
