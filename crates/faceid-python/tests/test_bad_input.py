"""What must not come in: a clear exception of Python's own manner, that never holds the value."""

import mmap
import pickle
import traceback
from fractions import Fraction

import pytest
from conftest import ISSUED_AT, KEY, NONCE, SECRET, SIGN

from faceid_sign import (
    ArgumentError,
    CredentialsError,
    FaceIdError,
    Signer,
    VerifyError,
    diagnose,
    verify_sign,
)


class Index:
    """An integer by its `__index__`."""

    def __init__(self, outcome):
        self.outcome = outcome

    def __index__(self):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Text(str):
    """A str of a subclass is a str."""


def released(view):
    view.release()
    return view


def closed():
    file = mmap.mmap(-1, 16)
    file.close()
    return file


SIGNER = Signer(KEY, SECRET)
HUGE = 10**400

CREDENTIALS = [
    ("", SECRET, CredentialsError, "KEY_EMPTY", "api_key is empty"),
    (" k", SECRET, CredentialsError, "KEY_EDGE_BLANK", "api_key begins or ends with white space"),
    ("k\n", SECRET, CredentialsError, "KEY_EDGE_LINE_END", "api_key begins or ends with a line end"),
    ("\ufeffk", SECRET, CredentialsError, "KEY_EDGE_BYTE_ORDER_MARK", "api_key begins or ends with a byte"),
    ("k&k", SECRET, CredentialsError, "KEY_SEPARATOR", "api_key contains '&' or '='"),
    ("k\0k", SECRET, CredentialsError, "KEY_CONTROL", "api_key contains a control character"),
    ("密钥", SECRET, CredentialsError, "KEY_NON_ASCII", "api_key contains a character outside ASCII"),
    ("k\udc80", SECRET, CredentialsError, "LONE_SURROGATE", "api_key contains a lone surrogate"),
    (KEY, "", CredentialsError, "SECRET_EMPTY", "api_secret is empty"),
    (KEY, b"", CredentialsError, "SECRET_EMPTY", "api_secret is empty"),
    (KEY, bytearray(), CredentialsError, "SECRET_EMPTY", "api_secret is empty"),
    (KEY, "private\t", CredentialsError, "SECRET_EDGE_BLANK", "api_secret begins or ends with white"),
    (KEY, b"private\r\n", CredentialsError, "SECRET_EDGE_LINE_END", "api_secret begins or ends with a line"),
    (KEY, "\ufeffprivate", CredentialsError, "SECRET_EDGE_BYTE_ORDER_MARK", "api_secret begins or ends"),
    (KEY, "private\ud800", CredentialsError, "LONE_SURROGATE", "api_secret contains a lone surrogate"),
    (None, SECRET, TypeError, None, "api_key must be str, bytes or bytearray, not NoneType"),
    (7, SECRET, TypeError, None, "api_key must be str, bytes or bytearray, not int"),
    (KEY, None, TypeError, None, "api_secret must be str, bytes or bytearray, not NoneType"),
    (KEY, 7, TypeError, None, "api_secret must be str, bytes or bytearray, not int"),
    (KEY, True, TypeError, None, "api_secret must be str, bytes or bytearray, not bool"),
    (KEY, 1.5, TypeError, None, "api_secret must be str, bytes or bytearray, not float"),
    (KEY, ["private"], TypeError, None, "api_secret must be str, bytes or bytearray, not list"),
    (KEY, Index(1), TypeError, None, "api_secret must be str, bytes or bytearray, not Index"),
    (KEY, memoryview(b"private"), TypeError, None, "api_secret must be str, bytes or bytearray, not memoryview"),
    (KEY, released(memoryview(b"private")), TypeError, None, "bytearray, not memoryview"),
    (KEY, closed(), TypeError, None, "api_secret must be str, bytes or bytearray, not mmap"),
]


@pytest.mark.parametrize(("key", "secret", "kind", "code", "says"), CREDENTIALS)
def test_credentials(key, secret, kind, code, says):
    calls = [
        lambda: Signer(key, secret),
        lambda: verify_sign(SIGN, api_key=key, api_secret=secret),
        lambda: diagnose(SIGN, api_key=key, api_secret=secret),
    ]
    for call in calls:
        error = raised(call, kind, code, says)
        assert "private" not in shown(error)


ARGUMENTS = [
    ({"issued_at": -1}, ArgumentError, "TIME_OUT_OF_RANGE", "issued_at must be UNIX seconds"),
    ({"issued_at": 2**64}, ArgumentError, "TIME_OUT_OF_RANGE", "issued_at must be UNIX seconds"),
    ({"issued_at": HUGE}, ArgumentError, "TIME_OUT_OF_RANGE", "issued_at must be UNIX seconds"),
    ({"issued_at": -HUGE}, ArgumentError, "TIME_OUT_OF_RANGE", "issued_at must be UNIX seconds"),
    ({"issued_at": 2**64 - 1}, ArgumentError, "EXPIRY_OVERFLOW", "issue time plus validity does not fit"),
    ({"issued_at": 1530762118000}, ArgumentError, "TIME_IN_MILLISECONDS", "issued_at is in milliseconds"),
    ({"issued_at": 10**11}, ArgumentError, "TIME_IN_MILLISECONDS", "issued_at is in milliseconds"),
    ({"issued_at": None}, TypeError, None, "issued_at must be int, not NoneType"),
    ({"issued_at": True}, TypeError, None, "issued_at must be int, not bool"),
    ({"issued_at": 1530762118.0}, TypeError, None, "issued_at must be int, not float"),
    ({"issued_at": Fraction(1)}, TypeError, None, "issued_at must be int, not Fraction"),
    ({"issued_at": "1530762118"}, TypeError, None, "issued_at must be int, not str"),
    ({"issued_at": Index("1")}, TypeError, None, "issued_at must be int, not Index"),
    ({"issued_at": Index(-1)}, ArgumentError, "TIME_OUT_OF_RANGE", "issued_at must be UNIX seconds"),
    ({"issued_at": Index(LookupError("its own"))}, LookupError, None, "its own"),
    ({"nonce": ""}, ArgumentError, "NONCE_EMPTY", "the nonce is empty"),
    ({"nonce": "12345678901"}, ArgumentError, "NONCE_TOO_LONG", "the nonce has more than ten digits"),
    ({"nonce": "-1"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "+1"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": " 1"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "1\n"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "1e3"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "1\0"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "١٢٣"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "１２３"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "1\udc31"}, ArgumentError, "NONCE_NOT_DIGITS", "the nonce has a character other than 0 to 9"),
    ({"nonce": "9" * 10**6}, ArgumentError, "NONCE_TOO_LONG", "the nonce has more than ten digits"),
    ({"nonce": None}, TypeError, None, "nonce must be str of 1 to 10 digits, not NoneType"),
    ({"nonce": 799687066}, TypeError, None, "nonce must be str of 1 to 10 digits, not int"),
    ({"nonce": b"0799687066"}, TypeError, None, "nonce must be str of 1 to 10 digits, not bytes"),
    ({"validity": 0}, ArgumentError, "VALIDITY_OUT_OF_RANGE", "single_use=True makes a single-use sign"),
    ({"validity": -1}, ArgumentError, "VALIDITY_OUT_OF_RANGE", "validity must be 1 to 4294967295 seconds"),
    ({"validity": 2**32}, ArgumentError, "VALIDITY_OUT_OF_RANGE", "validity must be 1 to 4294967295"),
    ({"validity": HUGE}, ArgumentError, "VALIDITY_OUT_OF_RANGE", "validity must be 1 to 4294967295"),
    ({"validity": True}, TypeError, None, "validity must be int, not bool"),
    ({"validity": 100.0}, TypeError, None, "validity must be int, not float"),
    ({"validity": "100"}, TypeError, None, "validity must be int, not str"),
    ({"validity": 100, "single_use": True}, ArgumentError, "VALIDITY_AND_SINGLE_USE", "exclude each other"),
    ({"single_use": 1}, TypeError, None, "single_use must be bool, not"),
    ({"single_use": None}, TypeError, None, "single_use must be bool, not"),
    ({"singleUse": True}, TypeError, None, "singleUse"),
]


@pytest.mark.parametrize(("arguments", "kind", "code", "says"), ARGUMENTS)
def test_arguments_of_sign(arguments, kind, code, says):
    raised(lambda: SIGNER.sign(**{"issued_at": ISSUED_AT, "nonce": NONCE, **arguments}), kind, code, says)
    if not {"issued_at", "nonce"} & arguments.keys():
        raised(lambda: SIGNER.sign_now(**arguments), kind, code, says)


@pytest.mark.parametrize(
    ("now", "kind", "code", "says"),
    [
        (-1, ArgumentError, "TIME_OUT_OF_RANGE", "now must be UNIX seconds"),
        (HUGE, ArgumentError, "TIME_OUT_OF_RANGE", "now must be UNIX seconds"),
        (1530762118000, ArgumentError, "TIME_IN_MILLISECONDS", "now is in milliseconds"),
        (1.5, TypeError, None, "now must be int, not float"),
        (False, TypeError, None, "now must be int, not bool"),
        ("1", TypeError, None, "now must be int, not str"),
    ],
)
def test_the_time_of_verifying(now, kind, code, says):
    raised(lambda: SIGNER.verify(SIGN, now=now), kind, code, says)
    raised(lambda: SIGNER.diagnose(SIGN, now=now), kind, code, says)


@pytest.mark.parametrize("sign", ["", b"", "\ud800", SIGN + "\udc80", b"\xff\xfe", "签", "A" * 10**7, "\0", "===="])
def test_what_is_no_sign(sign):
    raised(lambda: SIGNER.verify(sign, now=ISSUED_AT), VerifyError, "MALFORMED", "the sign is not base64")
    assert SIGNER.diagnose(sign, now=ISSUED_AT).name in {"unknown", "blank_for_plus"}


@pytest.mark.parametrize("sign", [None, 7, True, [SIGN], bytearray(b"x"), memoryview(b"x")])
def test_a_sign_of_another_type(sign):
    for call in (SIGNER.verify, SIGNER.diagnose):
        raised(lambda: call(sign), TypeError, None, f"sign must be str or bytes, not {type(sign).__name__}")


def test_good_input_of_unusual_types():
    assert Signer(Text(KEY), Text(SECRET)).sign(Index(ISSUED_AT), Text(NONCE), validity=Index(100)) == SIGN
    assert Signer(KEY.encode(), SECRET.encode()).sign(ISSUED_AT, NONCE) == SIGN


def raised(call, kind, code, says):
    with pytest.raises(kind) as caught:
        call()
    error = caught.value
    assert says in str(error)
    assert isinstance(error, FaceIdError) == (code is not None)
    if code is not None:
        assert error.code == code
        assert isinstance(error, ValueError)
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.code) == (type(error), str(error), code)
    return error


def shown(error):
    """All that a log can hold of it, causes included."""
    return "".join([*traceback.format_exception(error), repr(error), repr(error.__dict__), repr(error.args)])
