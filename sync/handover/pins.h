/* A hub's announcement of the keys that it uses now and will use next, signed by the organisation:
 *   GOCUAP1:<base64url of JSON>.<base64url of the signature>   JSON: {"i":number,"p":[pins]}
 * It is no secret. The hub sends it along with its form list (X-GoCua-Pins), and a supervisor can
 * show it as a QR code to devices that missed the change. Of two, the one with the higher number
 * counts. Pure functions, any thread. */
#ifndef HANDOVER_PINS_H
#define HANDOVER_PINS_H

#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/sign.h"

enum { PINS_LIMIT = 6, PINS_TEXT = 400 };

/* Does the text look like one (it begins with GOCUAP1:)? */
bool pins_are_announced(struct str text);

/* Appends the announcement of pins ("sha256//…;sha256//…"); ERR_INPUT for texts that are no pins.
 */
bool pins_add(struct buf *to, const char *pins, int64_t number,
              const unsigned char secret[SIGN_SECRET], struct err *err);

/* Reads and checks it. ERR_INPUT: none, or damaged; ERR_DENIED: not signed by this organisation. */
bool pins_read(struct str text, const unsigned char organisation[SIGN_PUBLIC], char pins[PINS_TEXT],
               int64_t *number, struct err *err);

/* Joins a list of pins out of JSON by ";"; false when one is none or they are too many. */
struct json;
bool pins_join(const struct json *list, char pins[PINS_TEXT]);

/* Appends pins joined by ";" as a list of JSON. */
void pins_add_list(struct buf *json, const char *pins);

#endif
