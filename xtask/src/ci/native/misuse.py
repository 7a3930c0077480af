import os

from faceid import get_biz_token, sign


def call(base_url="http://127.0.0.1:1", secret="tell-nobody", liveness_id="scene", uuid="tell-nobody"):
    return get_biz_token(base_url, "key", secret, liveness_id, uuid)


CASES = {
    "no key": lambda: sign(None, "tell-nobody", 1, "1", 0),
    "no scene": lambda: call(liveness_id=None),
    "broken secret": lambda: call(secret="tell-nobody\ud800"),
    "broken scene": lambda: call(liveness_id="tell-nobody\ud800"),
    "broken uuid": lambda: call(uuid="tell-nobody\ud800"),
    "false for a validity": lambda: sign("key", "tell-nobody", 1, "1", False),
    "negative validity": lambda: sign("key", "tell-nobody", 1530762118, "1", -100),
    "negative time": lambda: sign("key", "tell-nobody", -1, "1", 0),
    "a time of 2^70": lambda: sign("key", "tell-nobody", 2**70, "1", 0),
    "an expiry too late": lambda: sign("key", "tell-nobody", 2**64 - 1, "1", 1),
    "milliseconds": lambda: sign("key", "tell-nobody", 1530762118000, "1", 100),
    "http beyond this machine": lambda: call(base_url="http://faceid.example"),
    "two calls": lambda: [call(base_url=os.environ["KEPT_URL"]) for _ in range(2)],
}

for name, case in CASES.items():
    try:
        print(f"{name}: no error: {case()}")
    except Exception as error:
        print(f"{name}: {error!r} {error.__context__!r}")
