/* Every vector of a file through every function: `vectors FILE`. Prints how many there were of each kind. */

#include <faceid.h>

#include "lines.h"

static void sign_line(const char *line)
{
    char name[LINE], key[LINE], secret[LINE], nonce[LINE], sign[LINE], out[LINE];
    check(field(line, "name", name) > 0, "no name", line);
    size_t key_len = (size_t)field(line, "api_key", key);
    size_t secret_len = secret_field(line, secret);
    size_t nonce_len = (size_t)field(line, "nonce", nonce);
    size_t sign_len = (size_t)field(line, "sign", sign);
    uint64_t issued_at = number_field(line, "issued_at");
    uint32_t validity = (uint32_t)number_field(line, "validity");
    size_t len = 0;

    faceid_status status = faceid_sign(key, key_len, secret, secret_len, issued_at, nonce, nonce_len, validity,
                                       NULL, 0, &len);
    check(status == FACEID_STATUS_BUFFER_TOO_SMALL && len == sign_len, "length asked for", name);

    memset(out, '#', sizeof out);
    len = 0;
    status = faceid_sign(key, key_len, secret, secret_len, issued_at, nonce, nonce_len, validity, out, sign_len, &len);
    check(status == FACEID_STATUS_BUFFER_TOO_SMALL && len == sign_len && out[0] == '#', "one byte short", name);

    status = faceid_sign(key, key_len, secret, secret_len, issued_at, nonce, nonce_len, validity, out, sign_len + 1,
                         &len);
    check(status == FACEID_STATUS_OK, "faceid_sign", name);
    check(len == sign_len && memcmp(out, sign, sign_len + 1) == 0, "another sign", name);
    check(out[sign_len + 1] == '#', "written beyond the NUL", name);

    faceid_signer *signer = NULL;
    check(faceid_signer_new(key, key_len, secret, secret_len, &signer) == FACEID_STATUS_OK, "faceid_signer_new", name);
    memset(out, '#', sizeof out);
    status = faceid_signer_sign(signer, issued_at, nonce, nonce_len, validity, out, sizeof out, &len);
    check(status == FACEID_STATUS_OK, "faceid_signer_sign", name);
    check(len == sign_len && memcmp(out, sign, sign_len + 1) == 0, "another sign by the signer", name);

    status = faceid_verify(key, key_len, secret, secret_len, sign, sign_len, issued_at);
    check(status == FACEID_STATUS_OK, "faceid_verify", name);
    status = faceid_signer_verify(signer, sign, sign_len, issued_at);
    check(status == FACEID_STATUS_OK, "faceid_signer_verify", name);
    out[0] = out[0] == 'A' ? 'B' : 'A';
    status = faceid_signer_verify(signer, out, sign_len, issued_at);
    check(status == FACEID_STATUS_MISMATCH, "verifies with another first character", name);
    faceid_signer_free(signer);
}

static void refused_line(const char *line, const char *slip)
{
    char name[LINE], key[LINE], secret[LINE], sign[LINE], out[LINE];
    check(field(line, "name", name) > 0, "no name", line);
    size_t key_len = (size_t)field(line, "api_key", key);
    size_t secret_len = (size_t)field(line, "api_secret", secret);
    size_t sign_len = (size_t)field(line, "sign", sign);
    uint64_t now = number_field(line, "now");
    size_t len = 0;

    faceid_status status = faceid_diagnose(key, key_len, secret, secret_len, sign, sign_len, now, out, sizeof out, &len);
    check(status == FACEID_STATUS_OK && len == strlen(out), "faceid_diagnose", name);
    const char *wanted = strcmp(slip, "unrelated_secret") == 0 ? "unknown" : slip;
    check(strncmp(out, wanted, strlen(wanted)) == 0 && strncmp(out + strlen(wanted), ": ", 2) == 0, out, name);

    /* Some forms of these keep every rule that the vendor documents. */
    status = faceid_verify(key, key_len, secret, secret_len, sign, sign_len, now);
    int may_verify = strcmp(slip, "from_the_future") == 0 || strcmp(slip, "milliseconds") == 0;
    check(may_verify || status >= FACEID_STATUS_MALFORMED, "verifies", name);
}

int main(int argc, char **argv)
{
    check(argc == 2, "give it a file of vectors", argv[0]);
    FILE *file = fopen(argv[1], "rb");
    check(file != NULL, "cannot be opened", argv[1]);
    static char line[LINE], slip[LINE];
    unsigned signs = 0, refused = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        check(strchr(line, '\n') != NULL, "a line is too long", argv[1]);
        if (strncmp(line, "{\"name\":", 8) != 0) {
            continue;
        }
        if (field(line, "slip", slip) > 0) {
            refused_line(line, slip);
            refused++;
        } else {
            sign_line(line);
            signs++;
        }
    }
    fclose(file);
    printf("%u signs, %u refused\n", signs, refused);
    return 0;
}
