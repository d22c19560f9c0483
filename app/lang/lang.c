#include "app/lang/lang.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/mo.h"
#include "platform/base/file.h"

#define DOMAIN "gocua"

/* The translation table: set by lang_open, switched by lang_set. Catalogues stay open until the
 * next lang_open, so a text stays valid after a change of language. */
static struct {
    struct lang all[LANG_MAX];
    struct mo *texts[LANG_MAX]; /* NULL: English */
    size_t count;
    atomic_size_t now; /* read by every thread that writes a number */
} table = {.all = {{"en", "English", false}}, .count = 1};

static bool is_code(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    return n >= 2 && n <= 3 && !text[n];
}

struct finder {
    const char *folder;
};

static bool find_catalogue(void *ctx, const char *name)
{
    const struct finder *finder = ctx;
    char path[4096];
    struct mo *texts = NULL;
    if (!is_code(name) || table.count == LANG_MAX || !strcmp(name, "en")) {
        return true;
    }
    int n = snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES/" DOMAIN ".mo", finder->folder, name);
    if (n > 0 && (size_t)n < sizeof(path) && mo_open(path, &texts, NULL)) {
        table.texts[table.count] = texts;
        struct lang *lang = &table.all[table.count++];
        *lang = (struct lang){0};
        snprintf(lang->code, sizeof(lang->code), "%s", name);
    }
    return true;
}

static int rank_of(const struct lang *lang)
{
    return !strcmp(lang->code, "vi") ? 0 : !strcmp(lang->code, "en") ? 1 : 2;
}

/* Vietnamese, English, then the others by code: the few rows are put in order by exchange. */
static void put_in_order(void)
{
    for (size_t i = 1; i < table.count; i++) {
        for (size_t k = i; k > 0; k--) {
            struct lang *a = &table.all[k - 1], *b = &table.all[k];
            int order = rank_of(a) - rank_of(b);
            if (order < 0 || (order == 0 && strcmp(a->code, b->code) <= 0)) {
                break;
            }
            struct lang lang = *a;
            struct mo *texts = table.texts[k - 1];
            *a = *b;
            *b = lang;
            table.texts[k - 1] = table.texts[k];
            table.texts[k] = texts;
        }
    }
}

bool lang_open(const char *folder, struct err *err)
{
    for (size_t i = 0; i < table.count; i++) {
        mo_close(table.texts[i]);
        table.texts[i] = NULL;
    }
    table.all[0] = (struct lang){"en", "English", false};
    table.count = 1;
    table.now = 0;
    struct finder finder = {folder};
    struct err ignored = {0};
    file_list(folder, find_catalogue, &finder, &ignored);
    put_in_order();
    for (size_t i = 0; i < table.count; i++) {
        table.now = i;
        /* TRANSLATORS: the name of your language in itself */
        snprintf(table.all[i].name, sizeof(table.all[i].name), "%s",
                 tr_for("language name", "English"));
        /* TRANSLATORS: "rtl" when your language is written from right to left, else "ltr" */
        table.all[i].rtl = !strcmp(tr_for("text direction", "ltr"), "rtl");
    }
    struct err none = {0};
    if (!lang_set("vi", &none)) {
        lang_set("en", NULL);
    }
    return table.count > 1 ||
           err_set(err, ERR_MISSING, ENOENT, "no catalogues found; the program speaks English");
}

bool lang_set(const char *code, struct err *err)
{
    size_t n = strcspn(code, "_-.@");
    for (size_t i = 0; i < table.count; i++) {
        if (strlen(table.all[i].code) == n && !strncmp(table.all[i].code, code, n)) {
            table.now = i;
            return true;
        }
    }
    return err_set(err, ERR_MISSING, 0, "no catalogue for that language");
}

const char *lang_get(void)
{
    return table.all[table.now].code;
}

bool lang_is_rtl(void)
{
    return table.all[table.now].rtl;
}

const struct lang *lang_list(size_t *count)
{
    *count = table.count;
    return table.all;
}

const char *tr(const char *text)
{
    const struct mo *texts = table.texts[table.now];
    const char *found = texts && *text ? mo_find(texts, text) : NULL; /* "" is the header */
    return found ? found : text;
}

const char *tr_for(const char *context, const char *text)
{
    const struct mo *texts = table.texts[table.now];
    char key[512]; /* as msgfmt stores a context: before the text, divided by EOT */
    int n = snprintf(key, sizeof(key), "%s\004%s", context, text);
    const char *found = texts && n > 0 && (size_t)n < sizeof(key) ? mo_find(texts, key) : NULL;
    return found ? found : text;
}

const char *trn(const char *one, const char *many, unsigned long n)
{
    const struct mo *texts = table.texts[table.now];
    const char *found = texts ? mo_find_plural(texts, one, n) : NULL;
    return found ? found : n == 1 ? one : many;
}
