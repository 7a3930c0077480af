#!/usr/bin/env python3
"""旷视 FaceID：生成签名，调用 get_biz_token 获取 biz_token。单个文件，只用标准库，可直接复制到你的项目里。

Megvii FaceID: signs, and gets a biz_token. One file on the standard library alone, to be copied. Python 3.9 or later.

    python3 faceid.py vectors FILE
    FACEID_API_KEY=.. FACEID_API_SECRET=.. python3 faceid.py token BASE_URL LIVENESS_ID [UUID]
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import queue
import re
import secrets
import ssl
import sys
import threading
import time
from urllib.parse import urlsplit

PATH = "/faceid/v5/sdk/get_biz_token"
CONNECT_SECONDS, TOTAL_SECONDS = 5, 15
VALIDITY_SECONDS = 100
LONGEST_ANSWER = 256 * 1024
RUN_TOGETHER = re.compile(r"^\s*(MISSING_ARGUMENTS|BAD_ARGUMENTS|AUTHORIZATION_ERROR)([^:_][^:]*)$", re.I | re.A)


class FaceIdError(Exception):
    """The service, or a gateway before it, did not give a token."""

    def __init__(self, status, text, request_id):
        # By the text, not by the status: one status stands for many errors. "X: y", "X:y" and "Xy" occur, in any case.
        code, _, detail = RUN_TOGETHER.sub(r"\1:\2", text or "").partition(":")
        self.code, self.detail = code.strip().upper(), detail.strip()
        self.status, self.text, self.request_id = status, text, request_id
        what = " ".join(filter(None, [self.code or "NO_ERROR_CODE", self.detail]))
        super().__init__(_shown(f"{what} (HTTP {status}, request_id {request_id or 'none'})"))


def _shown(text):
    """In one line, without what would steer a terminal."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text)


def _check_text(field, text):
    # What encode() raises holds the text: the secret, or the form with the sign.
    if re.search("[\ud800-\udfff]", text):
        raise ValueError(f"{field}: broken text (a lone surrogate)")


def sign(key, secret, issued_at, nonce, validity):
    """The form field `sign`: whoever has it may use the key until it expires. `validity` 0 makes it single-use."""
    # Nothing is escaped in a sign, so a "&" in a key would start another field.
    if not isinstance(key, str) or not re.fullmatch(r"(?! )[ -%'-<>-~]+(?<! )", key):
        raise ValueError("api_key: empty, or with a character that no key has")
    # A line end that came along from a file makes every sign wrong.
    if not isinstance(secret, str) or not secret or secret != secret.strip().strip("\ufeff"):
        raise ValueError("api_secret: empty, or with blanks, a line end or a byte order mark around it")
    _check_text("api_secret", secret)
    # The nonce is text: its leading zeros are signed too. \d would let other scripts' digits pass.
    if not isinstance(nonce, str) or not re.fullmatch(r"[0-9]{1,10}", nonce):
        raise ValueError("nonce: not 1 to 10 digits")
    # time.time() has a fraction, and False is an int too. Single use is b = 0, not b = c.
    if any(type(number) is not int or number < 0 for number in (issued_at, validity)) or issued_at + validity >= 2**64:
        raise ValueError("issued_at, validity: negative, too large, or no int")
    # As seconds, after the year 5138.
    if 10**11 <= issued_at < 2**63:
        raise ValueError("issued_at: in milliseconds or finer, not in seconds")
    expires_at = issued_at + validity if validity else 0
    raw = f"a={key}&b={expires_at}&c={issued_at}&d={nonce}".encode()
    # The digest's 20 bytes, not its hex digits. encodebytes would break the lines.
    mac = hmac.new(secret.encode(), raw, hashlib.sha1).digest()
    return base64.b64encode(mac + raw).decode()


def new_nonce():
    return f"{secrets.randbelow(10**10):010d}"


def get_biz_token(base_url, key, secret, liveness_id, uuid=None):
    """The service's answer, with biz_token and request_id. Signs anew on every call; raises FaceIdError, OSError, .."""
    # In a form, None would be the word "None", and so one user for all.
    if not isinstance(liveness_id, str) or not liveness_id:
        raise TypeError("liveness_id: empty, or no str")
    if uuid is not None and (not isinstance(uuid, str) or not uuid):
        raise TypeError("uuid: empty, or no str")
    stamp = sign(key, secret, int(time.time()), new_nonce(), VALIDITY_SECONDS)
    fields = {"sign": stamp, "sign_version": "hmac_sha1", "liveness_id": liveness_id}
    if uuid is not None:
        fields["uuid"] = uuid
    for name, value in fields.items():
        _check_text(name, value)
    status, body = _post(base_url.rstrip("/") + PATH, fields)
    try:
        answer = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        answer = None  # A gateway's page.
    if not isinstance(answer, dict):
        answer = {}
    # Whatever it is, an error beside a token counts.
    errors = (answer.get(name) for name in ("error", "error_message"))
    error = next((value for value in errors if value not in (None, "")), "")
    text = error if isinstance(error, str) else json.dumps(error)
    token = answer.get("biz_token")
    is_token = isinstance(token, str) and re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]+", token)
    if text or status != 200 or not is_token:
        request_id = answer.get("request_id")
        raise FaceIdError(status, text, request_id if isinstance(request_id, str) else None)
    return answer


class _Response(http.client.HTTPResponse):
    def begin(self):
        super().begin()
        # Of what comes before the answer, http.client passes over a 100 alone.
        while 100 < self.status < 200:
            self.headers = None
            super().begin()


def _post(url, fields):
    boundary = secrets.token_hex(16)
    # No filename: it would make a part a file.
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join([*parts, f"--{boundary}--\r\n"]).encode()
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context()  # Checks certificate and host name.
        connection = http.client.HTTPSConnection(parts.netloc, timeout=CONNECT_SECONDS, context=context)
    elif parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"):
        connection = http.client.HTTPConnection(parts.netloc, timeout=CONNECT_SECONDS)
    else:
        raise ValueError("base URL: https is required beyond this machine")

    connection.response_class = _Response

    def exchange():
        # http.client follows no redirect, and so must whatever replaces it: the other host would get the sign.
        try:
            connection.connect()
            connection.sock.settimeout(TOTAL_SECONDS)
            headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
            connection.request("POST", parts.path, body, headers)
            response = connection.getresponse()
            answer = response.read(LONGEST_ANSWER + 1)
            if len(answer) > LONGEST_ANSWER:
                raise ValueError(f"the answer is longer than {LONGEST_ANSWER} bytes")
            if response.length:
                raise http.client.IncompleteRead(answer, response.length)
            done.put((response.status, answer))
        except Exception as error:
            done.put(error)
        finally:
            connection.close()

    # A socket's time-out counts each read anew and no name look-up: only a second thread can keep the total.
    done = queue.SimpleQueue()
    threading.Thread(target=exchange, daemon=True).start()
    try:
        outcome = done.get(timeout=TOTAL_SECONDS)
    except queue.Empty:
        raise TimeoutError(f"no answer within {TOTAL_SECONDS} s") from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def main(command=None, *arguments):
    if command == "vectors" and len(arguments) == 1:
        with open(arguments[0], encoding="utf-8") as file:
            vectors = json.load(file)["sign"]
        right = [
            v["sign"] == sign(v["api_key"], v["api_secret"], int(v["issued_at"]), v["nonce"], int(v["validity"]))
            for v in vectors
        ]
        print(f"{right.count(True)} passed, {right.count(False)} failed")
        return 0 if right and all(right) else 1
    if command == "token" and len(arguments) in (2, 3):
        # Neither from the command line, which every user of the machine can read, nor from the source.
        key, secret = os.environ.get("FACEID_API_KEY", ""), os.environ.get("FACEID_API_SECRET", "")
        try:
            print(get_biz_token(arguments[0], key, secret, *arguments[1:])["biz_token"])
        except Exception as error:
            print("faceid:", _shown(str(error)), file=sys.stderr)
            return 4
        return 0
    print("usage: faceid.py vectors FILE | token BASE_URL LIVENESS_ID [UUID]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
