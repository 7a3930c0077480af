#!/usr/bin/env python3
"""Writes vectors.json, the signs that all our implementations are tested against.

It computes them with Python's own hmac and base64, so that it can serve as a judge of our code. Nothing of ours may be
imported here.

    python3 vectors.py            writes vectors.json beside this file
    python3 vectors.py --check    fails if that file is not what would be written

"sign" holds signs that a signer must make, byte for byte, and a verifier must accept: the one that the vendor
publishes, then ours. In each, expires_at is issued_at + validity; validity 0 stands for a single-use sign, whose
expires_at is 0.

"refused" holds signs with a slip that real client programs make, each built with the vendor's pair, as received by a
server at the time `now`. "slip" is what a diagnosis should call it. Some forms of "milliseconds" and "from_the_future"
keep every rule that the vendor documents: a diagnosis names them, but a verifier may accept them.

Every number is a decimal string, because some go beyond what a double holds, and nonces have leading zeros. Each
vector stands on a line of its own, in plain UTF-8, and the only escapes are \\" \\\\ \\r \\n, for tests that read the
file without a JSON library.
"""

import argparse
import base64
import hashlib
import hmac
import itertools
import json
import random
import re
import sys
from pathlib import Path
from urllib.parse import quote

FILE = Path(__file__).with_name("vectors.json")

KEY = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t"
SECRET = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q"
ISSUED, VALIDITY, NONCE = 1530762118, 100, "0799687066"
EXPIRES = ISSUED + VALIDITY

PUBLISHED_MAC = "48fccb45b0c1813182d80f1874369aec9ae7cbee"
PUBLISHED_SIGN = (
    "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0"
    "JmI9MTUzMDc2MjIxOCZjPTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2"
)
SINGLE_USE_SIGN = (
    "2GE3Lxi0icP3B+8LwakbMPqY4M1hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0"
    "JmI9MCZjPTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2"
)

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
KEY_ALPHABET = PRINTABLE.replace("&", "").replace("=", "")

rng = random.Random(1530762118)


def below(limit):
    # random() is the one method whose sequence Python promises to keep in later versions.
    return int(rng.random() * limit)


def pick(choices):
    return choices[below(len(choices))]


def text(length, alphabet):
    """Random text, blanks inside, none at its ends."""
    inner = alphabet + " "
    return "".join(pick(inner if 0 < at < length - 1 else alphabet) for at in range(length))


def digits(length):
    return text(length, "0123456789").replace(" ", "0")


# The scheme itself.


def raw_text(key=KEY, b=EXPIRES, c=ISSUED, d=NONCE):
    return f"a={key}&b={b}&c={c}&d={d}"


def mac_of(raw, secret=SECRET, digest=hashlib.sha1):
    return hmac.new(secret.encode(), raw.encode(), digest).digest()


def join(mac, raw):
    return base64.b64encode(mac + raw.encode()).decode()


def sign_raw(raw, secret=SECRET):
    return join(mac_of(raw, secret), raw)


# "sign"


def vector(name, key=KEY, secret=SECRET, issued=ISSUED, validity=VALIDITY, nonce=NONCE):
    expires = issued + validity if validity else 0
    raw = raw_text(key, expires, issued, nonce)
    return {
        "name": name,
        "api_key": key,
        "api_secret": secret,
        "issued_at": str(issued),
        "validity": str(validity),
        "expires_at": str(expires),
        "nonce": nonce,
        "raw": raw,
        "mac": mac_of(raw, secret).hex(),
        "sign": sign_raw(raw, secret),
    }


def published():
    yield vector("vendor")
    yield vector("single use", validity=0)
    yield vector("nonce without its leading zero", nonce=NONCE.lstrip("0"))


def lengths():
    """Every length of a key and of a secret, in an order that does not tie one to the other."""
    for key in range(1, 201):
        secret = key * 77 % 201
        yield vector(
            f"key of {key}, secret of {secret}",
            text(key, KEY_ALPHABET),
            text(secret, PRINTABLE),
            1_500_000_000 + below(500_000_000),
            pick([0, 1, 100, 3600, 86400, 1 + below(86400)]),
            digits(1 + below(10)),
        )


def key_alphabets():
    yield vector("every character a key may have", key=KEY_ALPHABET)
    yield vector("every printable character in the secret", secret=PRINTABLE)
    yield vector("separators in the secret", secret="&b=0&c=0&d=0")
    yield vector("base64 in the secret", secret="SPzLRbDB/gTGC2A8+Q==")
    for name, key in {
        "blanks": "a  b c",
        "percent": "%26%3D%25",
        "plus and slash": "a+b/c",
        "quotes and backslashes": "'a\"b\\c\\n`",
        "field names": "a:b;c,d",
        "digits alone": "0123456789",
    }.items():
        yield vector(f"{name} in the key", key=key)


def utf8_secrets():
    for name, secret in {
        "chinese": "密钥不要告诉别人",
        "chinese beyond 16 bits": "𠀀𠮷𪚥",
        "japanese": "ひみつのカギ",
        "korean": "비밀 열쇠",
        "korean, decomposed": "비밀",
        "arabic": "مفتاح سري",
        "hindi": "गुप्त कुंजी",
        "thai": "รหัสลับ",
        "cyrillic and greek": "ключ-κλειδί",
        "emoji": "🔑🔒😀",
        "emoji joined": "👩‍💻👨‍👩‍👧‍👦",
        "emoji with skin tone, flag": "👍🏽🇨🇳",
        "e acute, composed": "caf\u00e9",
        "e acute, decomposed": "cafe\u0301",
        "combining mark first": "\u0301abc",
        "many combining marks": "Z\u0351\u036b\u0343a\u0334\u0321",
        "full-width": "ｓｅｃｒｅｔ１２３",
        "two bytes each": "ÄÖÜßéñ",
        "last of each length in bytes": "\x7e\u07ff\uffee\U0010fffd",
    }.items():
        yield vector(f"secret: {name}", secret=secret)
    # An HMAC key over 64 bytes is hashed first. Counted in characters, these would all be below.
    for size in (63, 64, 65):
        yield vector(f"chinese secret of {size} bytes", secret="密" * 21 + "x" * (size - 63))
    pool = PRINTABLE + "密钥人脸识别活体\u00e9\u0301\u0308ßжλ한ก🔑😀👍🏽𠮷"
    for size in range(1, 16):
        yield vector(f"mixed secret of {size * 5} characters", secret=text(size * 5, pool), nonce=digits(10))


def nonces():
    for size in range(1, 11):
        for nonce in dict.fromkeys(["0" * size, "9" * size, "1".zfill(size)]):
            yield vector(f"nonce {nonce}", nonce=nonce)


def times():
    validities = [1, 100, 86400, 2**32 - 1, 0]
    for validity in validities:
        for issued in [0, 1, 2**31 - 1, 2**31, 2**32, 10**10, 2**63, 2**64 - 1 - validity]:
            yield vector(f"issued at {issued}, validity {validity}", issued=issued, validity=validity)


# "refused"


def refused():
    raw, mac, sign = raw_text(), mac_of(raw_text()), sign_raw(raw_text())
    soon, hour, day = ISSUED + 10, 3600, 86400

    def row(slip, sign, form="", now=soon):
        return {
            "name": f"{slip}: {form}" if form else slip,
            "slip": slip,
            "api_key": KEY,
            "api_secret": SECRET,
            "now": str(now),
            "sign": sign,
        }

    # What went into the digest.
    yield row("hex_digest", join(mac.hex().encode(), raw))
    yield row("hex_digest", join(mac.hex().upper().encode(), raw), "upper case")
    yield row("digest_only", base64.b64encode(mac).decode())
    yield row("key_and_message_swapped", join(mac_of(SECRET, raw), raw))
    yield row("api_key_as_secret", sign_raw(raw, KEY))
    # A shell takes the LF from the end of a file that it reads.
    ends = {"LF": "\n", "CR LF": "\r\n", "CR": "\r"}
    for form, end in ends.items():
        yield row("line_end_after_secret", sign_raw(raw, SECRET + end), form)
    for form, end in ends.items():
        yield row("line_end_after_text", join(mac_of(raw + end), raw), f"{form} in the digest")
        yield row("line_end_after_text", join(mac, raw + end), f"{form} in the text")
        yield row("line_end_after_text", sign_raw(raw + end), f"{form} in both")
    yield row("plain_sha1", join(hashlib.sha1((SECRET + raw).encode()).digest(), raw))
    yield row("hmac_sha256", join(mac_of(raw, digest=hashlib.sha256), raw))
    # Decoders differ in how many replacement characters a broken sequence gives.
    yield row("lossy_utf8", join(mac.decode(errors="replace").encode(), raw), "one for each sequence")
    yield row("lossy_utf8", join(re.sub(rb"[\x80-\xff]", "\ufffd".encode(), mac), raw), "one for each byte")
    yield row("latin1", join(mac.decode("latin-1").encode(), raw))

    # What became of the base64. Only some signs have a slash or padding: look for nonces that give them.
    yield row("python_bytes_literal", str(sign.encode()))
    yield row("quoted", json.dumps(sign), "double")
    yield row("quoted", f"'{sign}'", "single")
    with_slash = find_sign("/", without="+")
    with_both = find_sign("+", "/")
    padded_once, padded_twice = find_sign("+", "/", size=9), find_sign("+", "/", size=8)
    url_safe = str.maketrans("+/", "-_")
    yield row("url_safe_alphabet", sign.translate(url_safe), "minus")
    yield row("url_safe_alphabet", with_slash.translate(url_safe), "underscore")
    yield row("url_safe_alphabet", with_both.translate(url_safe), "minus and underscore")
    yield row("url_safe_alphabet", padded_twice.translate(url_safe), "with padding")
    yield row("missing_padding", padded_once.rstrip("="), "one")
    yield row("missing_padding", padded_twice.rstrip("="), "two")
    yield row("line_breaks", wrap(sign, 76, "\r\n"), "CR LF after 76")
    yield row("line_breaks", wrap(sign, 76, "\n") + "\n", "LF after 76 and at the end")
    yield row("line_breaks", wrap(sign, 64, "\n") + "\n", "LF after 64 and at the end")
    yield row("line_breaks", wrap(sign, 60, "\n") + "\n", "LF after 60 and at the end")
    yield row("line_breaks", sign + "\n", "LF at the end alone")
    yield row("blank_for_plus", sign.replace("+", " "))
    yield row("percent_escaped", quote(sign, safe=""))
    yield row("percent_escaped", sign.replace("+", "%2b"), "lower case")
    yield row("percent_escaped", quote(padded_twice, safe=""), "plus, slash and padding")
    yield row("double_base64", base64.b64encode(sign.encode()).decode())

    # Fields b and c.
    yield row("milliseconds", sign_raw(raw_text(b=EXPIRES * 1000)), "b")
    yield row("milliseconds", sign_raw(raw_text(c=ISSUED * 1000)), "c")
    yield row("milliseconds", sign_raw(raw_text(b=EXPIRES * 1000, c=ISSUED * 1000)), "b and c")
    yield row("milliseconds", sign_raw(raw_text(b=0, c=ISSUED * 1000)), "c, single use")
    unlike = {
        "fraction": (f"{EXPIRES}.5", f"{ISSUED}.5"),
        "exponent": (EXPIRES, "1.530762118E9"),
        "commas": (f"{EXPIRES:,}", f"{ISSUED:,}"),
        "a suffix": (f"{EXPIRES}L", f"{ISSUED}L"),
        "not a number": ("NaN", ISSUED),
        "a date": (EXPIRES, "2018-07-05T03:41:58Z"),
        "below zero": (-1, ISSUED),
        "more than 64 bits": (2**64, ISSUED),
        "arabic-indic": tuple("".join(chr(0x660 + int(digit)) for digit in str(time)) for time in (EXPIRES, ISSUED)),
    }
    for form, (b, c) in unlike.items():
        yield row("time_not_whole", sign_raw(raw_text(b=b, c=c)), form)
    for duration in (VALIDITY, hour, day):
        yield row("duration_as_expiry", sign_raw(raw_text(b=duration)), f"{duration}")
    yield row("not_after_issue", sign_raw(raw_text(b=ISSUED)), "b = c")
    yield row("not_after_issue", sign_raw(raw_text(b=ISSUED - VALIDITY)), "b < c")
    yield row("expired", sign, "a second ago", now=EXPIRES + 1)
    yield row("expired", sign, "a day ago", now=EXPIRES + day)
    # Local time of China taken for UTC is eight hours ahead.
    for form, ahead in {"eight hours": 8 * hour, "a year": 365 * day}.items():
        issued = ISSUED + ahead
        yield row("from_the_future", sign_raw(raw_text(b=issued + VALIDITY, c=issued)), form)
        yield row("from_the_future", sign_raw(raw_text(b=0, c=issued)), f"{form}, single use")

    # Field d.
    yield row("nonce_negative", sign_raw(raw_text(d="-799687066")))
    yield row("nonce_letters", sign_raw(raw_text(d="07f9a6b70c")), "hex")
    yield row("nonce_letters", sign_raw(raw_text(d="nonce")), "no digit")
    yield row("nonce_too_long", sign_raw(raw_text(d="1" + NONCE)), "11 digits")
    yield row("nonce_too_long", sign_raw(raw_text(d=f"{ISSUED}123")), "13 digits, a time in milliseconds")
    yield row("nonce_too_long", sign_raw(raw_text(d=2**64 - 1)), "20 digits")
    for form, zero in {"arabic-indic": "٠", "persian": "۰", "devanagari": "०", "full-width": "０"}.items():
        nonce = "".join(chr(ord(zero) + int(digit)) for digit in NONCE)
        yield row("nonce_foreign_digits", sign_raw(raw_text(d=nonce)), form)

    # The shape of raw.
    fields = raw.split("&")
    for order in ("dcba", "bcda", "acbd"):
        reordered = "&".join(fields["abcd".index(name)] for name in order)
        yield row("fields_reordered", sign_raw(reordered), order)
    for missing in fields:
        rest = "&".join(field for field in fields if field != missing)
        yield row("fields_missing", sign_raw(rest), missing[0])
    yield row("fields_escaped", sign_raw(quote(raw, safe="")), "the whole")
    yield row("fields_escaped", sign_raw(raw.replace("&", "%26").replace("=", "%3d")), "the whole, lower case")
    yield row("fields_escaped", sign_raw(raw.replace("&", "%26")), "ampersands")
    yield row("fields_escaped", sign_raw(raw.replace("=", "%3D")), "equals signs")

    # Nothing to be named but that the digest is another.
    yield row("unrelated_secret", sign_raw(raw, "m1Jx_0pTqv7Z-eRw2YhC8sKd4LbN6uFa"))
    yield row("unrelated_secret", sign_raw(raw, SECRET[:-1]), "one character short")


def find_sign(*wanted, without=None, size=10):
    """A correct sign with these characters, its nonce being of that many digits."""
    for number in itertools.count():
        sign = sign_raw(raw_text(d=str(number).zfill(size)))
        if all(char in sign for char in wanted) and (without is None or without not in sign):
            return sign


def wrap(sign, width, line_end):
    return line_end.join(sign[at : at + width] for at in range(0, len(sign), width))


# Both, checked against what is known of them.


def check(signs, refusals):
    vendor, single_use, no_zero = signs[:3]
    assert (vendor["mac"], vendor["sign"]) == (PUBLISHED_MAC, PUBLISHED_SIGN)
    assert len(vendor["raw"]) == 73 and len(vendor["sign"]) == 124
    assert single_use["sign"] == SINGLE_USE_SIGN
    assert no_zero["sign"].startswith("PLrmgQyqgftufzEAyquMGIw8Gxhh")

    every_length = set(range(1, 201))
    assert {len(row["api_key"]) for row in signs} >= every_length
    assert {len(row["api_secret"].encode()) for row in signs} >= every_length
    for row in signs:
        # What a signer refuses, so none of it may stand here.
        assert set(row["api_key"]) <= set(KEY_ALPHABET + " ") and row["api_key"] == row["api_key"].strip()
        secret = row["api_secret"]
        assert secret == secret.strip() and secret.splitlines() == [secret] and "\ufeff" not in secret
        assert re.fullmatch("[0-9]{1,10}", row["nonce"])
        assert int(row["expires_at"]) < 2**64 and int(row["issued_at"]) < 2**64

    # Of a slip with several forms, the first is the one whose length is known.
    first = {row["slip"]: row["sign"] for row in reversed(refusals)}
    known = {
        "hex_digest": 152,
        "digest_only": 28,
        "hmac_sha256": 140,
        "lossy_utf8": 156,
        "latin1": 144,
        "python_bytes_literal": 127,
        "quoted": 126,
        "percent_escaped": 126,
        "double_base64": 168,
    }
    assert {slip: len(first[slip]) for slip in known} == known
    assert base64.b64decode(first["key_and_message_swapped"]).hex().startswith("8f8627e5")
    for row in refusals:
        assert row["slip"] == "expired" or row["sign"] not in {good["sign"] for good in signs}

    # A vector is referred to by its name, and two that do not differ test nothing twice.
    for rows in (signs, refusals):
        assert len({row["name"] for row in rows}) == len(rows)
    assert len({row["sign"] for row in signs}) == len(signs)


def document():
    signs = [*published(), *lengths(), *key_alphabets(), *utf8_secrets(), *nonces(), *times()]
    refusals = list(refused())
    check(signs, refusals)

    def lines(rows):
        return ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)

    comment = (
        "Written by vectors.py, which says what each list is for. Times are UNIX seconds, numbers decimal strings, "
        "mac is lower-case hex; validity 0 is a single-use sign."
    )
    head = f'"comment": {json.dumps(comment)}'
    written = f'{{\n{head},\n"sign": [\n{lines(signs)}\n],\n"refused": [\n{lines(refusals)}\n]\n}}\n'
    assert json.loads(written) == {"comment": comment, "sign": signs, "refused": refusals}
    assert set(re.findall(r"\\(.)", written)) <= set('"\\rn')
    return written


def main():
    options = argparse.ArgumentParser(description="Writes vectors.json, or checks it.")
    options.add_argument("--check", action="store_true", help="write nothing; fail if the file differs")
    check_only = options.parse_args().check

    written = document()
    if not check_only:
        FILE.write_text(written, encoding="utf-8", newline="\n")
        return 0
    if not FILE.exists():
        print(f"{FILE} is missing: run {Path(__file__).name}", file=sys.stderr)
        return 1
    if FILE.read_text(encoding="utf-8") != written:
        print(f"{FILE} is not what {Path(__file__).name} writes: run it and look at the difference", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
