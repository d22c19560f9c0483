/* gocuactl scan: what codes stand in picture files, and what they say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/ident/ident.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/json.h"
#include "platform/sensor/barcode.h"
#include "platform/sensor/picture.h"

enum { CODES = 32, WARNING_BITS = 32, DAY_MS = 86400000 };

struct scan {
    bool as_json, as_bytes;
    struct barcode_options options;
    struct barcode_scanner *scanner;
    struct barcode *codes;
    struct buf out;
    int empty; /* files without a code, or that could not be read */
};

static void add_warnings(struct buf *out, unsigned warnings, bool as_json)
{
    bool is_first = true;
    for (unsigned bit = 0; bit < WARNING_BITS; bit++) {
        const char *name = claim_warning_name((enum claim_warning)(1U << bit));
        if (!(warnings >> bit & 1) || !*name) {
            continue;
        }
        buf_add_text(out, is_first ? "" : as_json ? "," : " ");
        buf_addf(out, as_json ? "\"%s\"" : "%s", name);
        is_first = false;
    }
}

static void add_values(struct buf *out, const struct person_claim *claim)
{
    for (int i = 0; i < CLAIM_FIELDS; i++) {
        const struct claim_value *value = &claim->values[i];
        if (value->text[0]) {
            json_add_key(out, claim_field_name((enum claim_field)i));
            json_add_text(out, str_of(value->text));
        }
    }
}

static void add_code_json(struct buf *out, const struct barcode *code, const struct ident *ident)
{
    buf_add_text(out, "{");
    json_add_key(out, "symbology");
    json_add_text(out, str_of(barcode_kind_name(code->kind)));
    json_add_key(out, "stage");
    json_add_text(out, str_of(barcode_stage_name(code->stage)));
    json_add_key(out, "quad");
    buf_add_text(out, "[");
    for (int i = 0; i < 8; i++) {
        buf_addf(out, "%s%.1f", i ? "," : "", (double)code->quad[i]);
    }
    buf_add_text(out, "]");
    json_add_key(out, "bytes");
    buf_add_text(out, "\"");
    hash_add_base64(out, code->bytes, code->n);
    buf_add_text(out, "\"");
    json_add_key(out, "kind");
    json_add_text(out, str_of(ident_kind_name(ident->kind)));
    json_add_key(out, "problem");
    json_add_text(out, str_of(ident_problem_name(ident->problem)));
    json_add_key(out, "warnings");
    buf_add_text(out, "[");
    add_warnings(out, ident->person.warnings, true);
    buf_add_text(out, "]");
    json_add_key(out, "values");
    buf_add_text(out, "{");
    add_values(out, &ident->person);
    buf_add_text(out, "}");
    json_add_key(out, "text");
    json_add_text(out, str_of(ident->text));
    buf_add_text(out, "}");
}

static void add_code_lines(struct buf *out, const char *file, const struct barcode *code,
                           const struct ident *ident)
{
    const char *sentence = ident_sentence(ident);
    buf_addf(out, "%s: %s %s", file, barcode_kind_name(code->kind), ident_kind_name(ident->kind));
    if (ident->problem != IDENT_FINE) {
        buf_addf(out, " (%s)", ident_problem_name(ident->problem));
    }
    buf_add_text(out, "\n");
    for (int i = 0; i < CLAIM_FIELDS; i++) {
        const char *text = ident->person.values[i].text;
        if (*text) {
            buf_addf(out, "  %-10s %s\n", claim_field_name((enum claim_field)i), text);
        }
    }
    if (ident->text[0]) {
        buf_addf(out, "  %-10s %s\n", "text", ident->text);
    }
    if (ident->person.warnings) {
        buf_addf(out, "  %-10s ", "check");
        add_warnings(out, ident->person.warnings, false);
        buf_add_text(out, "\n");
    }
    if (*sentence) {
        buf_addf(out, "  %s\n", sentence);
    }
}

static void add_code(struct scan *scan, const char *file, const struct barcode *code, bool is_first)
{
    struct ident ident;
    if (scan->as_bytes) {
        buf_add(&scan->out, code->bytes, code->n);
        buf_add_text(&scan->out, "\n");
        return;
    }
    ident_read((struct str){(const char *)code->bytes, code->n}, CLAIM_PICTURE,
               clock_now_ms() / DAY_MS, &ident);
    if (scan->as_json) {
        buf_add_text(&scan->out, is_first ? "" : ",");
        add_code_json(&scan->out, code, &ident);
    } else {
        add_code_lines(&scan->out, file, code, &ident);
    }
}

static void scan_file(struct scan *scan, const char *file)
{
    struct picture picture;
    struct err err = {0};
    size_t n = 0;
    if (picture_read(file, PICTURE_GRAY, 0, &picture, &err)) {
        struct gray gray = picture_gray(&picture);
        barcode_reset(scan->scanner);
        n = barcode_scan(scan->scanner, &gray, &scan->options, scan->codes, CODES);
        picture_finish(&picture);
    } else {
        fprintf(stderr, "%s: %s\n", file, err.text);
    }
    if (scan->as_json) {
        buf_add_text(&scan->out, "{");
        json_add_key(&scan->out, "file");
        json_add_text(&scan->out, str_of(file));
        json_add_key(&scan->out, "codes");
        buf_add_text(&scan->out, "[");
    }
    for (size_t i = 0; i < n; i++) {
        add_code(scan, file, &scan->codes[i], i == 0);
    }
    if (scan->as_json) {
        buf_add_text(&scan->out, err.kind ? "],\"error\":" : "]");
        if (err.kind) {
            json_add_text(&scan->out, str_of(err.text));
        }
        buf_add_text(&scan->out, "}\n");
    } else if (n == 0 && !err.kind && !scan->as_bytes) {
        buf_addf(&scan->out, "%s: no code\n", file);
    }
    fwrite(buf_text(&scan->out), 1, scan->out.n, stdout);
    buf_clear(&scan->out);
    scan->empty += n == 0;
}

/* Takes one option; 0 when it is none, -1 when it is malformed. */
static int take_option(struct scan *scan, const char *option, const char *value)
{
    char *end;
    if (strcmp(option, "--json") == 0) {
        scan->as_json = true;
    } else if (strcmp(option, "--raw") == 0) {
        scan->as_bytes = true;
    } else if (strcmp(option, "--every") == 0) {
        scan->options.every = true;
    } else if (strcmp(option, "--bars") == 0) {
        scan->options.kinds = BARCODE_ANY;
    } else if (strcmp(option, "--budget") == 0 && value) {
        scan->options.budget_ms = strtod(value, &end);
        return *end || end == value || !(scan->options.budget_ms > 0) ? -1 : 2;
    } else {
        return *option == '-' && option[1] ? -1 : 0;
    }
    return 1;
}

static int run(int argc, char **argv)
{
    struct scan scan = {.options = {.kinds = BARCODE_QR, .accept = ident_accepts}};
    int at = 1, taken;
    while (at < argc && (taken = take_option(&scan, argv[at], argv[at + 1])) != 0) {
        if (taken < 0) {
            return COMMAND_MISUSED;
        }
        at += taken;
    }
    if (at >= argc || (scan.as_json && scan.as_bytes)) {
        return COMMAND_MISUSED;
    }
    scan.codes = calloc(CODES, sizeof *scan.codes);
    if (!scan.codes) {
        return COMMAND_FAILED;
    }
    scan.scanner = barcode_create();
    for (; at < argc; at++) {
        scan_file(&scan, argv[at]);
    }
    barcode_destroy(scan.scanner);
    explicit_bzero(scan.codes, CODES * sizeof *scan.codes);
    free(scan.codes);
    buf_wipe(&scan.out);
    return scan.empty > 0 || fflush(stdout) != 0 ? COMMAND_FAILED : COMMAND_OK;
}

const struct command command_scan = {
    .name = "scan",
    .summary = "print the codes that stand in picture files",
    .usage = "[--json | --raw] [--every] [--bars] [--budget MS] FILE...\n"
             "  JPEG, PNG and PGM files. --json: one line a file; --raw: the bytes as encoded;\n"
             "  --every: all codes of a picture; --bars: shop and parcel codes too; --budget:\n"
             "  processor time for one picture. Exit status 1 when a file holds no code.",
    .run = run,
};
