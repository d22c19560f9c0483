#include "app/lang/lang.h"

#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/file.h"

#define DOMAIN "gocua"

/* The translation table: set by lang_open, switched by lang_set. */
static struct {
    struct lang all[LANG_MAX];
    size_t count;
    atomic_size_t now; /* read by every thread that writes a number */
    bool is_open;
} table = {.all = {{"en", "English", false}}, .count = 1};

/* libintl reads LANGUAGE at every call and drops its cache when a text domain is chosen. The
 * variable exists since lang_open, so that setenv only exchanges a value and never moves the
 * environment under a thread that reads it. */
static void speak(const char *code)
{
    setenv("LANGUAGE", code, 1);
    textdomain(DOMAIN);
}

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
    if (!is_code(name) || table.count == LANG_MAX || !strcmp(name, "en")) {
        return true;
    }
    int n = snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES/" DOMAIN ".mo", finder->folder, name);
    if (n > 0 && (size_t)n < sizeof(path) && file_exists(path)) {
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

static int by_code(const void *a, const void *b)
{
    int order = rank_of(a) - rank_of(b);
    return order ? order : strcmp(((const struct lang *)a)->code, ((const struct lang *)b)->code);
}

bool lang_open(const char *folder, struct err *err)
{
    /* any locale but C and POSIX makes libintl look at LANGUAGE; this one needs no package */
    if (!setlocale(LC_ALL, "C.UTF-8")) {
        setlocale(LC_ALL, "");
        setlocale(LC_NUMERIC, "C");
    }
    table.all[0] = (struct lang){"en", "English", false};
    table.count = 1;
    table.now = 0;
    table.is_open = bindtextdomain(DOMAIN, folder) && bind_textdomain_codeset(DOMAIN, "UTF-8");
    struct finder finder = {folder};
    struct err ignored = {0};
    file_list(folder, find_catalogue, &finder, &ignored);
    qsort(table.all, table.count, sizeof(table.all[0]), by_code);
    size_t kept = 0;
    for (size_t i = 0; i < table.count; i++) {
        struct lang lang = table.all[i];
        speak(lang.code);
        /* TRANSLATORS: the name of your language in itself */
        const char *name = tr_for("language name", "English");
        snprintf(lang.name, sizeof(lang.name), "%s", name);
        /* TRANSLATORS: "rtl" when your language is written from right to left, else "ltr" */
        lang.rtl = !strcmp(tr_for("text direction", "ltr"), "rtl");
        /* a catalogue that answers in English is damaged, or the system has no UTF-8 locale */
        if (!strcmp(lang.code, "en") || strcmp(name, "English") != 0) {
            table.all[kept++] = lang;
        }
    }
    table.count = kept;
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
            if (table.is_open) {
                speak(table.all[i].code);
            }
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
    return *text ? dgettext(DOMAIN, text) : text; /* "" would give the catalogue's header */
}

const char *tr_for(const char *context, const char *text)
{
    char key[512]; /* as msgfmt stores a context: before the text, divided by EOT */
    int n = snprintf(key, sizeof(key), "%s\004%s", context, text);
    if (n < 0 || (size_t)n >= sizeof(key)) {
        return text;
    }
    const char *found = dgettext(DOMAIN, key);
    return found == key ? text : found;
}

const char *trn(const char *one, const char *many, unsigned long n)
{
    return dngettext(DOMAIN, one, many, n);
}
