"""Signs, byte for byte: the vectors that each language reads, and random ones against the standard library."""

import os
import random
import string

import pytest
from conftest import formula, vectors

from faceid_sign import Signer, VerifyError, diagnose, verify_sign

SIGNS, REFUSED = vectors("sign"), vectors("refused")


def validity_of(seconds):
    return {"validity": seconds} if seconds else {"single_use": True}


def test_the_vectors_are_all_there():
    assert (len(SIGNS), len(REFUSED)) == (320, 88)


@pytest.mark.parametrize("vector", SIGNS, ids=lambda vector: vector["name"])
def test_a_vector_is_signed_verified_and_read(vector):
    key, secret, issued_at = vector["api_key"], vector["api_secret"], int(vector["issued_at"])
    validity = int(vector["validity"])
    for form in (secret, secret.encode(), bytearray(secret.encode())):
        sign = Signer(key, form).sign(issued_at, vector["nonce"], **validity_of(validity))
        assert sign == vector["sign"]
    assert sign == formula(key, secret.encode(), issued_at, vector["nonce"], validity)

    claims = verify_sign(sign, api_key=key, api_secret=secret, now=issued_at)
    assert (claims.api_key, claims.issued_at, claims.nonce) == (key, issued_at, vector["nonce"])
    assert (claims.expires_at or 0) == int(vector["expires_at"])
    assert claims.single_use == (validity == 0)
    assert Signer(key, secret).verify(sign.encode(), now=issued_at) == claims


@pytest.mark.parametrize("vector", REFUSED, ids=lambda vector: vector["name"])
def test_a_refused_sign_is_refused_and_its_slip_named(vector):
    pair = {"api_key": vector["api_key"], "api_secret": vector["api_secret"]}
    now = int(vector["now"])
    found = diagnose(vector["sign"], now=now, **pair)
    # No slip, but another secret: that much cannot be told.
    name = "unknown" if vector["slip"] == "unrelated_secret" else vector["slip"]
    assert (found.name, found.is_valid, found.claims) == (name, False, None)
    assert str(found) == found.message != ""
    assert Signer(**pair).diagnose(vector["sign"], now=now) == found
    # To the digest alone, a clock that is off or milliseconds are no fault.
    if vector["slip"] not in {"from_the_future", "stale", "milliseconds"}:
        with pytest.raises(VerifyError) as refused:
            verify_sign(vector["sign"], now=now, **pair)
        assert refused.value.code in {"MALFORMED", "MISMATCH", "ORDER", "EXPIRED"}


def test_ten_thousand_random_signs_are_those_of_the_formula():
    seed = int.from_bytes(os.urandom(8), "big")
    draw = random.Random(seed)
    alphabet = string.ascii_letters + string.digits + "_-"
    for number in range(10_000):
        key = "".join(draw.choices(alphabet, k=draw.randint(1, 80)))
        # Not at an edge: white space and byte order marks are refused there.
        secret = b"s" + draw.randbytes(draw.randint(0, 150)) + b"s"
        # Beyond are milliseconds, which are refused, and the vectors' own times.
        issued_at = draw.randrange(2 ** draw.randint(1, 36))
        validity = draw.choice([0, 1, 100, 86_400, draw.randrange(1, 2**32)])
        nonce = "".join(draw.choices(string.digits, k=draw.randint(1, 10)))
        sign = Signer(key, secret).sign(issued_at, nonce, **validity_of(validity))
        assert sign == formula(key, secret, issued_at, nonce, validity), (seed, number)
