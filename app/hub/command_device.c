#include "app/hub/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/hub/serve.h"
#include "platform/base/clock.h"
#include "sync/handover/enrolment.h"

enum { DEVICE_URL, DEVICE_HOURS };

enum { HOURS = 24, HOURS_MAX = 24 * 30 };

static const char *who(void)
{
    return "command line";
}

/* Where devices reach this hub: --url, or where it served last. */
static bool find_url(struct command_line *line, struct archive *archive, struct buf *url,
                     struct err *err)
{
    const char *given = command_option(line, DEVICE_URL);
    if (given) {
        struct str text = str_of(given);
        while (str_ends(text, STR("/"))) {
            text.n--;
        }
        buf_add_str(url, text);
        return true;
    }
    if (!archive_setting(archive, "url", url, err)) {
        return false;
    }
    return url->n > 0 ||
           err_set(err, ERR_INPUT, 0, "say how devices reach this hub: --url http://HOST:PORT");
}

static void explain(struct command_line *line, const char *url, const char *code, int hours)
{
    unsigned char public_key[SIGN_PUBLIC], secret[SIGN_SECRET];
    struct buf fingerprint = {0};
    struct err err = {0};
    if (organisation_keys(line->data, public_key, secret, &err)) {
        enrolment_add_fingerprint(&fingerprint, public_key);
    }
    memset(secret, 0, sizeof(secret));
    fprintf(line->shell->errors,
            "The line above is the enrolment code: show it as a QR code or type it in. It must be "
            "used within %d hours.\nShort code to be typed instead: %s at %s/enrol\n"
            "The device shows this number for the organisation: %s\n",
            hours, code, url, buf_text(&fingerprint));
    buf_finish(&fingerprint);
}

static int add(struct command_line *line)
{
    char token[TOKEN_TEXT], code[CODE_TEXT];
    struct buf url = {0}, text = {0};
    struct err err = {0};
    const char *hours_text = command_option(line, DEVICE_HOURS);
    long long hours = HOURS;
    if (hours_text &&
        (!str_to_int64(str_of(hours_text), &hours) || hours < 1 || hours > HOURS_MAX)) {
        fprintf(line->shell->errors, "gocua-hub: --hours wants 1 to %d\n", HOURS_MAX);
        return 2;
    }
    struct archive *archive = command_archive(line);
    if (!archive) {
        return 1;
    }
    int64_t until = clock_now_ms() + hours * 3600 * 1000;
    bool ok = find_url(line, archive, &url, &err) && archive_begin(archive, &err);
    if (ok) {
        ok = archive_device_add(archive, line->arguments[0], until, token, code, &err) &&
             organisation_add_code(&text, archive, line->data,
                                   &(struct invitation){buf_text(&url), token, until}, &err) &&
             archive_audit(archive, who(), "add device", line->arguments[0], "", &err);
        ok = archive_end(archive, ok, &err);
    }
    if (ok) {
        fprintf(line->shell->out, "%s\n", buf_text(&text));
        fflush(line->shell->out);
        explain(line, buf_text(&url), code, (int)hours);
    }
    archive_close(archive);
    memset(token, 0, sizeof(token));
    buf_finish(&url);
    buf_wipe(&text);
    return ok ? 0 : command_failed(line, &err);
}

static void print_time(FILE *to, int64_t ms)
{
    char text[CLOCK_TEXT] = "-";
    if (ms) {
        clock_format_local(ms, text);
    }
    fprintf(to, "\t%s", text);
}

static void print_device(void *ctx, const struct archive_device *device)
{
    FILE *out = ctx;
    bool is_late = device->is_waiting && device->expires_ms < clock_now_ms();
    fprintf(out, "%s\t%s\t%lld", device->name,
            device->revoked_ms   ? "revoked"
            : is_late            ? "code-too-old"
            : device->is_waiting ? "waiting"
                                 : "in-use",
            (long long)device->records);
    print_time(out, device->created_ms);
    print_time(out, device->seen_ms);
    fputc('\n', out);
}

static int list(struct command_line *line)
{
    struct err err = {0};
    struct archive *archive = command_archive(line);
    bool ok = archive && archive_device_list(archive, print_device, line->shell->out, &err);
    archive_close(archive);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

static int shut_out(struct command_line *line)
{
    struct err err = {0};
    struct archive *archive = command_archive(line);
    bool ok = archive && archive_device_revoke(archive, line->arguments[0], &err) &&
              archive_audit(archive, who(), "revoke device", line->arguments[0], "", &err);
    archive_close(archive);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

static int passphrase(struct command_line *line)
{
    char text[PASSPHRASE_TEXT];
    struct err err = {0};
    struct archive *archive = command_archive(line);
    bool ok = archive && organisation_new_passphrase(archive, text, &err) &&
              archive_audit(archive, who(), "new passphrase", "", "", &err);
    archive_close(archive);
    if (ok) {
        fprintf(line->shell->out, "%s\n", text);
    }
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

static int pins(struct command_line *line)
{
    struct buf text = {0};
    struct err err = {0};
    struct archive *archive = command_archive(line);
    bool ok = archive && organisation_add_pins(&text, archive, line->data, &err);
    archive_close(archive);
    if (ok && text.n == 0) {
        ok = err_set(&err, ERR_MISSING, 0, "this hub has not served with a certificate of its own");
    }
    if (ok) {
        fprintf(line->shell->out, "%s\n", buf_text(&text));
    }
    buf_finish(&text);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

static int organisation(struct command_line *line)
{
    struct err err = {0};
    struct archive *archive = command_archive(line);
    bool ok = archive && archive_set(archive, "organisation", str_of(line->arguments[0]), &err);
    archive_close(archive);
    return ok ? 0 : archive ? command_failed(line, &err) : 1;
}

const struct command commands_device[] = {
    {"device add",
     "NAME [--url http://HOST:PORT] [--hours 24]",
     "Adds a device and prints its enrolment code on one line.",
     {"url=", "hours="},
     1,
     1,
     add},
    {"device list",
     "",
     "Shows the devices: name, state, records, added, last seen.",
     {NULL},
     0,
     0,
     list},
    {"device revoke",
     "NAME",
     "Shuts a device out at once; its records stay.",
     {NULL},
     1,
     1,
     shut_out},
    {"admin passphrase",
     "",
     "Makes a new passphrase for the pages and prints it; the old one ends.",
     {NULL},
     0,
     0,
     passphrase},
    {"admin pins",
     "",
     "Prints the key code: devices that no longer believe this hub's certificate scan it.",
     {NULL},
     0,
     0,
     pins},
    {"admin organisation",
     "NAME",
     "Sets the name that devices show at enrolment.",
     {NULL},
     1,
     1,
     organisation},
    {NULL, NULL, NULL, {NULL}, 0, 0, NULL},
};
