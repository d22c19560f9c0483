/* What the client uses of libcurl, for the files of this room only: loaded when the first request
 * is made (curl_need). */
#ifndef HTTP_CURL_H
#define HTTP_CURL_H

#define CURL_DISABLE_TYPECHECK /* it calls the linked names; ours below calls the loaded ones */
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_multi_setopt
#undef curl_easy_getinfo

#include "platform/base/library.h"

#define CURL_CALLS(X)                                                                              \
    X(curl_easy_cleanup)                                                                           \
    X(curl_easy_getinfo)                                                                           \
    X(curl_easy_init)                                                                              \
    X(curl_easy_reset)                                                                             \
    X(curl_easy_setopt)                                                                            \
    X(curl_easy_strerror)                                                                          \
    X(curl_free)                                                                                   \
    X(curl_getdate)                                                                                \
    X(curl_global_init)                                                                            \
    X(curl_multi_add_handle)                                                                       \
    X(curl_multi_cleanup)                                                                          \
    X(curl_multi_info_read)                                                                        \
    X(curl_multi_init)                                                                             \
    X(curl_multi_perform)                                                                          \
    X(curl_multi_poll)                                                                             \
    X(curl_multi_remove_handle)                                                                    \
    X(curl_multi_setopt)                                                                           \
    X(curl_slist_append)                                                                           \
    X(curl_slist_free_all)                                                                         \
    X(curl_url)                                                                                    \
    X(curl_url_cleanup)                                                                            \
    X(curl_url_get)                                                                                \
    X(curl_url_set)

struct curl_calls {
    CURL_CALLS(LIBRARY_FIELD)
};
extern struct curl_calls curl_calls;
extern struct library curl_library;

/* Loads the library and starts it, once; ERR_LIBRARY when it is not on this device. Any thread. */
bool curl_need(struct err *err);

/* What curl's own macros would check: a value has the type that its option is read as. */
#define CURL_IS(type, value) _Generic((value), type : 1, default : 0)
#define CURL_IS_NUMBER(value)                                                                      \
    _Generic((value), _Bool : 1, int : 1, unsigned : 1, long : 1, unsigned long : 1,               \
             long long : 1, unsigned long long : 1, default : 0)
#define CURL_FITS(option, value)                                                                   \
    ((option) < CURLOPTTYPE_OBJECTPOINT ? CURL_IS(long, value) || CURL_IS(unsigned long, value)    \
     : (option) >= CURLOPTTYPE_OFF_T && (option) < CURLOPTTYPE_BLOB ? CURL_IS(curl_off_t, value)   \
                                                                    : !CURL_IS_NUMBER(value))
#define CURL_TELLS(info, to)                                                                       \
    (((info)&CURLINFO_TYPEMASK) == CURLINFO_LONG    ? CURL_IS(long *, to)                          \
     : ((info)&CURLINFO_TYPEMASK) == CURLINFO_OFF_T ? CURL_IS(curl_off_t *, to)                    \
                                                    : !CURL_IS(long *, to))
#define curl_easy_setopt(handle, option, value)                                                    \
    __extension__({                                                                                \
        _Static_assert(CURL_FITS(option, value), "the type of a value");                           \
        curl_calls.curl_easy_setopt((handle), (option), (value));                                  \
    })
#define curl_multi_setopt(handle, option, value)                                                   \
    __extension__({                                                                                \
        _Static_assert(CURL_FITS(option, value), "the type of a value");                           \
        curl_calls.curl_multi_setopt((handle), (option), (value));                                 \
    })
#define curl_easy_getinfo(handle, info, to)                                                        \
    __extension__({                                                                                \
        _Static_assert(CURL_TELLS(info, to), "the type of what is told");                          \
        curl_calls.curl_easy_getinfo((handle), (info), (to));                                      \
    })
#define curl_easy_cleanup        curl_calls.curl_easy_cleanup
#define curl_easy_init           curl_calls.curl_easy_init
#define curl_easy_reset          curl_calls.curl_easy_reset
#define curl_easy_strerror       curl_calls.curl_easy_strerror
#define curl_free                curl_calls.curl_free
#define curl_getdate             curl_calls.curl_getdate
#define curl_global_init         curl_calls.curl_global_init
#define curl_multi_add_handle    curl_calls.curl_multi_add_handle
#define curl_multi_cleanup       curl_calls.curl_multi_cleanup
#define curl_multi_info_read     curl_calls.curl_multi_info_read
#define curl_multi_init          curl_calls.curl_multi_init
#define curl_multi_perform       curl_calls.curl_multi_perform
#define curl_multi_poll          curl_calls.curl_multi_poll
#define curl_multi_remove_handle curl_calls.curl_multi_remove_handle
#define curl_slist_append        curl_calls.curl_slist_append
#define curl_slist_free_all      curl_calls.curl_slist_free_all
#define curl_url                 curl_calls.curl_url
#define curl_url_cleanup         curl_calls.curl_url_cleanup
#define curl_url_get             curl_calls.curl_url_get
#define curl_url_set             curl_calls.curl_url_set

#endif
