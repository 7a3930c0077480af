"""Signs the vendor's vector in Python, through ctypes. Where a wheel can be installed, `pip install faceid-sign` is simpler.

    cargo xtask dist --prefix "$PWD/target/prefix"
    export LD_LIBRARY_PATH="$PWD/target/prefix/lib"
    python3 examples/embed/python-ctypes/sign.py
"""

from ctypes import CDLL, POINTER, byref, c_char_p, c_size_t, c_uint32, c_uint64, create_string_buffer

faceid = CDLL("libfaceid.so.0")
# Without them a text would be passed too, as wide characters, and make a wrong sign.
faceid.faceid_sign.argtypes = [
    c_char_p, c_size_t, c_char_p, c_size_t, c_uint64, c_char_p, c_size_t, c_uint32, c_char_p, c_size_t, POINTER(c_size_t),
]  # fmt: skip
faceid.faceid_sign.restype = c_uint32
faceid.faceid_status_message.argtypes = [c_uint32]
faceid.faceid_status_message.restype = c_char_p


def sign(key: bytes, secret: bytes, issued_at: int, nonce: bytes, validity: int) -> str:
    """A sign of the given time and nonce. In a service: faceid_sign_now, for each request anew."""
    # ctypes takes the low bits of what does not fit: a validity of 2**32 would be 0, a single use.
    if not 0 <= issued_at < 2**64 or not 0 <= validity < 2**32:
        raise ValueError("issued_at: not 0 to 2**64 - 1, or validity: not 0 (single use) to 2**32 - 1")
    # Room for an api_key of up to about 100 characters: a longer one gets an error, not a cut sign.
    out = create_string_buffer(256)
    length = c_size_t()
    status = faceid.faceid_sign(
        key, len(key), secret, len(secret), issued_at, nonce, len(nonce), validity, out, len(out), byref(length)
    )
    if status != 0:
        raise ValueError(faceid.faceid_status_message(status).decode())
    return out.raw[: length.value].decode("ascii")


if __name__ == "__main__":
    # In a service, from its configuration. These are the ones that the vendor publishes.
    key, secret = b"ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", b"UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q"
    print(sign(key, secret, 1530762118, b"0799687066", 100))
