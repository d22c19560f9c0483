/* An app over a folder of its own with the shipped forms taken in as a server would send them. */
#ifndef TEST_HELPER_APP_H
#define TEST_HELPER_APP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/work/app.h"
#include "sync/run/inbox.h"

#define TEST_PIN STR("135790")

/* Opens (and the first time sets up) an app over the folder. */
struct app *test_app_open(const char *folder);

/* Takes in the shipped form of that name with its lists. */
void test_app_form(struct app *app, const char *name);

/* Takes in a form of the test's own. */
void test_app_take(struct app *app, const struct inbox_form *form, struct str xml);

/* A new folder below the temporary one; the caller frees the text. */
char *test_folder(void);

/* Removes a folder with all it holds and frees the text. */
void test_folder_remove(char *folder);

#endif
