/* Do two XML texts say the same record? Namespaces declarations, white space around values,
 * attribute order and values that differ by nature (identifiers, times) are not looked at. */
#ifndef CLI_SAME_XML_H
#define CLI_SAME_XML_H

#include <stdbool.h>

#include "platform/base/buf.h"

/* Compares; why says where the first difference is. */
bool xml_is_same(struct str wanted, struct str got, struct buf *why);

/* Texts equal, or both numbers within 1e-9 of each other. */
bool texts_agree(struct str wanted, struct str got);

#endif
