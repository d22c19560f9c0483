/* Conformance cases as data: one JSON object says a document, an expression and what must come out
 * (the format of `gocuactl xpath-run`). Sets the time zone of the process to that of the case, so
 * it is for a command or a test of one thread. */
#ifndef FORM_CASES_H
#define FORM_CASES_H

#include <stdbool.h>
#include "platform/base/buf.h"
#include "platform/base/json.h"

/* What came of one case. Wanted and got are JSON values. */
struct case_result {
    bool passed;
    struct buf wanted, got;
};

/* Runs {name, expr, doc, context, root?, ns{}, lang?, kind, expected, roundFactor?, unordered?,
 * env{tz, now?}}. Without `expected` nothing is compared: got holds the value and passed says
 * whether there was one. Free the result with case_result_finish. */
void case_run_xpath(const struct json *request, struct case_result *result);

/* Frees the texts. */
void case_result_finish(struct case_result *result);

#endif
