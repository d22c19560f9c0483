/* What is used of OpenSSL's libcrypto, for odk_seal.c and pin.c only: loaded when the first form
 * with a key is installed, the first record of one is sealed, or a hub is told its certificate
 * (library_need(&openssl_library)). */
#ifndef BASE_OPENSSL_H
#define BASE_OPENSSL_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "platform/base/library.h"

#define OPENSSL_CALLS(X)                                                                           \
    X(BIO_free)                                                                                    \
    X(BIO_new_mem_buf)                                                                             \
    X(CRYPTO_free)                                                                                 \
    X(EVP_CIPHER_CTX_free)                                                                         \
    X(EVP_CIPHER_CTX_new)                                                                          \
    X(EVP_EncryptFinal_ex)                                                                         \
    X(EVP_EncryptInit_ex)                                                                          \
    X(EVP_EncryptUpdate)                                                                           \
    X(EVP_PKEY_CTX_free)                                                                           \
    X(EVP_PKEY_CTX_new)                                                                            \
    X(EVP_PKEY_CTX_set_rsa_mgf1_md)                                                                \
    X(EVP_PKEY_CTX_set_rsa_oaep_md)                                                                \
    X(EVP_PKEY_CTX_set_rsa_padding)                                                                \
    X(EVP_PKEY_encrypt)                                                                            \
    X(EVP_PKEY_encrypt_init)                                                                       \
    X(EVP_PKEY_free)                                                                               \
    X(EVP_PKEY_get_base_id)                                                                        \
    X(EVP_PKEY_get_bits)                                                                           \
    X(EVP_aes_256_cfb128)                                                                          \
    X(EVP_sha256)                                                                                  \
    X(PEM_read_bio_PUBKEY)                                                                         \
    X(PEM_read_bio_PrivateKey)                                                                     \
    X(PEM_read_bio_X509)                                                                           \
    X(X509_free)                                                                                   \
    X(X509_get_pubkey)                                                                             \
    X(d2i_PUBKEY)                                                                                  \
    X(i2d_PUBKEY)

struct openssl_calls {
    OPENSSL_CALLS(LIBRARY_FIELD)
};
extern struct openssl_calls openssl_calls;
extern struct library openssl_library;

#define BIO_free                     openssl_calls.BIO_free
#define BIO_new_mem_buf              openssl_calls.BIO_new_mem_buf
#define CRYPTO_free                  openssl_calls.CRYPTO_free
#define EVP_CIPHER_CTX_free          openssl_calls.EVP_CIPHER_CTX_free
#define EVP_CIPHER_CTX_new           openssl_calls.EVP_CIPHER_CTX_new
#define EVP_EncryptFinal_ex          openssl_calls.EVP_EncryptFinal_ex
#define EVP_EncryptInit_ex           openssl_calls.EVP_EncryptInit_ex
#define EVP_EncryptUpdate            openssl_calls.EVP_EncryptUpdate
#define EVP_PKEY_CTX_free            openssl_calls.EVP_PKEY_CTX_free
#define EVP_PKEY_CTX_new             openssl_calls.EVP_PKEY_CTX_new
#define EVP_PKEY_CTX_set_rsa_mgf1_md openssl_calls.EVP_PKEY_CTX_set_rsa_mgf1_md
#define EVP_PKEY_CTX_set_rsa_oaep_md openssl_calls.EVP_PKEY_CTX_set_rsa_oaep_md
#define EVP_PKEY_CTX_set_rsa_padding openssl_calls.EVP_PKEY_CTX_set_rsa_padding
#define EVP_PKEY_encrypt             openssl_calls.EVP_PKEY_encrypt
#define EVP_PKEY_encrypt_init        openssl_calls.EVP_PKEY_encrypt_init
#define EVP_PKEY_free                openssl_calls.EVP_PKEY_free
#define EVP_PKEY_get_base_id         openssl_calls.EVP_PKEY_get_base_id
#define EVP_PKEY_get_bits            openssl_calls.EVP_PKEY_get_bits
#define EVP_aes_256_cfb128           openssl_calls.EVP_aes_256_cfb128
#define EVP_sha256                   openssl_calls.EVP_sha256
#define PEM_read_bio_PUBKEY          openssl_calls.PEM_read_bio_PUBKEY
#define PEM_read_bio_PrivateKey      openssl_calls.PEM_read_bio_PrivateKey
#define PEM_read_bio_X509            openssl_calls.PEM_read_bio_X509
#define X509_free                    openssl_calls.X509_free
#define X509_get_pubkey              openssl_calls.X509_get_pubkey
#define d2i_PUBKEY                   openssl_calls.d2i_PUBKEY
#define i2d_PUBKEY                   openssl_calls.i2d_PUBKEY

#endif
