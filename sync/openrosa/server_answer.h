/* The inside of the server: answers in the forms that clients expect. */
#ifndef OPENROSA_SERVER_ANSWER_H
#define OPENROSA_SERVER_ANSWER_H

#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "sync/http/server.h"
#include "sync/openrosa/intake.h"

#define XML_TYPE "text/xml; charset=utf-8"

enum { RETRY_BUSY_S = 30 };

/* Adds the version and the size limit to the answer to come. */
void add_headers(const struct openrosa_server *server, struct http_request *request);

/* Answers with an OpenRosaResponse that says what is wrong. */
void answer_error(struct http_request *request, int status, const char *message);

/* The same, and when to ask again. */
void answer_later(struct http_request *request, int status, int seconds, const char *message);

/* What a failure inside becomes outside. The text of an ERR_INPUT is written for people. */
void answer_failure(struct http_request *request, const struct err *err);

/* Answers with XML under a tag of its bytes, or 304. */
void answer_list(const struct openrosa_server *server, struct http_request *request,
                 const struct buf *body);

#endif
