#include "platform/base/openssl.h"

struct openssl_calls openssl_calls;
LIBRARY(openssl_library, GOCUA_SONAME_CRYPTO, OPENSSL_CALLS, openssl_calls);
