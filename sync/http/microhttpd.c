#include "sync/http/microhttpd.h"

struct microhttpd_calls microhttpd_calls;
LIBRARY(microhttpd_library, GOCUA_SONAME_MICROHTTPD, MICROHTTPD_CALLS, microhttpd_calls);
