<?php
// Signs the vendor's vector in PHP, through FFI. FFI is for the command line and for preloaded code: a web server
// has it switched off, and takes examples/native/php instead.
//
//     cargo xtask dist --prefix "$PWD/target/prefix"
//     export LD_LIBRARY_PATH="$PWD/target/prefix/lib"
//     php -d ffi.enable=1 examples/embed/php/sign.php

declare(strict_types=1);

/** A sign of the given time and nonce. In a service: faceid_sign_now, for each request anew. */
function sign(string $key, string $secret, int $issuedAt, string $nonce, int $validity): string
{
    // FFI takes the low bits of what does not fit: a validity of 2**32 would be 0, a single use.
    if ($issuedAt < 0 || $validity < 0 || $validity > 4294967295) {
        throw new InvalidArgumentException('issuedAt: negative, or validity: not 0 (single use) to 4294967295');
    }
    static $faceid = null;
    $faceid ??= FFI::cdef(
        'uint32_t faceid_sign(const char *key, size_t key_len, const char *secret, size_t secret_len,
            uint64_t issued_at, const char *nonce, size_t nonce_len, uint32_t validity,
            char *out, size_t capacity, size_t *out_len);
         const char *faceid_status_message(uint32_t status);',
        'libfaceid.so.0'
    );
    // Room for an api_key of up to about 100 characters: a longer one gets an error, not a cut sign.
    $out = $faceid->new('char[256]');
    $length = $faceid->new('size_t');
    $status = $faceid->faceid_sign(
        $key, strlen($key), $secret, strlen($secret), $issuedAt, $nonce, strlen($nonce), $validity,
        $out, FFI::sizeof($out), FFI::addr($length)
    );
    if ($status !== 0) {
        throw new RuntimeException($faceid->faceid_status_message($status));
    }
    return FFI::string($out, $length->cdata);
}

// In a service, from its configuration. These are the ones that the vendor publishes.
$key = 'ICVvC_xUs6177WEtyUNwIH8J6NfGu50t';
$secret = 'UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q';
echo sign($key, $secret, 1530762118, '0799687066', 100), "\n";
