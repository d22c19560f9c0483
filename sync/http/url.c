#include "sync/http/url.h"

#include <stdlib.h>
#include <string.h>

#include "sync/http/curl.h"

static bool is_clean(struct str url)
{
    for (size_t i = 0; i < url.n; i++) {
        unsigned char c = (unsigned char)url.s[i];
        if (c <= ' ' || c == 0x7f) {
            return false;
        }
    }
    return url.n > 0 && url.n < 4096;
}

static char *part_of(CURLU *handle, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    return curl_url_get(handle, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool fill_origin(CURLU *handle, struct url_origin *origin)
{
    char *scheme = part_of(handle, CURLUPART_SCHEME, 0);
    char *host = part_of(handle, CURLUPART_HOST, 0);
    char *port = part_of(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    char *user = part_of(handle, CURLUPART_USER, 0);
    char *password = part_of(handle, CURLUPART_PASSWORD, 0);
    size_t n = host ? strlen(host) : 0;
    bool ok = scheme && (!strcmp(scheme, "http") || !strcmp(scheme, "https")) && n > 0 &&
              n < sizeof(origin->host) && port && !user && !password;
    if (ok) {
        *origin = (struct url_origin){.is_tls = !strcmp(scheme, "https"), .port = atoi(port)};
        bool has_brackets = host[0] == '[' && n > 2;
        struct str name = {host + has_brackets, n - 2 * has_brackets};
        for (size_t i = 0; i < name.n; i++) {
            char c = name.s[i];
            origin->host[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        }
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_free(password);
    return ok;
}

bool url_origin(struct str url, struct url_origin *origin, struct err *err)
{
    *origin = (struct url_origin){0};
    bool ok = false;
    if (!curl_need(err)) {
        return false;
    }
    if (is_clean(url)) {
        char *text = strndup(url.s, url.n);
        CURLU *handle = curl_url();
        ok = text && handle && curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK &&
             fill_origin(handle, origin);
        curl_url_cleanup(handle);
        free(text);
    }
    return ok || err_set(err, ERR_INPUT, 0, "not a usable http or https address");
}

bool url_is_same_server(struct str asked, struct str other, bool may_upgrade)
{
    struct url_origin a;
    struct url_origin b;
    if (!url_origin(asked, &a, NULL) || !url_origin(other, &b, NULL) || strcmp(a.host, b.host)) {
        return false;
    }
    bool is_upgrade = may_upgrade && !a.is_tls && b.is_tls && a.port == 80 && b.port == 443;
    return is_upgrade || (a.is_tls == b.is_tls && a.port == b.port);
}

void url_add_escaped(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.s[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        if (is_plain) {
            buf_add_char(to, (char)c);
        } else {
            buf_addf(to, "%%%02X", c);
        }
    }
}

bool url_add_resolved(struct buf *to, struct str base, struct str reference, struct err *err)
{
    struct url_origin origin;
    bool ok = false;
    if (!curl_need(err)) {
        return false;
    }
    if (is_clean(base) && is_clean(reference)) {
        char *from = strndup(base.s, base.n);
        char *text = strndup(reference.s, reference.n);
        CURLU *handle = curl_url();
        char *whole = NULL;
        ok = from && text && handle && curl_url_set(handle, CURLUPART_URL, from, 0) == CURLUE_OK &&
             curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK &&
             fill_origin(handle, &origin) && (whole = part_of(handle, CURLUPART_URL, 0)) != NULL;
        if (ok) {
            buf_add_text(to, whole);
        }
        curl_free(whole);
        curl_url_cleanup(handle);
        free(from);
        free(text);
    }
    return ok || err_set(err, ERR_INPUT, 0, "not a usable http or https address");
}

void url_add_joined(struct buf *to, struct str base, const char *path)
{
    while (base.n && base.s[base.n - 1] == '/') {
        base.n--;
    }
    buf_add_str(to, base);
    buf_add_text(to, path);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool url_add_unescaped(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] != '%') {
            buf_add_char(to, text.s[i]);
            continue;
        }
        int high = i + 2 < text.n ? hex_value(text.s[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.s[i + 2]) : -1;
        if (low < 0) {
            return false;
        }
        buf_add_char(to, (char)(high * 16 + low));
        i += 2;
    }
    return true;
}
