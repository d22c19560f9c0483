#include "sync/http/curl.h"

#include <signal.h>

struct curl_calls curl_calls;
LIBRARY(curl_library, GOCUA_SONAME_CURL, CURL_CALLS, curl_calls);

static void start(void)
{
    signal(SIGPIPE, SIG_IGN); /* a peer that goes is an error of its connection alone, in TLS too */
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool curl_need(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return library_need(&curl_library, err) && pthread_once(&once, start) == 0;
}
