/* ODK's encrypted forms: a finished record becomes a manifest and files that only the holder of the
 * form's private key can open. AES-256-CFB with PKCS#7 padding, key wrapped by RSA-OAEP (SHA-256
 * for label and MGF1), initial vectors counted up from MD5(instanceID, key), after the ODK
 * encryption specification as Collect and Central follow it. The format proves nothing about who
 * wrote it: the public key is all it takes. Any thread. */
#ifndef BASE_ODK_SEAL_H
#define BASE_ODK_SEAL_H

#include <stdbool.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

enum { ODK_SEAL_KEY = 32 };

struct odk_seal;

/* What a record is called. */
struct odk_seal_names {
    const char *form_id, *version; /* version "" or NULL: none */
    const char *instance_id;
};

/* Can this base64RsaPublicKey be used (an RSA key of at least 2048 bits)? ERR_INPUT otherwise: a
 * form with a bad key is refused when it is installed, never filled in and sent in clear. */
bool odk_seal_check(const char *public_key, struct err *err);

/* Begins a record with a fresh key (key given: that one, for check vectors). odk_seal_destroy ends
 * it. */
bool odk_seal_begin(struct odk_seal **seal, const char *public_key,
                    const struct odk_seal_names *names, const unsigned char key[ODK_SEAL_KEY],
                    struct err *err);

/* Appends the next file sealed: all media in their order, the XML ("submission.xml") last. The file
 * travels under its name with ".enc" behind. */
bool odk_seal_file(struct odk_seal *seal, const char *name, struct str plain, struct buf *sealed,
                   struct err *err);

/* Appends the manifest that is sent as the record, after the XML was sealed. */
bool odk_seal_manifest(struct odk_seal *seal, struct buf *xml, struct err *err);

/* Zeroes the key and frees; takes NULL. */
void odk_seal_destroy(struct odk_seal *seal);

#endif
