"""`Signer` beside the vendor's formula with `hmac` of the standard library. Prints one line of JSON.

Both sign in turns, round after round, so that what else the machine does meets both; a ratio is the median of the
rounds' own ratios, above 1 where `Signer` is faster.
"""

import base64
import hashlib
import hmac
import json
import random
import time
from statistics import median

from faceid_sign import Signer

KEY, SECRET = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q"
ISSUED_AT, NONCE, VALIDITY = 1530762118, "0799687066", 100
ROUNDS, CALLS = 200, 500


def formula(issued_at, nonce):
    raw = f"a={KEY}&b={issued_at + VALIDITY}&c={issued_at}&d={nonce}".encode()
    mac = hmac.new(SECRET.encode(), raw, hashlib.sha1).digest()
    return base64.b64encode(mac + raw).decode()


def formula_now():
    return formula(int(time.time()), "%010d" % random.SystemRandom().randrange(10**10))


def round_of(call):
    started = time.perf_counter_ns()
    for _ in range(CALLS):
        call()
    return (time.perf_counter_ns() - started) / CALLS


def row(name, ours, peer):
    round_of(ours), round_of(peer)
    rounds = [(round_of(ours), round_of(peer)) for _ in range(ROUNDS)]
    own, other = (median(times) for times in zip(*rounds))
    ratio = median(peer_ns / ours_ns for ours_ns, peer_ns in rounds)
    return {"name": name, "ours_ns": round(own, 1), "peer_ns": round(other, 1), "ratio": round(ratio, 2)}


signer = Signer(KEY, SECRET)
assert signer.sign(ISSUED_AT, NONCE, validity=VALIDITY) == formula(ISSUED_AT, NONCE)
rows = [
    row("sign", lambda: signer.sign(ISSUED_AT, NONCE), lambda: formula(ISSUED_AT, NONCE)),
    row("sign_now", lambda: signer.sign_now(), formula_now),
]
print(json.dumps({"rows": rows}))
