/* Patterns of regex() by PCRE2, compiled once for an environment, with limits on the work of one
 * match: a hostile pattern is an error, not a hang. */
#ifndef FORM_XPATH_REGEX_H
#define FORM_XPATH_REGEX_H

#include <stdbool.h>
#include "platform/base/str.h"

struct xpath_regex;

/* Does the text match (all of it, or some part)? Compiled patterns are kept in *cache. False with a
 * static or arena-free reason in *problem when the pattern is wrong or the work too much. */
bool regex_matches(struct xpath_regex **cache, struct str pattern, struct str text, bool is_whole,
                   bool *matches, const char **problem);

/* Frees the patterns; takes NULL. */
void regexes_destroy(struct xpath_regex *cache);

#endif
