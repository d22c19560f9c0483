#include "app/hub/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/form/form.h"
#include "platform/base/file.h"

enum { FORM_LIMIT = 64 << 20, MEDIA_LIMIT = 512 << 20 };

struct publishing {
    struct command_line *line;
    struct archive *archive;
    const char *folder, *form;
    bool ok;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool say_failed(struct publishing *p, const char *path, const struct err *err)
{
    fprintf(p->line->shell->errors, "gocua-hub: %s: %s\n", base_name(path), err->text);
    p->ok = false;
    return true;
}

static bool publish_media(struct publishing *p, const char *path)
{
    struct buf bytes = {0};
    struct err err = {0};
    bool ok = file_read(path, MEDIA_LIMIT, &bytes, &err) &&
              archive_publish_media(p->archive, p->form, base_name(path), buf_str(&bytes), &err);
    buf_finish(&bytes);
    return ok || say_failed(p, path, &err);
}

static bool publish_beside(void *ctx, const char *name)
{
    struct publishing *p = ctx;
    struct buf path = {0};
    if (name[0] != '.') {
        buf_addf(&path, "%s/%s", p->folder, name);
        publish_media(p, buf_text(&path));
    }
    buf_finish(&path);
    return true;
}

static void say_lacks(void *ctx, const char *name)
{
    struct publishing *p = ctx;
    fprintf(p->line->shell->errors, "gocua-hub: %s names %s, which is not published yet\n", p->form,
            name);
}

static bool read_nothing(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    return err_set(err, ERR_MISSING, 0, "not looked at");
}

/* Other clients may know more than our engine, so what it cannot use is told and published. */
static void say_problems(const struct publishing *p, const char *path, struct str xml)
{
    struct form_options options = {.media = {.read = read_nothing}};
    struct form *form = form_load(xml, &options);
    for (size_t i = 0; !form_is_usable(form) && i < form_problem_count(form); i++) {
        const struct form_problem *problem = form_problem_at(form, i);
        if (problem->kind == PROBLEM_ERROR) {
            fprintf(p->line->shell->errors, "gocua-hub: %s: Gõ Cửa cannot use it: %s: %s\n",
                    base_name(path), problem->node, problem->text);
        }
    }
    form_destroy(form);
}

/* Publishes one form with what lies in FORM-media/ beside it. */
static void publish_form(struct publishing *p, const char *path)
{
    struct buf xml = {0}, folder = {0};
    struct err err = {0};
    struct formdef *def = NULL;
    struct publishing with = *p;
    bool is_new = false;
    if (!file_read(path, FORM_LIMIT, &xml, &err) || !formdef_read(&def, buf_str(&xml), &err) ||
        !archive_publish(p->archive, buf_str(&xml), def, &is_new, &err)) {
        say_failed(p, path, &err);
        formdef_destroy(def);
        buf_finish(&xml);
        return;
    }
    say_problems(p, path, buf_str(&xml));
    buf_add(&folder, path, strlen(path) - (str_ends(str_of(path), STR(".xml")) ? 4 : 0));
    buf_add_text(&folder, "-media");
    with.folder = buf_text(&folder);
    with.form = def->id;
    if (file_exists(with.folder)) {
        file_list(with.folder, publish_beside, &with, NULL);
    }
    for (size_t i = p->line->n_before_media; i < p->line->n_arguments; i++) {
        publish_media(&with, p->line->arguments[i]);
    }
    fprintf(p->line->shell->out, "%s %s %s\n", def->id, *def->version ? def->version : "-",
            is_new ? "published" : "unchanged");
    archive_form_lacks(p->archive, def->id, say_lacks, &with, NULL);
    p->ok = p->ok && with.ok;
    formdef_destroy(def);
    buf_finish(&xml);
    buf_finish(&folder);
}

static bool publish_found(void *ctx, const char *name)
{
    struct publishing *p = ctx;
    struct buf path = {0};
    if (str_ends(str_of(name), STR(".xml")) && name[0] != '.') {
        buf_addf(&path, "%s/%s", p->folder, name);
        publish_form(p, buf_text(&path));
    }
    buf_finish(&path);
    return true;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int publish(struct command_line *line)
{
    struct publishing p = {.line = line, .archive = command_archive(line), .ok = true};
    if (!p.archive) {
        return 1;
    }
    if (line->n_before_media > line->n_arguments) {
        line->n_before_media = line->n_arguments;
    }
    for (size_t i = 0; i < line->n_before_media; i++) {
        struct err err = {0};
        p.folder = line->arguments[i];
        if (!is_folder(p.folder)) {
            publish_form(&p, p.folder);
        } else if (!file_list(p.folder, publish_found, &p, &err)) {
            say_failed(&p, p.folder, &err);
        }
    }
    archive_close(p.archive);
    return p.ok ? 0 : 1;
}

static bool publish_list(struct command_line *line, struct archive *archive, const char *name,
                         const char *path)
{
    struct buf csv = {0};
    struct err err = {0};
    int count = 0;
    bool is_entities = command_option(line, 0) != NULL;
    bool ok = file_read(path, MEDIA_LIMIT, &csv, &err);
    if (ok && is_entities) {
        ok = archive_entity_import(archive, name, buf_str(&csv), &count, &err);
    } else {
        ok = ok && archive_publish_list(archive, name, buf_str(&csv), &err);
    }
    if (!ok) {
        fprintf(line->shell->errors, "gocua-hub: %s: %s\n", base_name(path), err.text);
    } else if (is_entities) {
        fprintf(line->shell->out, "%s %d entities\n", name, count);
    } else {
        fprintf(line->shell->out, "%s published\n", name);
    }
    buf_finish(&csv);
    return ok;
}

static int publish_lists(struct command_line *line)
{
    struct archive *archive = command_archive(line);
    bool ok = archive != NULL;
    bool is_named = line->n_arguments == 2 && !str_ends(str_of(line->arguments[0]), STR(".csv"));
    if (!ok) {
        return 1;
    }
    for (size_t i = is_named ? 1 : 0; i < line->n_arguments; i++) {
        struct str file = str_of(base_name(line->arguments[i]));
        struct buf name = {0};
        if (str_ends(file, STR(".csv"))) {
            file.n -= 4;
        }
        buf_add_str(&name, is_named ? str_of(line->arguments[0]) : file);
        ok = publish_list(line, archive, buf_text(&name), line->arguments[i]) && ok;
        buf_finish(&name);
    }
    archive_close(archive);
    return ok ? 0 : 1;
}

static int set_state(struct command_line *line)
{
    static const struct {
        const char *word;
        enum openrosa_form_state state;
    } words[] = {{"open", OPENROSA_FORM_OPEN},
                 {"closing", OPENROSA_FORM_CLOSING},
                 {"closed", OPENROSA_FORM_CLOSED}};
    struct err err = {0};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (strcmp(words[i].word, line->arguments[1]) == 0) {
            struct archive *archive = command_archive(line);
            bool ok = archive &&
                      archive_form_set_state(archive, line->arguments[0], words[i].state, &err);
            archive_close(archive);
            return ok ? 0 : archive ? command_failed(line, &err) : 1;
        }
    }
    fprintf(line->shell->errors, "gocua-hub: a form is open, closing or closed\n");
    return 2;
}

static void print_form(void *ctx, const struct archive_form *form)
{
    static const char *const states[] = {"", "open", "closing", "closed"};
    FILE *out = ctx;
    fprintf(out, "%s\t%s\t%s\t%lld\t%s\n", form->form, *form->version ? form->version : "-",
            states[form->state], (long long)form->records, form->name);
}

static int list_forms(struct command_line *line)
{
    struct err err = {0};
    struct archive *archive = command_archive(line);
    bool ok = archive && archive_form_list(archive, NULL, true, print_form, line->shell->out, &err);
    archive_close(archive);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

const struct command commands_publish[] = {
    {"publish",
     "FORM.xml|FOLDER… [--media FILE…]",
     "Publishes forms; files in FORM-media/ beside a form go with it. Older versions still take "
     "records.",
     {NULL},
     1,
     COMMAND_ARGUMENTS,
     publish},
    {"publish-list",
     "[NAME] FILE.csv… [--entities]",
     "Publishes lists: each form that names NAME.csv gets it. With --entities the rows (name = "
     "UUID, label, …) become entities that submissions may change.",
     {"entities"},
     1,
     COMMAND_ARGUMENTS,
     publish_lists},
    {"form list",
     "",
     "Shows the forms: id, version, state, records, name.",
     {NULL},
     0,
     0,
     list_forms},
    {"form state",
     "ID open|closing|closed",
     "Takes a form off the list, or closes it.",
     {NULL},
     2,
     2,
     set_state},
    {NULL, NULL, NULL, {NULL}, 0, 0, NULL},
};
