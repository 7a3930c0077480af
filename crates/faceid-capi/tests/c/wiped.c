/*
 * Looks for a secret, and for the key prepared from it, in all of its own memory, after the library is done with it.
 *
 * What is looked for stands in the program masked, so that the program's own copies are not found instead.
 */

#define _POSIX_C_SOURCE 200809L

#include <faceid.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { SECRET_LEN = 48, STATE_LEN = 16, MASK = 0x2A };

/* With MASK over each. */
static const volatile unsigned char MASKED[SECRET_LEN + 1] =
    "xqzwkmvbnyxpqkzmwvbnxyqpzkwmvnbxqypzwkmvbnxyzqpk";

/* The first words of what SHA-1 makes of the secret and each of HMAC's two pads, each bit flipped. */
static const volatile uint32_t INNER[] = {0x045ED826, 0x4016D44D, 0xC8B355BE, 0x5DDF5165};
static const volatile uint32_t OUTER[] = {0x1ADFD5E0, 0xBF1BA3EC, 0x8DE34356, 0x9B493B74};

/* What is looked for: its bytes, and what is over each. */
struct mark {
    const volatile unsigned char *masked;
    int len;
    unsigned char mask;
};

/* Its second half: what is freed has its beginning written over. */
static const struct mark SECRET = {MASKED + SECRET_LEN / 2, SECRET_LEN / 2, MASK};
static const struct mark STATES[] = {
    {(const volatile unsigned char *)INNER, STATE_LEN, 0xFF},
    {(const volatile unsigned char *)OUTER, STATE_LEN, 0xFF},
};

static unsigned checks = 0;

static void check(int fine, const char *what)
{
    checks++;
    if (!fine) {
        fprintf(stderr, "wiped: %s\n", what);
        exit(1);
    }
}

static void unmask(volatile unsigned char *secret)
{
    for (int i = 0; i < SECRET_LEN; i++) {
        secret[i] = MASKED[i] ^ MASK;
    }
}

static void wipe(volatile unsigned char *secret)
{
    for (int i = 0; i < SECRET_LEN; i++) {
        secret[i] = 0;
    }
}

/* How many times it stands in memory that can be written. */
static unsigned found(struct mark mark)
{
    static unsigned char chunk[1 << 16];
    unsigned count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY);
    check(maps != NULL && memory >= 0, "cannot read its own memory");
    char line[512];
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start = 0, end = 0;
        char rights[8] = "";
        if (sscanf(line, "%lx-%lx %7s", &start, &end, rights) != 3 || rights[0] != 'r' || rights[1] != 'w') {
            continue;
        }
        for (unsigned long at = start; at < end; at += sizeof chunk - (size_t)(mark.len - 1)) {
            ssize_t size = pread(memory, chunk, sizeof chunk, (off_t)at);
            for (ssize_t i = 0; i + mark.len <= size && at + (unsigned long)i < end; i++) {
                int same = 0;
                while (same < mark.len && (chunk[i + same] ^ mark.mask) == mark.masked[same]) {
                    same++;
                }
                /* What is in the chunk itself was found elsewhere too. */
                unsigned long where = at + (unsigned long)i;
                int own = where >= (unsigned long)(size_t)chunk && where < (unsigned long)(size_t)(chunk + sizeof chunk);
                count += same == mark.len && !own;
            }
        }
    }
    fclose(maps);
    close(memory);
    return count;
}

static int nothing_is_left(void)
{
    return found(SECRET) == 0 && found(STATES[0]) == 0 && found(STATES[1]) == 0;
}

int main(void)
{
    static const char KEY[] = "key";
    char out[256];
    size_t len = 0;
    unsigned char *secret = malloc(SECRET_LEN);
    check(secret != NULL, "no memory");

    unmask(secret);
    check(found(SECRET) == 1, "the search does not find what is there");
    faceid_signer *signer = NULL;
    check(faceid_signer_new(KEY, 3, (char *)secret, SECRET_LEN, &signer) == FACEID_STATUS_OK, "faceid_signer_new");
    check(faceid_signer_sign_now(signer, 100, out, sizeof out, &len) == FACEID_STATUS_OK, "faceid_signer_sign_now");
    wipe(secret);
    check(found(SECRET) == 1, "a signer keeps one copy");
    check(found(STATES[0]) == 2 && found(STATES[1]) == 2, "and its key prepared, for signing and for verifying");
    faceid_signer_free(signer);
    check(nothing_is_left(), "the secret is in memory after faceid_signer_free");

    unmask(secret);
    check(faceid_sign_now(KEY, 3, (char *)secret, SECRET_LEN, 100, out, sizeof out, &len) == FACEID_STATUS_OK, "sign");
    char text[256];
    check(faceid_diagnose(KEY, 3, (char *)secret, SECRET_LEN, out, len, 0, text, sizeof text, &len) == FACEID_STATUS_OK,
          "diagnose");
    check(faceid_verify(KEY, 3, (char *)secret, SECRET_LEN, out, strlen(out), 0) == FACEID_STATUS_OK, "verify");
    /* A secret that is refused is not kept either. */
    check(faceid_verify("=", 1, (char *)secret, SECRET_LEN, out, strlen(out), 0) == FACEID_STATUS_KEY_SEPARATOR, "=");
    wipe(secret);
    check(nothing_is_left(), "the secret is in memory after a call without a handle");
    free(secret);
    printf("%u checks\n", checks);
    return 0;
}
