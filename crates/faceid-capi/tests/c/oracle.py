#!/usr/bin/env python3
"""Writes random signs in the layout of vectors.json, computed with Python's own hmac and base64.

    python3 oracle.py COUNT SEED

Every other secret is random bytes, given in hex as api_secret_hex.
"""

import base64
import hashlib
import hmac
import json
import random
import sys

count, seed = map(int, sys.argv[1:])
rng = random.Random(seed)

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
KEY = [c for c in PRINTABLE if c not in "&="]
SECRET = [*PRINTABLE, *"密钥人脸识别\u00e9\u0301ßжλ한ก🔑😀"]


def text(alphabet, longest):
    """Blanks inside, none at the ends: a signer refuses those."""
    size = rng.randint(1, longest)
    inner = [*alphabet, " "]
    return "".join(rng.choice(inner if 0 < at < size - 1 else alphabet) for at in range(size))


def binary(longest):
    """Any bytes, but at the ends, where some are a byte order mark or white space."""
    return b"<" + rng.randbytes(rng.randint(0, longest - 2)) + b">"


print('{\n"sign": [')
for number in range(count):
    key = text(KEY, 200)
    secret = binary(200) if number % 2 else text(SECRET, 200).encode()
    issued = rng.choice([rng.randrange(2**31), rng.randrange(2**63), 1_700_000_000 + number])
    validity = rng.choice([0, 1, 100, 86400, rng.randrange(2**32)])
    nonce = "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 10)))
    raw = f"a={key}&b={issued + validity if validity else 0}&c={issued}&d={nonce}"
    mac = hmac.new(secret, raw.encode(), hashlib.sha1).digest()
    vector = {
        "name": f"seed {seed}, number {number}",
        "api_key": key,
        **({"api_secret_hex": secret.hex()} if number % 2 else {"api_secret": secret.decode()}),
        "issued_at": str(issued),
        "validity": str(validity),
        "nonce": nonce,
        "sign": base64.b64encode(mac + raw.encode()).decode(),
    }
    end = "" if number == count - 1 else ","
    print(json.dumps(vector, ensure_ascii=False, separators=(",", ":")) + end)
print("]\n}")
