#include "sync/openrosa/answer.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/utf8.h"

enum { ASKED_LAST_MS = 60 * 60 * 1000, IN_PROCESS_MS = 30 * 1000 };

static bool says(struct str message, const char *words)
{
    return str_find(message, str_of(words)) >= 0;
}

/* The five and more meanings of 409, told apart by the words of Central and Kobo. */
static enum answer_meaning judge_conflict(const struct answer_facts *facts)
{
    struct str m = facts->message;
    if (says(m, "different XML") || says(m, "different xml")) {
        return ANSWER_DIFFERENT;
    }
    if (says(m, "out of date")) {
        bool is_original = says(m, "(undefined)") || !facts->is_edit;
        return is_original ? ANSWER_SUPERSEDED : ANSWER_EDIT_LATE;
    }
    if (says(m, "has been deleted")) {
        return ANSWER_DELETED;
    }
    if (says(m, "not currently accepting")) {
        return ANSWER_FORM_CLOSED;
    }
    if (says(m, "ttachment with same name") || says(m, "ttachment with the same name")) {
        return ANSWER_FILE_DIFFERS;
    }
    return ANSWER_CONFLICT;
}

static enum answer_meaning judge_missing(const struct answer_facts *facts)
{
    if (says(facts->message, "find that submission to update")) {
        return ANSWER_ORIGINAL_GONE;
    }
    if (says(facts->message, "form version")) {
        return ANSWER_VERSION_GONE;
    }
    return ANSWER_FORM_GONE;
}

static enum answer_meaning judge_record(const struct answer_facts *facts)
{
    switch (facts->status) {
    case 201:
    case 202:
        return facts->is_openrosa ? ANSWER_ACCEPTED : ANSWER_SUSPICIOUS;
    case 401:
    case 403:
        return ANSWER_NO_ACCESS;
    case 404:
        /* HTML is the page of some other server at this address: not our hub's word */
        return facts->is_html ? ANSWER_WRONG_ADDRESS : judge_missing(facts);
    case 405:
        return ANSWER_FORM_CLOSED;
    case 409:
        return judge_conflict(facts);
    case 410:
        return facts->is_edit ? ANSWER_EDIT_LATE : ANSWER_FORM_GONE;
    default:
        return ANSWER_BAD_REQUEST;
    }
}

static enum answer_meaning judge_list(const struct answer_facts *facts)
{
    switch (facts->status) {
    case 200:
        return facts->is_html ? ANSWER_CAPTIVE : ANSWER_GENUINE;
    case 304:
        return ANSWER_NOT_CHANGED;
    case 401:
    case 403:
        return ANSWER_TOKEN;
    case 404:
    case 405:
    case 410:
        return ANSWER_WRONG_ADDRESS;
    default:
        return ANSWER_BAD_REQUEST;
    }
}

static bool is_file_status(const struct answer_facts *facts)
{
    return facts->status == 200 || (facts->status == 206 && facts->asked_part);
}

static enum answer_meaning judge_file(const struct answer_facts *facts)
{
    if (is_file_status(facts) || facts->status == 304) {
        return facts->status == 304 ? ANSWER_NOT_CHANGED : ANSWER_GENUINE;
    }
    if (facts->status == 401 || facts->status == 403) {
        return ANSWER_NO_ACCESS;
    }
    return facts->status == 404 || facts->status == 410 ? ANSWER_FORM_GONE : ANSWER_BAD_REQUEST;
}

/* A captive portal gives a 2xx, a page or a way to itself for everything. */
static bool is_captive(const struct answer_facts *facts)
{
    int status = facts->status;
    if (facts->is_foreign_redirect || status == 511) {
        return true;
    }
    if (status >= 300 && status < 400 && status != 304) {
        return true; /* a redirect that may not be followed, such as one of a POST */
    }
    if (status == 403 && facts->is_html && !facts->has_openrosa_header) {
        return true; /* a firewall's page; OpenRosa servers refuse in XML or JSON */
    }
    if (status < 200 || status > 299) {
        return false;
    }
    switch (facts->about) {
    case ANSWER_ABOUT_PROBE:
        return status != 204 || !facts->has_openrosa_header;
    case ANSWER_ABOUT_LIST:
        return facts->is_html || status != 200 || !facts->has_openrosa_header;
    case ANSWER_ABOUT_FILE:
        return !is_file_status(facts);
    case ANSWER_ABOUT_RECORD:
        return facts->is_html || (status != 201 && status != 202);
    }
    return false;
}

static enum answer_meaning judge_status(const struct answer_facts *facts)
{
    if (is_captive(facts)) {
        return ANSWER_CAPTIVE;
    }
    switch (facts->status) {
    case 402:
        return ANSWER_QUOTA;
    case 408:
    case 425:
        return ANSWER_SERVER_ERROR; /* asks for nothing but another try */
    case 413:
        return ANSWER_TOO_LARGE;
    case 407:
        return ANSWER_CAPTIVE;
    case 423:
        return ANSWER_IN_PROCESS;
    case 429:
    case 503:
        return ANSWER_BUSY;
    default:
        break;
    }
    if (facts->status >= 500) {
        return ANSWER_SERVER_ERROR;
    }
    switch (facts->about) {
    case ANSWER_ABOUT_PROBE:
        return facts->status == 204 ? ANSWER_GENUINE : judge_list(facts);
    case ANSWER_ABOUT_LIST:
        return judge_list(facts);
    case ANSWER_ABOUT_FILE:
        return judge_file(facts);
    case ANSWER_ABOUT_RECORD:
        break;
    }
    return judge_record(facts);
}

static enum answer_meaning judge_fault(enum http_fault fault)
{
    switch (fault) {
    case HTTP_FAULT_RESOLVE:
    case HTTP_FAULT_CONNECT:
        return ANSWER_NO_SERVER;
    case HTTP_FAULT_TLS:
        return ANSWER_TLS;
    case HTTP_FAULT_STALLED:
        return ANSWER_STALLED;
    case HTTP_FAULT_TOO_LARGE:
        return ANSWER_UNREADABLE;
    case HTTP_FAULT_LOCAL:
        return ANSWER_LOCAL;
    case HTTP_FAULT_STOPPED:
        return ANSWER_STOPPED;
    case HTTP_FAULT_NONE:
    case HTTP_FAULT_BROKEN:
        break;
    }
    return ANSWER_BROKEN;
}

static void copy_message(struct str message, char *to, size_t room)
{
    size_t n = message.n < room - 1 ? message.n : room - 1;
    while (n < message.n && n > 0 && ((unsigned char)message.s[n] & 0xc0) == 0x80) {
        n--;
    }
    if (n > 0) {
        memcpy(to, message.s, n);
    }
    to[n] = 0;
}

void answer_judge(const struct answer_facts *facts, struct answer *answer)
{
    bool has_answer = facts->fault == HTTP_FAULT_NONE ||
                      (facts->fault == HTTP_FAULT_BROKEN && facts->status >= 400);
    *answer = (struct answer){.status = facts->status, .tls = facts->tls};
    answer->meaning = has_answer ? judge_status(facts) : judge_fault(facts->fault);
    if (facts->retry_after_ms > 0) {
        answer->wait_ms =
            facts->retry_after_ms < ASKED_LAST_MS ? facts->retry_after_ms : ASKED_LAST_MS;
    } else if (answer->meaning == ANSWER_IN_PROCESS) {
        answer->wait_ms = IN_PROCESS_MS;
    }
    bool is_open = !has_answer || answer->meaning == ANSWER_SUSPICIOUS ||
                   answer->meaning == ANSWER_IN_PROCESS || facts->status >= 500;
    answer->may_have_arrived =
        facts->about == ANSWER_ABOUT_RECORD && facts->is_body_sent && is_open;
    copy_message(facts->message, answer->message, sizeof(answer->message));
}

const char *answer_name(enum answer_meaning meaning)
{
    static const char *const names[] = {
        [ANSWER_ACCEPTED] = "accepted",
        [ANSWER_GENUINE] = "genuine",
        [ANSWER_NOT_CHANGED] = "not-changed",
        [ANSWER_CAPTIVE] = "captive",
        [ANSWER_SUSPICIOUS] = "suspicious",
        [ANSWER_DIFFERENT] = "different",
        [ANSWER_EDIT_LATE] = "edit-late",
        [ANSWER_SUPERSEDED] = "superseded",
        [ANSWER_DELETED] = "deleted",
        [ANSWER_FORM_CLOSED] = "form-closed",
        [ANSWER_FILE_DIFFERS] = "file-differs",
        [ANSWER_CONFLICT] = "conflict",
        [ANSWER_IN_PROCESS] = "in-process",
        [ANSWER_FORM_GONE] = "form-gone",
        [ANSWER_VERSION_GONE] = "version-gone",
        [ANSWER_ORIGINAL_GONE] = "original-gone",
        [ANSWER_BAD_REQUEST] = "bad-request",
        [ANSWER_NO_ACCESS] = "no-access",
        [ANSWER_TOKEN] = "token",
        [ANSWER_WRONG_ADDRESS] = "wrong-address",
        [ANSWER_QUOTA] = "quota",
        [ANSWER_TOO_LARGE] = "too-large",
        [ANSWER_BUSY] = "busy",
        [ANSWER_SERVER_ERROR] = "server-error",
        [ANSWER_NO_SERVER] = "no-server",
        [ANSWER_TLS] = "tls",
        [ANSWER_STALLED] = "stalled",
        [ANSWER_BROKEN] = "broken",
        [ANSWER_UNREADABLE] = "unreadable",
        [ANSWER_STOPPED] = "stopped",
        [ANSWER_LOCAL] = "local",
    };
    return names[meaning];
}
