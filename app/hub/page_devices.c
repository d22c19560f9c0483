/* The devices; a new one gets a code here, to be scanned from this screen. */
#include "app/hub/page.h"

#include <inttypes.h>

#include "app/lang/lang.h"
#include "platform/base/clock.h"
#include "sync/handover/matrix.h"

enum { CODE_MS = 24 * 3600 * 1000 };

struct rows {
    struct page_visit *visit;
    struct buf *html;
};

static void add_button(struct rows *rows, const char *name)
{
    buf_addf(rows->html,
             "<form method=\"post\" action=\"/devices\"><input type=\"hidden\" name=\"csrf\" "
             "value=\"%s\"><input type=\"hidden\" name=\"revoke\" value=\"",
             rows->visit->csrf);
    html_add(rows->html, str_of(name));
    buf_add_text(rows->html, "\"><button>");
    html_add(rows->html, str_of(tr("Revoke")));
    buf_add_text(rows->html, "</button></form>");
}

static void add_row(void *ctx, const struct archive_device *device)
{
    struct rows *rows = ctx;
    struct buf *to = rows->html;
    bool is_late = device->is_waiting && device->expires_ms < clock_now_ms();
    buf_add_text(to, "<tr>");
    html_add_in(to, "td", str_of(device->name));
    buf_add_text(to, "<td>");
    html_add_time(to, device->seen_ms);
    buf_addf(to, "</td><td>%" PRId64 "</td>", device->records);
    html_add_in(to, "td",
                str_of(device->revoked_ms   ? tr("revoked")
                       : is_late            ? tr("code too old")
                       : device->is_waiting ? tr("waits for its code to be used")
                                            : tr("in use")));
    buf_add_text(to, "<td>");
    if (!device->revoked_ms) {
        add_button(rows, device->name);
    }
    buf_add_text(to, "</td></tr>\n");
}

/* The code as a picture made of one path, so that no image is loaded. */
static void add_picture(struct buf *to, struct str code)
{
    struct matrix matrix = {0};
    if (!matrix_make(&matrix, code, MATRIX_LOW, NULL)) {
        return;
    }
    int size = matrix.size + 2 * MATRIX_QUIET;
    buf_addf(to, "<svg class=\"code\" role=\"img\" viewBox=\"0 0 %d %d\"><path fill=\"#000\" d=\"",
             size, size);
    for (int y = 0; y < matrix.size; y++) {
        for (int x = 0; x < matrix.size; x++) {
            if (matrix_is_dark(&matrix, x, y)) {
                buf_addf(to, "M%d %dh1v1h-1z", x + MATRIX_QUIET, y + MATRIX_QUIET);
            }
        }
    }
    buf_add_text(to, "\"/></svg>");
    matrix_finish(&matrix);
}

static bool add_device(struct page_visit *visit, const char *name, struct buf *html,
                       struct err *err)
{
    char token[TOKEN_TEXT], code[CODE_TEXT];
    struct buf line = {0}, url = {0};
    int64_t until = clock_now_ms() + CODE_MS;
    visit_add_base(visit, &url);
    bool ok = archive_device_add(visit->archive, name, until, token, code, err) &&
              organisation_add_code(&line, visit->archive, visit->hub->data,
                                    &(struct invitation){buf_text(&url), token, until}, err) &&
              archive_audit(visit->archive, http_request_peer(visit->request), "add device", name,
                            "", err);
    if (ok) {
        html_add_in(html, "h2", str_of(name));
        html_add_in(html, "p", str_of(tr("Scan this with the device. It works once, for a day.")));
        add_picture(html, buf_str(&line));
        buf_add_text(html, "<p><code>");
        html_add(html, buf_str(&line));
        buf_add_text(html, "</code></p><p>");
        html_add(html, str_of(tr("Or type the short code:")));
        buf_addf(html, " <code>%s</code></p>", code);
    }
    buf_wipe(&line);
    buf_finish(&url);
    return ok;
}

/* For devices that missed a change of the certificate's key: it is signed, and no secret. */
static void add_key_code(const struct page_visit *visit, struct buf *html)
{
    if (visit->hub->announced.n > 0) {
        buf_add_text(html, "<details><summary>");
        html_add(html, str_of(tr("Key code of this server")));
        buf_add_text(html, "</summary>");
        html_add_in(html, "p",
                    str_of(tr("A device that says that the server shows another key "
                              "scans this where it enrols.")));
        add_picture(html, buf_str(&visit->hub->announced));
        buf_add_text(html, "</details>");
    }
}

static bool act(struct page_visit *visit, struct buf *html, struct err *err)
{
    const char *revoke = visit_field(visit, "revoke"), *add = visit_field(visit, "add");
    if (*revoke) {
        return archive_device_revoke(visit->archive, revoke, err) &&
               archive_audit(visit->archive, http_request_peer(visit->request), "revoke device",
                             revoke, "", err);
    }
    return add_device(visit, add, html, err);
}

static void serve(struct page_visit *visit)
{
    struct buf html = {0};
    struct err err = {0};
    struct rows rows = {visit, &html};
    if (visit->is_post && !act(visit, &html, &err)) {
        visit_fail(visit, &err);
        buf_finish(&html);
        return;
    }
    buf_add_text(&html, "<table><thead><tr>");
    html_add_in(&html, "th", str_of(tr("Device")));
    html_add_in(&html, "th", str_of(tr("Last seen")));
    html_add_in(&html, "th", str_of(tr("Records")));
    html_add_in(&html, "th", str_of(tr("State")));
    buf_add_text(&html, "<th></th></tr></thead><tbody>\n");
    if (!archive_device_list(visit->archive, add_row, &rows, &err)) {
        visit_fail(visit, &err);
        buf_finish(&html);
        return;
    }
    buf_addf(&html,
             "</tbody></table><form method=\"post\" action=\"/devices\"><input type=\"hidden\" "
             "name=\"csrf\" value=\"%s\"><label>",
             visit->csrf);
    html_add(&html, str_of(tr("Name of a new device")));
    buf_add_text(&html, "<input name=\"add\" required maxlength=\"100\"></label><button>");
    html_add(&html, str_of(tr("Add device")));
    buf_add_text(&html, "</button></form>");
    add_key_code(visit, &html);
    visit_answer(visit, 200, tr("Devices"), &html);
    buf_finish(&html);
}

const struct page page_devices = {.name = "devices", .flags = PAGE_POSTS, .serve = serve};
