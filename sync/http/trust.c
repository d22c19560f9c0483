#include "sync/http/trust.h"

#include <string.h>
#include <strings.h>

#include "platform/base/clock.h"

/* Of OpenSSL's x509_vfy.h, which libcurl passes on; they never change. UNSET is what libcurl leaves
 * when the chain was good and its own look at the name was not. */
enum {
    VERIFY_FINE = 0,
    VERIFY_UNSET = 1,
    VERIFY_EARLY = 9,
    VERIFY_EXPIRED = 10,
    VERIFY_HOST = 62,
    VERIFY_ADDRESS = 64
};

/* The moment in a line such as "Start date:Nov 21 22:58:00 2026 GMT"; -1: another line. */
static int64_t moment_in(const char *line, const char *name)
{
    size_t n = strlen(name);
    time_t when = strncasecmp(line, name, n) == 0 ? curl_getdate(line + n, NULL) : (time_t)-1;
    return when == (time_t)-1 ? -1 : (int64_t)when * 1000;
}

/* Called when the key has proved to be a pinned one, before the first byte of a request: is the
 * server's own certificate valid today? A kept connection was looked at when it was made. */
static int look_at_dates(void *ctx, char *peer, char *own, int peer_port, int own_port)
{
    struct trust *trust = ctx;
    struct curl_certinfo *chain = NULL;
    long connects = 0;
    bool has_start = false, has_end = false;
    int64_t now = clock_now_ms();
    curl_easy_getinfo(trust->curl, CURLINFO_CERTINFO, &chain);
    curl_easy_getinfo(trust->curl, CURLINFO_NUM_CONNECTS, &connects);
    bool is_told = chain && chain->num_of_certs > 0;
    for (struct curl_slist *line = is_told ? chain->certinfo[0] : NULL; line; line = line->next) {
        int64_t from = moment_in(line->data, "Start date:");
        int64_t to = moment_in(line->data, "Expire date:");
        has_start = has_start || from >= 0;
        has_end = has_end || to >= 0;
        trust->is_early = trust->is_early || (from >= 0 && now < from);
        trust->is_late = trust->is_late || (to >= 0 && now > to);
    }
    bool is_known = (has_start && has_end) || connects == 0;
    bool is_good = is_known && !trust->is_early && !trust->is_late;
    return is_good ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* The library's error buffer keeps the first failure of a request, which may be that of a kept
 * connection before a fresh one was tried: only the last words about TLS tell why that failed. */
static int listen_to(CURL *curl, curl_infotype kind, char *text, size_t n, void *ctx)
{
    struct trust *trust = ctx;
    size_t room = sizeof(trust->said) - 1;
    if (kind == CURLINFO_TEXT && (memmem(text, n, "SSL", 3) || memmem(text, n, "error:", 6))) {
        n = n < room ? n : room;
        memcpy(trust->said, text, n);
        trust->said[n] = 0;
    }
    return 0;
}

void trust_set(CURL *curl, const char *pins, const char *ca_file, bool is_tls, struct trust *trust)
{
    bool has_pins = is_tls && pins && *pins;
    *trust = (struct trust){.curl = curl};
    curl_easy_setopt(curl, CURLOPT_VERBOSE, is_tls ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_to);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, trust);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, has_pins ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, has_pins ? 0L : 2L);
    if (ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    }
    if (has_pins) {
        curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pins);
        curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
        curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* resumed ones tell no dates */
        curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, look_at_dates);
        curl_easy_setopt(curl, CURLOPT_PREREQDATA, trust);
    }
}

static bool says_one_of(const char *said, const char *const *words)
{
    for (; *words; words++) {
        if (strcasestr(said, *words)) {
            return true;
        }
    }
    return false;
}

/* Why no encrypted connection came about at all. The library has one code for all of this, so its
 * words must tell. */
static bool judge_handshake(const char *said, enum http_tls *why)
{
    static const char *const clear[] = {"wrong version number", "http request",
                                        "packet length too long", "record overflow", NULL};
    static const char *const old[] = {"protocol version",       "unsupported protocol",
                                      "wrong ssl version",      "inappropriate fallback",
                                      "no protocols available", NULL};
    static const char *const cut[] = {"SYSCALL", "reset by peer", "unexpected eof", "Broken pipe",
                                      NULL};
    if (says_one_of(said, cut)) {
        return false;
    }
    *why = says_one_of(said, clear) ? HTTP_TLS_CLEAR
           : says_one_of(said, old) ? HTTP_TLS_OLD
                                    : HTTP_TLS_OTHER;
    return true;
}

static enum http_tls judge_certificate(CURL *curl)
{
    long verify = VERIFY_FINE;
    curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &verify);
    switch (verify) {
    case VERIFY_FINE:
    case VERIFY_UNSET:
    case VERIFY_HOST:
    case VERIFY_ADDRESS:
        return HTTP_TLS_NAME;
    case VERIFY_EARLY:
        return HTTP_TLS_EARLY;
    case VERIFY_EXPIRED:
        return HTTP_TLS_EXPIRED;
    default:
        return HTTP_TLS_UNKNOWN;
    }
}

bool trust_failed(CURL *curl, CURLcode code, const struct trust *trust, enum http_tls *why)
{
    *why = HTTP_TLS_OTHER;
    switch (code) {
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        *why = HTTP_TLS_PIN;
        return true;
    case CURLE_PEER_FAILED_VERIFICATION:
        *why = judge_certificate(curl);
        return true;
    case CURLE_ABORTED_BY_CALLBACK:
        *why = trust->is_early  ? HTTP_TLS_EARLY
               : trust->is_late ? HTTP_TLS_EXPIRED
                                : HTTP_TLS_UNKNOWN;
        return true; /* the caller has asked first whether it was its own stop */
    case CURLE_SSL_CONNECT_ERROR:
        return judge_handshake(trust->said, why);
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return true;
    default:
        return false;
    }
}
