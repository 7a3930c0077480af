"""What the tests share: the vectors that each language reads, and the vendor's formula."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

KEY = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t"
SECRET = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q"
SIGN = (
    "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0"
    "JmI9MTUzMDc2MjIxOCZjPTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2"
)
ISSUED_AT = 1530762118
NONCE = "0799687066"


def vectors(name):
    path = Path(__file__).parents[2] / "faceid-sign" / "tests" / "vectors.json"
    return json.loads(path.read_text(encoding="utf-8"))[name]


def formula(key, secret, issued_at, nonce, validity):
    """With the standard library alone; a validity of 0 is for single use."""
    expires_at = issued_at + validity if validity else 0
    raw = f"a={key}&b={expires_at}&c={issued_at}&d={nonce}".encode()
    return base64.b64encode(hmac.digest(secret, raw, hashlib.sha1) + raw).decode()
