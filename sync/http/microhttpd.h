/* What the server uses of libmicrohttpd, for server.c only: loaded when a server is started
 * (library_need(&microhttpd_library)). */
#ifndef HTTP_MICROHTTPD_H
#define HTTP_MICROHTTPD_H

#include <microhttpd.h>

#include "platform/base/library.h"

#define MICROHTTPD_CALLS(X)                                                                        \
    X(MHD_add_response_header)                                                                     \
    X(MHD_create_response_from_buffer)                                                             \
    X(MHD_create_response_from_callback)                                                           \
    X(MHD_create_response_from_fd_at_offset64)                                                     \
    X(MHD_destroy_response)                                                                        \
    X(MHD_get_connection_info)                                                                     \
    X(MHD_is_feature_supported)                                                                    \
    X(MHD_lookup_connection_value)                                                                 \
    X(MHD_queue_response)                                                                          \
    X(MHD_resume_connection)                                                                       \
    X(MHD_start_daemon)                                                                            \
    X(MHD_stop_daemon)                                                                             \
    X(MHD_suspend_connection)

struct microhttpd_calls {
    MICROHTTPD_CALLS(LIBRARY_FIELD)
};
extern struct microhttpd_calls microhttpd_calls;
extern struct library microhttpd_library;

#define MHD_add_response_header           microhttpd_calls.MHD_add_response_header
#define MHD_create_response_from_buffer   microhttpd_calls.MHD_create_response_from_buffer
#define MHD_create_response_from_callback microhttpd_calls.MHD_create_response_from_callback
#define MHD_create_response_from_fd_at_offset64                                                    \
    microhttpd_calls.MHD_create_response_from_fd_at_offset64
#define MHD_destroy_response        microhttpd_calls.MHD_destroy_response
#define MHD_get_connection_info     microhttpd_calls.MHD_get_connection_info
#define MHD_is_feature_supported    microhttpd_calls.MHD_is_feature_supported
#define MHD_lookup_connection_value microhttpd_calls.MHD_lookup_connection_value
#define MHD_queue_response          microhttpd_calls.MHD_queue_response
#define MHD_resume_connection       microhttpd_calls.MHD_resume_connection
#define MHD_start_daemon            microhttpd_calls.MHD_start_daemon
#define MHD_stop_daemon             microhttpd_calls.MHD_stop_daemon
#define MHD_suspend_connection      microhttpd_calls.MHD_suspend_connection

#endif
