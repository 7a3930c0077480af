"""The vendor's formula: a sign of this moment, with a nonce of the operating system. Prints nanoseconds as JSON."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from statistics import median

KEY, SECRET = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q"
SIGN = (
    "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPTE1MzA3NjIxMTgm"
    "ZD0wNzk5Njg3MDY2"
)


def sign(key, secret, expire_time, current_time, rand):
    raw = f"a={key}&b={expire_time}&c={current_time}&d={rand}"
    mac = hmac.new(secret.encode(), raw.encode(), hashlib.sha1).digest()
    return base64.b64encode(mac + raw.encode()).decode()


def sign_now():
    now = int(time.time())
    return sign(KEY, SECRET, now + 100, now, "%010d" % secrets.randbelow(10**10))


if __name__ == "__main__":
    assert sign(KEY, SECRET, 1530762218, 1530762118, "0799687066") == SIGN
    batches = []
    for _ in range(61):
        started = time.perf_counter_ns()
        for _ in range(500):
            sign_now()
        batches.append((time.perf_counter_ns() - started) / 500)
    print(json.dumps({"fresh": median(batches)}))
