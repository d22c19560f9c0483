/* Small forms for tests: the parts that differ are given, the frame is always the same. */
#ifndef TESTS_FORM_HELPER_FORM_H
#define TESTS_FORM_HELPER_FORM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/form/form.h"

/* Media by address: pairs of uri and text, ended by NULL. */
struct test_media {
    const char *const *pairs;
    int reads;
};

/* A form of this record (children of /data), these elements of the model, and this body. */
struct form *test_form(const char *record, const char *model, const char *body);

/* The same with media; media must outlive the form. */
struct form *test_form_media(const char *record, const char *model, const char *body,
                             struct test_media *media);

/* A new entry of a form that must be usable. */
struct entry *test_entry(struct form *form);

/* Answers and expects this outcome. */
void test_answer(struct entry *entry, const char *ref, const char *value, enum answer_state state);

/* Expects the stored value. */
void test_value(struct entry *entry, const char *ref, const char *value);

/* Is it relevant? */
bool test_relevant(struct entry *entry, const char *ref);

/* The label of the question; borrowed until the entry changes. */
const char *test_label(struct entry *entry, const char *ref);

/* The values offered, joined by spaces, into text. */
void test_choices(struct entry *entry, const char *ref, char text[256]);

/* The submission as text without its declaration; the caller frees it. */
char *test_xml(struct entry *entry, enum serial_kind kind);

/* Is there a problem of this kind whose text has these words? */
bool test_has_problem(const struct form *form, enum problem_kind kind, const char *words);

/* Frees both. */
void test_end(struct form *form, struct entry *entry);

#endif
