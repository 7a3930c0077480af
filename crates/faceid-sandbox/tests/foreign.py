"""Each fault and each way to ask for it, as a client sees them that shares no code with the sandbox.

    python3 foreign.py URL

Python's standard library alone. What is not as it should be ends it with a traceback.
"""

import base64
import email.utils
import hashlib
import hmac
import http.client
import json
import secrets
import sys
import threading
import time
import urllib.parse

ADDRESS = urllib.parse.urlsplit(sys.argv[1]).netloc
KEY, SECRET = "sandbox-demo-key", b"sandbox-demo-secret"
PATH = "/faceid/v5/sdk/get_biz_token"


def sign():
    now = int(time.time())
    raw = f"a={KEY}&b={now + 100}&c={now}&d={secrets.randbelow(10**10)}".encode()
    return base64.b64encode(hmac.new(SECRET, raw, hashlib.sha1).digest() + raw).decode()


def exchange(method, path, body=b"", headers={}):
    """Status, headers and body; or the name of what went wrong on the way."""
    connection = http.client.HTTPConnection(ADDRESS, timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    except (http.client.IncompleteRead, ConnectionError) as error:
        return type(error).__name__, {}, b""
    finally:
        connection.close()


def token(liveness_id="any-scene", namespace="", headers={}, **fields):
    fields = {"sign": sign(), "sign_version": "hmac_sha1", "liveness_id": liveness_id, **fields}
    parts = [f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    body = ("".join(parts) + "--B--\r\n").encode()
    headers = {"Content-Type": "multipart/form-data; boundary=B", **headers}
    return exchange("POST", namespace + PATH, body, headers)


def admin(method, path, value=None):
    status, _, body = exchange(method, path, b"" if value is None else json.dumps(value).encode())
    return status, json.loads(body) if body else None


def outcome(answer):
    status, _, body = answer
    return (status, json.loads(body).get("error")) if body.startswith(b"{") else (status, None)


# An end without an answer would be RemoteDisconnected.
RESET = ("ConnectionResetError", None)
ERRORS = {
    "MISSING_ARGUMENTS=sign": (400, "MISSING_ARGUMENTS: sign"),
    "BAD_ARGUMENTS=uuid": (400, "BAD_ARGUMENTS: uuid"),
    "AUTHENTICATION_ERROR": (403, "AUTHENTICATION_ERROR"),
    "AUTHORIZATION_ERROR=API_KEY_BE_DISCONTINUED": (403, "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED"),
    "AUTHORIZATION_ERROR=IP_NOT_ALLOWED": (403, "AUTHORIZATION_ERROR: IP_NOT_ALLOWED"),
    "AUTHORIZATION_ERROR=LIMIT_REACHED": (403, "AUTHORIZATION_ERROR: LIMIT_REACHED"),
    "AUTHORIZATION_ERROR=DENIED": (403, "AUTHORIZATION_ERROR: DENIED"),
    "AUTHORIZATION_ERROR=EXPIRED_SIGN": (403, "AUTHORIZATION_ERROR: EXPIRED_SIGN"),
    "AUTHORIZATION_ERROR=INVALID_SIGN": (403, "AUTHORIZATION_ERROR: INVALID_SIGN"),
    "AUTHORIZATION_ERROR=SOMETHING_NEW": (403, "AUTHORIZATION_ERROR: SOMETHING_NEW"),
    "CONCURRENCY_LIMIT_EXCEEDED": (403, "CONCURRENCY_LIMIT_EXCEEDED"),
    "API_NOT_FOUND": (404, "API_NOT_FOUND"),
    "INTERNAL_ERROR": (500, "INTERNAL_ERROR"),
    "html413": (413, None),
    "html502": (502, None),
    "truncate": ("IncompleteRead", None),
}


def ways(fault):
    """The four ways to ask for a fault: scene, header, rule, and rule of a namespace."""
    yield token(f"sandbox:{fault}")
    yield token(headers={"x-faceid-sandbox-fault": fault})
    for namespace in ["", "/ns/foreign"]:
        status, added = admin("POST", f"{namespace}/__sandbox/rules", {"fault": fault, "times": 1})
        assert status == 201, status
        yield token(namespace=namespace)
        assert outcome(token(namespace=namespace))[0] == 200, "once, and not twice"
        assert admin("DELETE", f"{namespace}/__sandbox/rules/{added['id']}") == (204, None)


for fault, expected in ERRORS.items():
    for answer in ways(fault):
        assert outcome(answer) == expected, (fault, answer)
for answer in ways("reset"):
    assert outcome(answer) == RESET, answer
_, headers, page = token("sandbox:html502")
assert headers["Content-Type"] == "text/html" and page.startswith(b"<html>"), page

# A fault, and seconds that its answer takes at least. At 500 bytes a second, some 150 take 0.2 s and more.
for fault, least in [("delay=200ms", 0.2), ("delay=200ms-300ms", 0.2), ("slow=500B/s", 0.2)]:
    started = time.monotonic()
    assert outcome(token(f"sandbox:{fault}")) == (200, None)
    took = time.monotonic() - started
    assert least <= took < 5, (fault, took)

# A fault, and what it gets time after time.
ok, failed = (200, None), (500, "INTERNAL_ERROR")
for fault, row in {
    "INTERNAL_ERROR*2": [failed, failed, ok, failed, failed, ok],
    "CONCURRENCY_LIMIT_EXCEEDED*1": [(403, "CONCURRENCY_LIMIT_EXCEEDED"), ok, (403, "CONCURRENCY_LIMIT_EXCEEDED")],
    "html503*1+INTERNAL_ERROR*2": [(503, None), failed, ok],
    "delay=1ms+truncate*1": [("IncompleteRead", None), ok],
}.items():
    assert [outcome(token(f"sandbox:{fault}", uuid="a")) for _ in row] == row, fault
assert outcome(token("sandbox:INTERNAL_ERROR*1", uuid="b")) == failed
assert outcome(token("sandbox:INTERNAL_ERROR*1", uuid="c")) == failed, "each user has a count of its own"

# The other clock is seen in the header Date, and in what becomes of the sign.
for fault, hours, expected in [("skew=+1h", 1, "AUTHORIZATION_ERROR: EXPIRED_SIGN"), ("skew=-1h", -1, None)]:
    answer = token(f"sandbox:{fault}")
    date = email.utils.parsedate_to_datetime(answer[1]["Date"]).timestamp()
    assert abs(date - time.time() - hours * 3600) < 60 and outcome(answer)[1] == expected, answer

# Scene before rule, and header before scene.
status, _ = admin("POST", "/__sandbox/rules", {"fault": "html500", "match": {"liveness_id": "*"}, "seed": 1})
assert outcome(token())[0] == 500
assert outcome(token("sandbox:html501"))[0] == 501
assert outcome(token("sandbox:html501", headers={"x-faceid-sandbox-fault": "html502"}))[0] == 502
assert admin("DELETE", "/__sandbox/rules") == (204, None)

# A clock that is set needs no waiting for an expiry, and a namespace's concerns nobody else.
assert admin("PUT", "/ns/late/__sandbox/clock", {"offset": 101})[0] == 200
_, headers, _ = answer = token(namespace="/ns/late")
assert outcome(answer) == (403, "AUTHORIZATION_ERROR: EXPIRED_SIGN"), answer
assert "expired" in headers["x-faceid-sandbox-hint"], headers
assert outcome(token()) == (200, None)
_, journal = admin("GET", "/ns/late/__sandbox/journal?limit=1")
assert journal["entries"][0]["problem"] == headers["x-faceid-sandbox-hint"], journal

# A request is in flight until the last byte of its answer.
PAIR = {"api_key": KEY, "api_secret": SECRET.decode()}
assert admin("POST", "/__sandbox/keys", {**PAIR, "concurrency": 1})[0] == 200
for fault in ["delay=1s", "slow=100B/s"]:
    first = threading.Thread(target=token, args=[f"sandbox:{fault}"])
    first.start()
    time.sleep(0.5)
    assert outcome(token()) == (403, "CONCURRENCY_LIMIT_EXCEEDED"), fault
    _, keys = admin("GET", "/__sandbox/keys")
    assert [key["in_flight"] for key in keys["keys"]] == [1], (fault, keys)
    first.join()
    assert outcome(token()) == (200, None), fault
assert admin("POST", "/__sandbox/keys", PAIR)[0] == 200
print("each fault is as it should be")
