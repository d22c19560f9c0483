/* Inner header of the client: whom it believes. Without pins the system's roots decide, with name
 * and date. With pins the key decides: it stands in a code that the organisation has signed, which
 * is more than any root can say, and a hub in the field changes its name and its address; the dates
 * of the certificate count all the same. */
#ifndef HTTP_TRUST_H
#define HTTP_TRUST_H

#include "sync/http/client.h"
#include "sync/http/curl.h"

/* What one request learns about the other side. */
struct trust {
    CURL *curl;
    bool is_early, is_late;     /* the pinned key's certificate is not valid yet, or no longer */
    char said[CURL_ERROR_SIZE]; /* by the library */
};

/* Sets the rules for a request on the handle; is_tls: of its address. trust outlives it. */
void trust_set(CURL *curl, const char *pins, const char *ca_file, bool is_tls, struct trust *trust);

/* Is the failure one of trust? Then *why is filled. A handshake that was cut off is none. */
bool trust_failed(CURL *curl, CURLcode code, const struct trust *trust, enum http_tls *why);

#endif
