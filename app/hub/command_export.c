#include "app/hub/command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/hub/export.h"

enum { EXPORT_FORMAT, EXPORT_FORM, EXPORT_FROM, EXPORT_TO, EXPORT_OUT, EXPORT_FULL, EXPORT_REASON };

static int wrong(const struct command_line *line, const char *what)
{
    fprintf(line->shell->errors, "gocua-hub: %s\n", what);
    return 2;
}

static bool write_rows(struct archive *archive, const struct export_options *options, FILE *to,
                       int64_t *count, struct err *err)
{
    struct exporter *exporter = NULL;
    struct buf piece = {0};
    bool ok = exporter_create(&exporter, archive, options, err), more = ok;
    while (ok && more) {
        buf_clear(&piece);
        ok = exporter_add(exporter, archive, &piece, err);
        more = piece.n > 0;
        if (ok && more && fwrite(piece.s, 1, piece.n, to) != piece.n) {
            ok = err_set(err, ERR_STORAGE, errno, "cannot write the export");
        }
    }
    if (ok && fflush(to) != 0) {
        ok = err_set(err, ERR_STORAGE, errno, "cannot write the export");
    }
    *count = exporter ? exporter_count(exporter) : 0;
    exporter_destroy(exporter);
    buf_finish(&piece);
    return ok;
}

static int write_export(struct command_line *line, const struct export_options *options,
                        bool is_zip)
{
    const char *path = command_option(line, EXPORT_OUT);
    const char *reason = command_option(line, EXPORT_REASON);
    struct err err = {0};
    int64_t count = 0;
    struct archive *archive = command_archive(line);
    if (!archive) {
        return 1;
    }
    if (options->full &&
        !archive_audit(archive, "command line", "export numbers",
                       options->form ? options->form : "all forms", reason, &err)) {
        archive_close(archive);
        return command_failed(line, &err);
    }
    mode_t old = umask(077);
    FILE *to = path ? fopen(path, "wb") : line->shell->out;
    umask(old);
    bool ok = to || err_set(&err, ERR_STORAGE, errno, "cannot write %s", path);
    ok = ok && (is_zip ? export_zip(archive, options, to, &count, &err)
                       : write_rows(archive, options, to, &count, &err));
    if (to && path && fclose(to) != 0 && ok) {
        ok = err_set(&err, ERR_STORAGE, errno, "cannot write %s", path);
    }
    archive_close(archive);
    if (!ok) {
        return command_failed(line, &err);
    }
    fprintf(line->shell->errors, "%lld records\n", (long long)count);
    return 0;
}

static int export_records(struct command_line *line)
{
    struct export_options options = {.form = command_option(line, EXPORT_FORM)};
    const char *format = command_option(line, EXPORT_FORMAT);
    const char *from = command_option(line, EXPORT_FROM), *to = command_option(line, EXPORT_TO);
    const char *reason = command_option(line, EXPORT_REASON);
    format = format ? format : "csv";
    bool is_zip = strcmp(format, "zip") == 0 || strcmp(format, "zip-folder") == 0;
    if (!is_zip && strcmp(format, "csv") != 0 && strcmp(format, "json") != 0) {
        return wrong(line, "--format wants csv, json or zip-folder");
    }
    options.format = strcmp(format, "json") == 0 ? EXPORT_JSON : EXPORT_CSV;
    if ((from && !command_time(from, false, &options.from_ms)) ||
        (to && !command_time(to, true, &options.until_ms))) {
        return wrong(line, "--from and --to want a day as YYYY-MM-DD");
    }
    options.full = command_option(line, EXPORT_FULL) != NULL;
    if (is_zip && !options.full) {
        return wrong(line, "a ZIP holds the records unmasked: say --full --reason TEXT");
    }
    if (options.full && (!reason || strlen(reason) < 5)) {
        return wrong(line, "--full wants --reason TEXT, which is kept in the audit");
    }
    if (is_zip && !command_option(line, EXPORT_OUT) && isatty(fileno(line->shell->out))) {
        return wrong(line, "say where the ZIP goes: --out FILE");
    }
    return write_export(line, &options, is_zip);
}

static int status(struct command_line *line)
{
    struct archive_totals t = {0};
    struct err err = {0};
    FILE *out = line->shell->out;
    struct archive *archive = command_archive(line);
    struct buf url = {0};
    bool ok =
        archive && archive_totals(archive, &t, &err) && archive_setting(archive, "url", &url, &err);
    archive_close(archive);
    if (ok) {
        fprintf(out,
                "records\t%lld\nfiles\t%lld\nfiles missing\t%lld\ndevices\t%lld\nforms\t%lld\n"
                "lists\t%lld\nentities\t%lld\nentity errors\t%lld\nserved last at\t%s\n",
                (long long)t.records, (long long)t.files, (long long)t.missing_files,
                (long long)t.devices, (long long)t.forms, (long long)t.lists, (long long)t.entities,
                (long long)t.entity_errors, url.n ? url.s : "-");
    }
    buf_finish(&url);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

static int delete_record(struct command_line *line)
{
    struct err err = {0};
    const char *reason = command_option(line, 0);
    if (!reason || strlen(reason) < 5) {
        return wrong(line, "say why with --reason TEXT; it is kept in the audit");
    }
    struct archive *archive = command_archive(line);
    bool ok = archive && archive_begin(archive, &err);
    if (ok) {
        ok = archive_record_delete(archive, line->arguments[0], line->arguments[1], &err) &&
             archive_audit(archive, "command line", "delete record", line->arguments[1], reason,
                           &err);
        ok = archive_end(archive, ok, &err) && archive_purge(archive, &err);
    }
    archive_close(archive);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

static int delete_entity(struct command_line *line)
{
    struct err err = {0};
    struct archive *archive = command_archive(line);
    bool ok = archive &&
              archive_entity_delete(archive, line->arguments[0], line->arguments[1], &err) &&
              archive_audit(archive, "command line", "delete entity", line->arguments[1], "", &err);
    archive_close(archive);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

const struct command commands_export[] = {
    {"export submissions",
     "[--format csv|json|zip-folder] [--form ID] [--from DAY] [--to DAY] [--out FILE] "
     "[--full --reason TEXT]",
     "Writes records; numbers of cards and telephones are masked unless --full.",
     {"format=", "form=", "from=", "to=", "out=", "full", "reason="},
     0,
     0,
     export_records},
    {"record delete",
     "FORM INSTANCE --reason TEXT",
     "Deletes a record; its id stays known, so that it cannot come back.",
     {"reason="},
     2,
     2,
     delete_record},
    {"entity delete",
     "LIST UUID",
     "Deletes an entity; devices hear of it.",
     {NULL},
     2,
     2,
     delete_entity},
    {"status", "", "Shows how much there is.", {NULL}, 0, 0, status},
    {NULL, NULL, NULL, {NULL}, 0, 0, NULL},
};
