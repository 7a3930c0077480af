/* The C half of sign.rs: for each line with a count on stdin it makes that many signs, and prints the nanoseconds of one. */

#define _POSIX_C_SOURCE 199309L

#include <faceid.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(void)
{
    const char *key = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
    const char *secret = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
    faceid_signer *signer = NULL;
    if (faceid_signer_new(key, strlen(key), secret, strlen(secret), &signer) != FACEID_STATUS_OK) {
        return 1;
    }
    unsigned long count;
    char sign[256];
    size_t len;
    while (scanf("%lu", &count) == 1) {
        double start = now();
        for (unsigned long at = 0; at < count; at++) {
            if (faceid_signer_sign(signer, 1530762118 + at, "0799687066", 10, 100, sign, sizeof sign, &len) !=
                FACEID_STATUS_OK) {
                return 1;
            }
        }
        /* The sign too, so that both halves are seen to make the same one. */
        printf("%f %s\n", (now() - start) / (double)count, sign);
        fflush(stdout);
    }
    faceid_signer_free(signer);
    return 0;
}
