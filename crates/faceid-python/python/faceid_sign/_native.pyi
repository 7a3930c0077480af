from typing import Any, Final, NoReturn, SupportsIndex, final

from . import Claims, Diagnosis

__all__ = ["Signer", "__version__", "diagnose", "peek", "verify_sign"]

__version__: Final[str]

@final
class Signer:
    def __new__(cls, api_key: str | bytes | bytearray, api_secret: str | bytes | bytearray) -> Signer: ...
    @property
    def api_key(self) -> str: ...
    def sign(
        self,
        issued_at: SupportsIndex,
        nonce: str,
        *,
        validity: SupportsIndex | None = None,
        single_use: bool = False,
    ) -> str: ...
    def sign_now(self, *, validity: SupportsIndex | None = None, single_use: bool = False) -> str: ...
    def verify(self, sign: str | bytes, *, now: SupportsIndex | None = None) -> Claims: ...
    def diagnose(self, sign: str | bytes, *, now: SupportsIndex | None = None) -> Diagnosis: ...
    def __copy__(self) -> Signer: ...
    def __deepcopy__(self, _memo: Any) -> Signer: ...
    def __reduce__(self) -> NoReturn: ...

def peek(sign: str) -> Claims | None: ...
def verify_sign(
    sign: str | bytes,
    *,
    api_key: str | bytes | bytearray,
    api_secret: str | bytes | bytearray,
    now: SupportsIndex | None = None,
) -> Claims: ...
def diagnose(
    sign: str | bytes,
    *,
    api_key: str | bytes | bytearray,
    api_secret: str | bytes | bytearray,
    now: SupportsIndex | None = None,
) -> Diagnosis: ...
