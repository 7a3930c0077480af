/*
 * Signs the vendor's vector in C.
 *
 *     cargo xtask dist --prefix "$PWD/target/prefix" && export PKG_CONFIG_PATH="$PWD/target/prefix/lib/pkgconfig"
 *     cc examples/embed/c/sign.c $(pkg-config --cflags --libs faceid) -o target/sign
 *     LD_LIBRARY_PATH="$PWD/target/prefix/lib" target/sign
 */

#include <faceid.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    /* In a service, from its configuration. These are the ones that the vendor publishes. */
    const char *key = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
    const char *secret = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";

    faceid_signer *signer = NULL;
    faceid_status status = faceid_signer_new(key, strlen(key), secret, strlen(secret), &signer);
    if (status != FACEID_STATUS_OK) {
        fprintf(stderr, "%s\n", faceid_status_message(status));
        return 1;
    }

    /* In a service, faceid_signer_sign_now, for each request anew: this time and nonce are the vector's. */
    char sign[256];
    size_t len = 0;
    status = faceid_signer_sign(signer, 1530762118, "0799687066", 10, 100, sign, sizeof sign, &len);
    if (status == FACEID_STATUS_OK) {
        printf("%s\n", sign);
    } else {
        fprintf(stderr, "%s\n", faceid_status_message(status));
    }
    faceid_signer_free(signer);
    return status == FACEID_STATUS_OK ? 0 : 1;
}
