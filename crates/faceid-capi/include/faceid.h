/*
 * Signs requests to Megvii FaceID, verifies signs, and names what is wrong with a refused one.
 *
 * Written by `cargo xtask codegen` from the sources of faceid-capi: do not edit.
 *
 * Conventions, the same for every function:
 *
 * - An input is a pointer and a length in bytes. It need not end in NUL, and a NUL in it is a byte like another. It is
 *   only read during the call. NULL is refused, even with length 0.
 * - An output is a buffer of the caller's, its capacity in bytes, and where to write the length of the text. The text is
 *   followed by a NUL, which the length does not count: the capacity needed is one more. If the buffer is NULL or too
 *   small, the call returns FACEID_STATUS_BUFFER_TOO_SMALL and writes the length needed; otherwise nothing is written
 *   unless the call returns FACEID_STATUS_OK. A buffer may overlap an input; outputs must not overlap each other.
 * - Times are UNIX seconds, and none is refused: one in milliseconds is taken as one far in the future.
 * - A secret is any bytes; a text is taken as UTF-8.
 * - Any number of threads may call any functions at the same time, with the same signer too.
 * - What is kept of a secret is wiped before it is freed. A sign is a bearer secret until it expires: wipe yours.
 */

#ifndef FACEID_H
#define FACEID_H

#include <stddef.h>
#include <stdint.h>

#define FACEID_VERSION "0.1.0"

/**
 * A validity: the sign is good for one request. Any other number is a count of seconds.
 */
#define FACEID_VALIDITY_ONCE 0

/**
 * How a call ended. A number keeps its meaning for ever; later versions may add some.
 */
enum faceid_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It is done. Of a sign that was to be verified: it is valid.
   */
  FACEID_STATUS_OK = 0,
  /**
   * A pointer is NULL that must not be.
   */
  FACEID_STATUS_NULL_POINTER = 1,
  /**
   * The buffer is NULL or too small. The length needed, without the NUL, was written to `out_len`.
   */
  FACEID_STATUS_BUFFER_TOO_SMALL = 2,
  /**
   * A length is more than any object can have: a negative number was passed.
   */
  FACEID_STATUS_LENGTH_TOO_LARGE = 3,
  /**
   * A fault of this library. Nothing was written.
   */
  FACEID_STATUS_PANICKED = 4,
  /**
   * Something went wrong that has no number of its own yet.
   */
  FACEID_STATUS_OTHER = 5,
  /**
   * The key is empty.
   */
  FACEID_STATUS_KEY_EMPTY = 10,
  /**
   * The key begins or ends with white space.
   */
  FACEID_STATUS_KEY_EDGE_BLANK = 11,
  /**
   * The key begins or ends with a line end.
   */
  FACEID_STATUS_KEY_EDGE_LINE_END = 12,
  /**
   * The key begins or ends with a byte order mark.
   */
  FACEID_STATUS_KEY_EDGE_BYTE_ORDER_MARK = 13,
  /**
   * The key contains `&` or `=`, for which no escaping is defined.
   */
  FACEID_STATUS_KEY_SEPARATOR = 14,
  /**
   * The key contains a control character; NUL is one.
   */
  FACEID_STATUS_KEY_CONTROL = 15,
  /**
   * The key contains a byte outside ASCII.
   */
  FACEID_STATUS_KEY_NON_ASCII = 16,
  /**
   * The secret is empty.
   */
  FACEID_STATUS_SECRET_EMPTY = 20,
  /**
   * The secret begins or ends with white space.
   */
  FACEID_STATUS_SECRET_EDGE_BLANK = 21,
  /**
   * The secret begins or ends with a line end: it was read from a file with it.
   */
  FACEID_STATUS_SECRET_EDGE_LINE_END = 22,
  /**
   * The secret begins or ends with a byte order mark.
   */
  FACEID_STATUS_SECRET_EDGE_BYTE_ORDER_MARK = 23,
  /**
   * The nonce is empty.
   */
  FACEID_STATUS_NONCE_EMPTY = 30,
  /**
   * The nonce has more than ten digits.
   */
  FACEID_STATUS_NONCE_TOO_LONG = 31,
  /**
   * The nonce has a character other than `0` to `9`.
   */
  FACEID_STATUS_NONCE_NOT_DIGITS = 32,
  /**
   * The clock stands before 1970.
   */
  FACEID_STATUS_CLOCK_BEFORE_EPOCH = 40,
  /**
   * The operating system's random source failed.
   */
  FACEID_STATUS_RANDOM_SOURCE = 41,
  /**
   * Issue time plus validity does not fit into 64 bits.
   */
  FACEID_STATUS_EXPIRY_OVERFLOW = 42,
  /**
   * The sign is not base64 of a digest and the four fields.
   */
  FACEID_STATUS_MALFORMED = 50,
  /**
   * The sign was not made with this key and secret, or was changed since.
   */
  FACEID_STATUS_MISMATCH = 51,
  /**
   * The sign expires no later than it was issued, and is not for single use.
   */
  FACEID_STATUS_ORDER = 52,
  /**
   * The sign has expired.
   */
  FACEID_STATUS_EXPIRED = 53,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum faceid_status faceid_status;
#else
typedef uint32_t faceid_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A key and its secret, prepared. It is never changed, so any number of threads may use it at the same time; one frees it,
 * when no other uses it any more.
 */
typedef struct faceid_signer faceid_signer;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Makes a sign of the given time and nonce.
 *
 * `issued_at` is in UNIX seconds: one in milliseconds makes a sign from far in the future, which `faceid_diagnose` names.
 * The nonce is 1 to 10 digits, signed exactly as they stand, leading zeros too; `validity` is in seconds, or
 * `FACEID_VALIDITY_ONCE`.
 */
faceid_status faceid_sign(const char *key,
                          size_t key_len,
                          const char *secret,
                          size_t secret_len,
                          uint64_t issued_at,
                          const char *nonce,
                          size_t nonce_len,
                          uint32_t validity,
                          char *out,
                          size_t capacity,
                          size_t *out_len);

/**
 * Makes a sign of this moment, with a fresh random nonce from the operating system.
 */
faceid_status faceid_sign_now(const char *key,
                              size_t key_len,
                              const char *secret,
                              size_t secret_len,
                              uint32_t validity,
                              char *out,
                              size_t capacity,
                              size_t *out_len);

/**
 * Checks a sign: that it was made with this key and secret, and is valid at `now` (UNIX seconds).
 *
 * `FACEID_STATUS_OK`, or the reason against it. A single-use sign is valid at any time: that it is used once is for the
 * caller to see to.
 */
faceid_status faceid_verify(const char *key,
                            size_t key_len,
                            const char *secret,
                            size_t secret_len,
                            const char *sign,
                            size_t sign_len,
                            uint64_t now);

/**
 * Says in words why a sign does not verify at `now` (UNIX seconds): the slip that its maker made, if it is a known one.
 *
 * It is stricter than `faceid_verify`: a sign issued more than 300 s after `now`, a single-use one issued more than 300 s
 * before it, and times in milliseconds are slips too.
 *
 * The text is a name that stays the same (`hex_digest`), a colon, a blank, and a sentence that may change. The name is
 * `valid` for a sign with nothing wrong, and `unknown` where no known slip explains it. `FACEID_STATUS_OK` says that there
 * is a text, whatever it says.
 */
faceid_status faceid_diagnose(const char *key,
                              size_t key_len,
                              const char *secret,
                              size_t secret_len,
                              const char *sign,
                              size_t sign_len,
                              uint64_t now,
                              char *out,
                              size_t capacity,
                              size_t *out_len);

/**
 * Prepares a signer. It is given back with `faceid_signer_free`.
 */
faceid_status faceid_signer_new(const char *key,
                                size_t key_len,
                                const char *secret,
                                size_t secret_len,
                                faceid_signer **out_signer);

/**
 * Wipes a signer's secret and frees it. NULL is let pass.
 */
void faceid_signer_free(faceid_signer *signer);

/**
 * Makes a sign of the given time and nonce, as `faceid_sign` does.
 */
faceid_status faceid_signer_sign(const faceid_signer *signer,
                                 uint64_t issued_at,
                                 const char *nonce,
                                 size_t nonce_len,
                                 uint32_t validity,
                                 char *out,
                                 size_t capacity,
                                 size_t *out_len);

/**
 * Makes a sign of this moment, with a fresh random nonce from the operating system: a process that was forked draws
 * others than its parent.
 */
faceid_status faceid_signer_sign_now(const faceid_signer *signer,
                                     uint32_t validity,
                                     char *out,
                                     size_t capacity,
                                     size_t *out_len);

/**
 * Checks a sign, as `faceid_verify` does.
 */
faceid_status faceid_signer_verify(const faceid_signer *signer,
                                   const char *sign,
                                   size_t sign_len,
                                   uint64_t now);

/**
 * What a status means, in English, ending in NUL. Of a number that is no status it says so; it is never NULL.
 *
 * The text is constant, must not be freed, and holds nothing of what was passed in. It may change from one version to
 * the next: programs compare the number.
 */
const char *faceid_status_message(uint32_t status);

/**
 * The version of the library, such as "1.2.3", ending in NUL. It is constant and must not be freed.
 */
const char *faceid_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FACEID_H */
