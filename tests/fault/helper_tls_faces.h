/* Authorities, keys and certificates of the TLS gate, made in memory. */
#ifndef TESTS_HELPER_TLS_FACES_H
#define TESTS_HELPER_TLS_FACES_H

#include <openssl/ssl.h>

#include "helper_tls_gate.h"

struct tls_faces {
    EVP_PKEY *keys[TLS_FACES];
    X509 *certificates[TLS_FACES];
    char pins[TLS_FACES][64];
};

/* Makes all of them, and writes the authorities that the client trusts to roots (PEM). */
void tls_faces_make(struct tls_faces *faces, const char *roots);

/* Frees. */
void tls_faces_finish(struct tls_faces *faces);

#endif
