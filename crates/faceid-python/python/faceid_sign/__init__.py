"""Signs requests to Megvii FaceID, verifies signs, and names what is wrong with a refused one.

    >>> from faceid_sign import Signer
    >>> signer = Signer("fake-key", "fake-secret")
    >>> sign = signer.sign_now()                        # good for 100 seconds
    >>> signer.verify(sign).api_key
    'fake-key'
    >>> str(signer.diagnose("b'" + sign + "'"))
    "the sign is wrapped in Python's b'...': decode the bytes to a text first"

A sign is the form field ``sign`` of a request, next to ``sign_version=hmac_sha1``. It is a bearer secret: until it
expires, whoever has it can use it for any request, billed ones too. Sign on your server and keep signs out of logs.
"""

from dataclasses import dataclass
from typing import NoReturn

from ._native import Signer, __version__, diagnose, verify_sign

__all__ = [
    "ArgumentError",
    "Claims",
    "CredentialsError",
    "Diagnosis",
    "FaceIdError",
    "SignError",
    "Signer",
    "VerifyError",
    "__version__",
    "diagnose",
    "verify_sign",
]


@dataclass(frozen=True)
class Claims:
    """What a sign that was verified says of itself."""

    api_key: str
    """Whose sign it is: field a."""
    issued_at: int
    """UNIX time in seconds at which it was made: field c."""
    expires_at: int | None
    """UNIX time in seconds from which on it is no longer valid: field b. None for a single-use sign, whose b is 0."""
    nonce: str
    """The random digits as they were sent: field d."""

    @property
    def single_use(self) -> bool:
        """Whether it is good for one request only."""
        return self.expires_at is None


@dataclass(frozen=True)
class Diagnosis:
    """What diagnose() found: str() of it is a sentence for people.

    It is neither true nor false, so that a refused sign does not pass for a valid one: ask `is_valid`.
    """

    name: str
    """A name that stays the same: 'valid', the slip's ('hex_digest', 'expired', ..), or 'unknown' where no known slip
    explains the sign: key and secret are then not a pair, or it is cut off or no sign at all."""
    message: str
    """A sentence for people, which may change. It holds nothing of the sign."""
    claims: Claims | None = None
    """What a valid sign says."""

    @property
    def is_valid(self) -> bool:
        """Whether the sign verifies and its times fit the clock."""
        return self.name == "valid"

    def __str__(self) -> str:
        return self.message

    def __bool__(self) -> NoReturn:
        raise TypeError("a Diagnosis is neither true nor false: ask its is_valid")


class FaceIdError(Exception):
    """The base of what this package raises for a value; a wrong type is a TypeError. No text of it holds a value."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, code)

    @property
    def code(self) -> str:
        """A name of the reason that stays the same, such as 'SECRET_EDGE_LINE_END' or 'EXPIRED'."""
        code: str = self.args[1]
        return code

    def __str__(self) -> str:
        return str(self.args[0])


class CredentialsError(FaceIdError, ValueError):
    """The api_key or the api_secret cannot be right: it is empty, was copied with a line end, .."""


class ArgumentError(FaceIdError, ValueError):
    """A time, a nonce or a validity is out of its range."""


class SignError(FaceIdError):
    """No sign could be made, for a fault of the machine: its clock, or its random source."""


class VerifyError(FaceIdError, ValueError):
    """A sign does not verify: its `code` is MALFORMED, MISMATCH, ORDER or EXPIRED."""
