/*
 * Everything that a program can pass by mistake, and the same signer in many threads and in forked processes.
 *
 * Run under AddressSanitizer and under valgrind, which report what it does not notice itself.
 */

#define _POSIX_C_SOURCE 200809L

#include <faceid.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char KEY[] = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
static const char SECRET[] = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
static const char NONCE[] = "0799687066";
static const char SIGN[] =
    "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPTE1MzA3NjIxMTgmZD0w"
    "Nzk5Njg3MDY2";
static const uint64_t ISSUED = 1530762118;
enum { KEY_LEN = 32, SECRET_LEN = 32, NONCE_LEN = 10, SIGN_LEN = 124, VALIDITY = 100, UNTOUCHED = 4711 };

static unsigned checks = 0;

static void check(int fine, const char *what)
{
    checks++;
    if (!fine) {
        fprintf(stderr, "abuse: %s\n", what);
        exit(1);
    }
}

/* What is passed for an input. */
struct input {
    const char *data;
    size_t len;
};

/* A copy of exactly that size on the heap, where the tools see a read of one byte too many. */
static char *copy_of(struct input input)
{
    char *copy = malloc(input.len == 0 ? 1 : input.len);
    check(copy != NULL, "no memory");
    memcpy(copy, input.data, input.len);
    return copy;
}

/* A faulty input in each function that takes one of its kind: each must name it and leave the outputs alone. */

static void untouched(faceid_status status, faceid_status wanted, const char *out, size_t len, const char *what)
{
    check(status == wanted, what);
    check(out[0] == '#' && len == UNTOUCHED, "an output was written in spite of an error");
}

static void pair(struct input key, struct input secret, faceid_status wanted, const char *what)
{
    char out[512] = "#";
    size_t len = UNTOUCHED;
    faceid_signer *signer = NULL;
    untouched(faceid_sign(key.data, key.len, secret.data, secret.len, ISSUED, NONCE, NONCE_LEN, VALIDITY, out,
                          sizeof out, &len), wanted, out, len, what);
    untouched(faceid_sign_now(key.data, key.len, secret.data, secret.len, VALIDITY, out, sizeof out, &len), wanted,
              out, len, what);
    untouched(faceid_diagnose(key.data, key.len, secret.data, secret.len, SIGN, SIGN_LEN, ISSUED, out, sizeof out,
                              &len), wanted, out, len, what);
    check(faceid_verify(key.data, key.len, secret.data, secret.len, SIGN, SIGN_LEN, ISSUED) == wanted, what);
    check(faceid_signer_new(key.data, key.len, secret.data, secret.len, &signer) == wanted, what);
    check(signer == NULL, "a signer was made in spite of an error");
}

static void pairs(void)
{
    static const struct {
        struct input value;
        faceid_status as_key, as_secret;
    } cases[] = {
        {{NULL, 0}, FACEID_STATUS_NULL_POINTER, FACEID_STATUS_NULL_POINTER},
        {{NULL, 32}, FACEID_STATUS_NULL_POINTER, FACEID_STATUS_NULL_POINTER},
        {{NULL, SIZE_MAX}, FACEID_STATUS_NULL_POINTER, FACEID_STATUS_NULL_POINTER},
        {{KEY, SIZE_MAX}, FACEID_STATUS_LENGTH_TOO_LARGE, FACEID_STATUS_LENGTH_TOO_LARGE},
        {{KEY, SIZE_MAX / 2 + 1}, FACEID_STATUS_LENGTH_TOO_LARGE, FACEID_STATUS_LENGTH_TOO_LARGE},
        {{KEY, 0}, FACEID_STATUS_KEY_EMPTY, FACEID_STATUS_SECRET_EMPTY},
        {{" x", 2}, FACEID_STATUS_KEY_EDGE_BLANK, FACEID_STATUS_SECRET_EDGE_BLANK},
        {{"x\n", 2}, FACEID_STATUS_KEY_EDGE_LINE_END, FACEID_STATUS_SECRET_EDGE_LINE_END},
        {{"\xEF\xBB\xBFx", 4}, FACEID_STATUS_KEY_EDGE_BYTE_ORDER_MARK, FACEID_STATUS_SECRET_EDGE_BYTE_ORDER_MARK},
        {{"x\0y", 3}, FACEID_STATUS_KEY_CONTROL, FACEID_STATUS_OK},
        {{"x=y", 3}, FACEID_STATUS_KEY_SEPARATOR, FACEID_STATUS_OK},
        {{"x\xFFy", 3}, FACEID_STATUS_KEY_NON_ASCII, FACEID_STATUS_OK},
        {{"\xC3", 1}, FACEID_STATUS_KEY_NON_ASCII, FACEID_STATUS_OK},
    };
    const struct input key = {KEY, KEY_LEN}, secret = {SECRET, SECRET_LEN};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct input value = cases[i].value;
        char *copy = NULL;
        if (value.data != NULL && value.len < 64) {
            value.data = copy = copy_of(value);
        }
        pair(value, secret, cases[i].as_key, "a faulty key");
        if (cases[i].as_secret != FACEID_STATUS_OK) {
            pair(key, value, cases[i].as_secret, "a faulty secret");
        } else {
            /* Any bytes are a secret, up to the last one. */
            char out[512];
            size_t len = 0;
            check(faceid_sign_now(KEY, KEY_LEN, value.data, value.len, VALIDITY, out, sizeof out, &len) == 0, "secret");
            check(faceid_verify(KEY, KEY_LEN, value.data, value.len, out, len, 0) == FACEID_STATUS_OK, "its sign");
            check(faceid_verify(KEY, KEY_LEN, "x", 1, out, len, 0) == FACEID_STATUS_MISMATCH, "cut at a NUL");
        }
        free(copy);
    }
}

static void nonces(const faceid_signer *signer)
{
    static const struct {
        struct input nonce;
        faceid_status wanted;
    } cases[] = {
        {{NULL, 0}, FACEID_STATUS_NULL_POINTER},
        {{NULL, 10}, FACEID_STATUS_NULL_POINTER},
        {{NONCE, 0}, FACEID_STATUS_NONCE_EMPTY},
        {{NONCE, SIZE_MAX}, FACEID_STATUS_LENGTH_TOO_LARGE},
        {{"12345678901", 11}, FACEID_STATUS_NONCE_TOO_LONG},
        {{"-1", 2}, FACEID_STATUS_NONCE_NOT_DIGITS},
        {{"+1", 2}, FACEID_STATUS_NONCE_NOT_DIGITS},
        {{"1\0002", 3}, FACEID_STATUS_NONCE_NOT_DIGITS},
        {{"1\xFF", 2}, FACEID_STATUS_NONCE_NOT_DIGITS},
        {{"\xEF\xBC\x91", 3}, FACEID_STATUS_NONCE_NOT_DIGITS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct input nonce = cases[i].nonce;
        char out[512] = "#";
        size_t len = UNTOUCHED;
        char *copy = NULL;
        if (nonce.data != NULL && nonce.len < 64) {
            nonce.data = copy = copy_of(nonce);
        }
        untouched(faceid_sign(KEY, KEY_LEN, SECRET, SECRET_LEN, ISSUED, nonce.data, nonce.len, VALIDITY, out,
                              sizeof out, &len), cases[i].wanted, out, len, "a faulty nonce");
        untouched(faceid_signer_sign(signer, ISSUED, nonce.data, nonce.len, VALIDITY, out, sizeof out, &len),
                  cases[i].wanted, out, len, "a faulty nonce, prepared");
        free(copy);
    }
}

static void signs(const faceid_signer *signer)
{
    static const struct {
        struct input sign;
        faceid_status wanted, diagnosis;
    } cases[] = {
        {{NULL, 0}, FACEID_STATUS_NULL_POINTER, FACEID_STATUS_NULL_POINTER},
        {{NULL, 124}, FACEID_STATUS_NULL_POINTER, FACEID_STATUS_NULL_POINTER},
        {{SIGN, SIZE_MAX}, FACEID_STATUS_LENGTH_TOO_LARGE, FACEID_STATUS_LENGTH_TOO_LARGE},
        {{SIGN, 0}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
        {{SIGN, 123}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
        {{SIGN, 120}, FACEID_STATUS_MISMATCH, FACEID_STATUS_OK},
        {{SIGN, 125}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
        {{"\0\0\0\0", 4}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
        {{"\xFF\xFE\xFF\xFE", 4}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
        {{"b'\xC3'", 4}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
        {{"%", 1}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
        {{"%\xC3\xA9", 3}, FACEID_STATUS_MALFORMED, FACEID_STATUS_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct input sign = cases[i].sign;
        char out[512] = "#";
        size_t len = UNTOUCHED;
        char *copy = NULL;
        if (sign.data != NULL && sign.len <= sizeof SIGN) {
            sign.data = copy = copy_of(sign);
        }
        check(faceid_verify(KEY, KEY_LEN, SECRET, SECRET_LEN, sign.data, sign.len, ISSUED) == cases[i].wanted, "sign");
        check(faceid_signer_verify(signer, sign.data, sign.len, ISSUED) == cases[i].wanted, "sign, prepared");
        faceid_status status = faceid_diagnose(KEY, KEY_LEN, SECRET, SECRET_LEN, sign.data, sign.len, ISSUED, out,
                                               sizeof out, &len);
        check(status == cases[i].diagnosis, "diagnosis of a faulty sign");
        check(status == FACEID_STATUS_OK ? len == strlen(out) : out[0] == '#' && len == UNTOUCHED, "its text");
        free(copy);
    }
    check(faceid_signer_verify(signer, SIGN, SIGN_LEN, ISSUED + VALIDITY) == FACEID_STATUS_EXPIRED, "expired");
    check(faceid_signer_verify(signer, SIGN, SIGN_LEN, UINT64_MAX) == FACEID_STATUS_EXPIRED, "expired long ago");
}

/* NULL for what is neither an input nor a buffer. */
static void null_pointers(const faceid_signer *signer)
{
    char out[512] = "#";
    size_t len = UNTOUCHED;
    const faceid_status null = FACEID_STATUS_NULL_POINTER;
    check(faceid_sign(KEY, KEY_LEN, SECRET, SECRET_LEN, ISSUED, NONCE, NONCE_LEN, VALIDITY, out, sizeof out, NULL)
              == null, "faceid_sign without out_len");
    check(faceid_sign_now(KEY, KEY_LEN, SECRET, SECRET_LEN, VALIDITY, out, sizeof out, NULL) == null, "sign_now");
    check(faceid_diagnose(KEY, KEY_LEN, SECRET, SECRET_LEN, SIGN, SIGN_LEN, ISSUED, out, sizeof out, NULL) == null,
          "faceid_diagnose without out_len");
    check(faceid_signer_new(KEY, KEY_LEN, SECRET, SECRET_LEN, NULL) == null, "nowhere to put a signer");
    check(faceid_signer_sign(signer, ISSUED, NONCE, NONCE_LEN, VALIDITY, out, sizeof out, NULL) == null, "signer_sign");
    check(faceid_signer_sign_now(signer, VALIDITY, out, sizeof out, NULL) == null, "signer_sign_now");
    untouched(faceid_signer_sign(NULL, ISSUED, NONCE, NONCE_LEN, VALIDITY, out, sizeof out, &len), null, out, len,
              "no signer");
    untouched(faceid_signer_sign_now(NULL, VALIDITY, out, sizeof out, &len), null, out, len, "no signer, now");
    check(faceid_signer_verify(NULL, SIGN, SIGN_LEN, ISSUED) == null, "no signer to verify with");
    faceid_signer_free(NULL);
    check(faceid_sign(NULL, 0, NULL, 0, 0, NULL, 0, 0, NULL, 0, NULL) == null, "nothing at all");
}

static void times(const faceid_signer *signer)
{
    char out[512] = "#";
    size_t len = UNTOUCHED;
    untouched(faceid_signer_sign(signer, UINT64_MAX, NONCE, NONCE_LEN, 1, out, sizeof out, &len),
              FACEID_STATUS_EXPIRY_OVERFLOW, out, len, "a time past 64 bits");
    untouched(faceid_signer_sign(signer, UINT64_MAX, NONCE, NONCE_LEN, 1, NULL, 0, &len),
              FACEID_STATUS_EXPIRY_OVERFLOW, out, len, "the length of a sign that cannot be");
    check(faceid_signer_sign(signer, UINT64_MAX, NONCE, NONCE_LEN, FACEID_VALIDITY_ONCE, out, sizeof out, &len)
              == FACEID_STATUS_OK, "single use at the end of time");
    check(faceid_signer_verify(signer, out, len, 0) == FACEID_STATUS_OK, "its verification");
    check(faceid_signer_sign(signer, UINT64_MAX - UINT32_MAX, NONCE, NONCE_LEN, UINT32_MAX, out, sizeof out, &len)
              == FACEID_STATUS_OK, "the longest validity");
    check(faceid_signer_sign(signer, ISSUED * 1000, NONCE, NONCE_LEN, VALIDITY, out, sizeof out, &len)
              == FACEID_STATUS_OK, "milliseconds");
    check(faceid_signer_verify(signer, out, len, ISSUED) == FACEID_STATUS_OK, "milliseconds are the far future");
    check(faceid_signer_verify(signer, SIGN, SIGN_LEN, ISSUED * 1000) == FACEID_STATUS_EXPIRED, "milliseconds for now");
}

/* Buffers of every size, on the heap: one byte too many would be reported. */
static void capacities(const faceid_signer *signer)
{
    for (size_t capacity = 0; capacity <= SIGN_LEN + 1; capacity++) {
        char *out = malloc(capacity == 0 ? 1 : capacity);
        check(out != NULL, "no memory");
        size_t len = 0;
        int fits = capacity == SIGN_LEN + 1;
        const faceid_status wanted = fits ? FACEID_STATUS_OK : FACEID_STATUS_BUFFER_TOO_SMALL;
        check(faceid_signer_sign(signer, ISSUED, NONCE, NONCE_LEN, VALIDITY, out, capacity, &len) == wanted, "size");
        check(len == SIGN_LEN && (!fits || strcmp(out, SIGN) == 0), "what a buffer of that size gets");
        len = 0;
        check(faceid_sign_now(KEY, KEY_LEN, SECRET, SECRET_LEN, VALIDITY, out, capacity, &len) == wanted, "size, now");
        check(len == SIGN_LEN && (!fits || strlen(out) == SIGN_LEN), "what a buffer of that size gets now");
        free(out);
    }
    size_t len = 0;
    char out[512] = "#";
    check(faceid_signer_sign(signer, ISSUED, NONCE, NONCE_LEN, VALIDITY, NULL, SIZE_MAX, &len)
              == FACEID_STATUS_BUFFER_TOO_SMALL && len == SIGN_LEN, "NULL with a capacity");
    check(faceid_signer_sign(signer, ISSUED, NONCE, NONCE_LEN, VALIDITY, out, SIZE_MAX, &len) == FACEID_STATUS_OK
              && strcmp(out, SIGN) == 0, "a capacity of SIZE_MAX");

    size_t needed = 0;
    check(faceid_diagnose(KEY, KEY_LEN, SECRET, SECRET_LEN, SIGN, SIGN_LEN, ISSUED, NULL, 0, &needed)
              == FACEID_STATUS_BUFFER_TOO_SMALL, "length of a diagnosis");
    char *text = malloc(needed + 1);
    check(text != NULL, "no memory");
    check(faceid_diagnose(KEY, KEY_LEN, SECRET, SECRET_LEN, SIGN, SIGN_LEN, ISSUED, text, needed, &needed)
              == FACEID_STATUS_BUFFER_TOO_SMALL, "diagnosis, one byte short");
    check(faceid_diagnose(KEY, KEY_LEN, SECRET, SECRET_LEN, SIGN, SIGN_LEN, ISSUED, text, needed + 1, &needed)
              == FACEID_STATUS_OK && strcmp(text, "valid: the sign is valid") == 0, "diagnosis");
    free(text);
}

/* The output lies over each input in turn, and over all of them. */
static void overlaps(const faceid_signer *signer)
{
    char buffer[512];
    size_t len = 0;
    for (size_t shift = 0; shift < 4; shift++) {
        memcpy(buffer + shift, KEY, KEY_LEN);
        check(faceid_sign(buffer + shift, KEY_LEN, SECRET, SECRET_LEN, ISSUED, NONCE, NONCE_LEN, VALIDITY, buffer,
                          sizeof buffer, &len) == FACEID_STATUS_OK && strcmp(buffer, SIGN) == 0, "over the key");
        memcpy(buffer + shift, SECRET, SECRET_LEN);
        check(faceid_sign(KEY, KEY_LEN, buffer + shift, SECRET_LEN, ISSUED, NONCE, NONCE_LEN, VALIDITY, buffer,
                          sizeof buffer, &len) == FACEID_STATUS_OK && strcmp(buffer, SIGN) == 0, "over the secret");
        memcpy(buffer + shift, NONCE, NONCE_LEN);
        check(faceid_signer_sign(signer, ISSUED, buffer + shift, NONCE_LEN, VALIDITY, buffer, sizeof buffer, &len)
                  == FACEID_STATUS_OK && strcmp(buffer, SIGN) == 0, "over the nonce");
        memcpy(buffer + shift, SIGN, SIGN_LEN);
        check(faceid_diagnose(KEY, KEY_LEN, SECRET, SECRET_LEN, buffer + shift, SIGN_LEN, ISSUED, buffer,
                              sizeof buffer, &len) == FACEID_STATUS_OK && strncmp(buffer, "valid", 5) == 0,
              "over the sign");
    }
    memcpy(buffer, KEY, KEY_LEN);
    memcpy(buffer + KEY_LEN, SECRET, SECRET_LEN);
    memcpy(buffer + KEY_LEN + SECRET_LEN, NONCE, NONCE_LEN);
    check(faceid_sign(buffer, KEY_LEN, buffer + KEY_LEN, SECRET_LEN, ISSUED, buffer + KEY_LEN + SECRET_LEN, NONCE_LEN,
                      VALIDITY, buffer, sizeof buffer, &len) == FACEID_STATUS_OK && strcmp(buffer, SIGN) == 0,
          "over all inputs");
    /* Inputs may be the same memory too: a secret that is its key, though a bad idea, is no fault of memory. */
    check(faceid_sign_now(KEY, KEY_LEN, KEY, KEY_LEN, VALIDITY, buffer, sizeof buffer, &len) == FACEID_STATUS_OK,
          "key and secret in one place");
}

enum { THREADS = 64, ROUNDS = 50 };

static void *thread(void *argument)
{
    const faceid_signer *signer = argument;
    for (int round = 0; round < ROUNDS; round++) {
        char out[SIGN_LEN + 1];
        size_t len = 0;
        if (faceid_signer_sign(signer, ISSUED, NONCE, NONCE_LEN, VALIDITY, out, sizeof out, &len) != FACEID_STATUS_OK
            || strcmp(out, SIGN) != 0
            || faceid_signer_sign_now(signer, VALIDITY, out, sizeof out, &len) != FACEID_STATUS_OK
            || faceid_signer_verify(signer, out, len, ISSUED) != FACEID_STATUS_OK
            || faceid_signer_verify(signer, SIGN, SIGN_LEN, ISSUED) != FACEID_STATUS_OK) {
            return "failed";
        }
    }
    return NULL;
}

static void threads(faceid_signer *signer)
{
    pthread_t all[THREADS];
    for (int i = 0; i < THREADS; i++) {
        check(pthread_create(&all[i], NULL, thread, signer) == 0, "no thread");
    }
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        check(pthread_join(all[i], &failed) == 0 && failed == NULL, "a thread among many");
    }
}

enum { CHILDREN = 8, SIGNS = 8, PROCESSES = CHILDREN + 1, ALL = PROCESSES * SIGNS };

static void draw(const faceid_signer *signer, char signs[SIGNS][SIGN_LEN + 1])
{
    for (int i = 0; i < SIGNS; i++) {
        size_t len = 0;
        check(faceid_signer_sign_now(signer, FACEID_VALIDITY_ONCE, signs[i], SIGN_LEN + 1, &len) == FACEID_STATUS_OK,
              "sign of a process");
        /* The last 16 characters are "d=" and the nonce: the times before it may differ, and prove nothing. */
        check(len == 112, "length of a single-use sign");
        memmove(signs[i], signs[i] + len - 16, 17);
    }
}

static int compare(const void *one, const void *other)
{
    return strcmp(one, other);
}

static void forks(const faceid_signer *signer)
{
    static char signs[ALL][SIGN_LEN + 1];
    int ends[2];
    /* The random source has been used before, as in a server that forks its workers. */
    draw(signer, signs);
    check(pipe(ends) == 0, "no pipe");
    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = fork();
        check(child >= 0, "no process");
        if (child == 0) {
            char own[SIGNS][SIGN_LEN + 1];
            memset(own, 0, sizeof own);
            draw(signer, own);
            /* Below PIPE_BUF, so written in one piece. */
            _exit(write(ends[1], own, sizeof own) == (ssize_t)sizeof own ? 0 : 1);
        }
    }
    draw(signer, signs);
    for (int i = 1; i < PROCESSES; i++) {
        int status = 0;
        check(read(ends[0], signs[i * SIGNS], sizeof signs[0] * SIGNS) == (ssize_t)(sizeof signs[0] * SIGNS), "signs");
        check(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0, "a forked process");
    }
    close(ends[0]);
    close(ends[1]);
    qsort(signs, ALL, sizeof signs[0], compare);
    for (int i = 1; i < ALL; i++) {
        check(strcmp(signs[i - 1], signs[i]) != 0, "two processes drew the same nonce");
    }
}

static void messages(void)
{
    for (uint32_t status = 0; status < 100; status++) {
        check(strlen(faceid_status_message(status)) > 0, "a status without a message");
    }
    check(strcmp(faceid_status_message(FACEID_STATUS_EXPIRED), "the sign has expired") == 0, "a message");
    check(strcmp(faceid_status_message(UINT32_MAX), "not a status of this version") == 0, "the largest number");
    check(strchr(faceid_version(), '.') != NULL, "version");
}

int main(void)
{
    faceid_signer *signer = NULL;
    check(faceid_signer_new(KEY, KEY_LEN, SECRET, SECRET_LEN, &signer) == FACEID_STATUS_OK, "a signer");
    pairs();
    nonces(signer);
    signs(signer);
    null_pointers(signer);
    times(signer);
    capacities(signer);
    overlaps(signer);
    threads(signer);
    forks(signer);
    messages();
    faceid_signer_free(signer);
    printf("%u checks\n", checks);
    return 0;
}
