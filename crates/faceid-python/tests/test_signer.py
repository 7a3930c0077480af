"""The signer as an object among Python's."""

import copy
import doctest
import gc
import inspect
import os
import pickle
import threading
import time
import weakref
from importlib import metadata

import pytest
from conftest import ISSUED_AT, KEY, NONCE, SECRET, SIGN

import faceid_sign
from faceid_sign import Claims, Signer

SIGNER = Signer(KEY, SECRET)


def test_the_examples_in_the_docs_run():
    outcome = doctest.testmod(faceid_sign)
    assert outcome.attempted > 0 == outcome.failed


def test_everything_has_docs_and_a_signature():
    for name in faceid_sign.__all__:
        assert name == "__version__" or inspect.getdoc(getattr(faceid_sign, name)), name
    parts = [faceid_sign.diagnose, faceid_sign.verify_sign, *(getattr(Signer, name) for name in dir(Signer))]
    for part in parts:
        if callable(part) and part is not type and not part.__name__.startswith("_"):
            assert inspect.getdoc(part) and inspect.signature(part), part
    assert str(inspect.signature(Signer)) == "(api_key, api_secret)"


def test_the_licences_of_what_is_built_in_are_beside_it():
    texts = {file.name: file.read_text() for file in metadata.files("faceid-sign") if "licenses" in file.parts}
    assert texts.keys() == {"LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENCES.txt"}
    for crate in ["hmac", "pyo3", "sha1"]:
        assert f"\n{crate} " in texts["THIRD-PARTY-LICENCES.txt"], crate


def test_a_sign_of_now_is_of_now_and_no_two_are_the_same():
    signs = {SIGNER.sign_now() for _ in range(1000)}
    assert len(signs) == 1000
    for sign in signs:
        claims = SIGNER.verify(sign)
        assert claims.expires_at == claims.issued_at + 100
        assert abs(claims.issued_at - time.time()) < 60
        assert len(claims.nonce) == 10
        assert SIGNER.diagnose(sign).is_valid
    assert SIGNER.verify(SIGNER.sign_now(single_use=True)).expires_at is None
    claims = SIGNER.verify(SIGNER.sign_now(validity=7))
    assert claims.expires_at == claims.issued_at + 7


def test_the_secret_is_not_shown():
    assert repr(SIGNER) == str(SIGNER) == f"Signer(api_key='{KEY}')"
    assert SECRET not in f"{SIGNER!r} {dir(SIGNER)} {[getattr(SIGNER, name) for name in dir(SIGNER)]}"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="cannot be pickled, as it holds a secret"):
            pickle.dumps(SIGNER, protocol)


def test_it_is_immutable():
    assert copy.copy(SIGNER) is SIGNER and copy.deepcopy([SIGNER])[0] is SIGNER
    for name in ("api_key", "api_secret", "other"):
        with pytest.raises(AttributeError):
            setattr(SIGNER, name, "x")
    with pytest.raises(TypeError):
        type("Other", (Signer,), {})


def test_the_secret_is_copied():
    secret = bytearray(SECRET.encode())
    signer = Signer(KEY, secret)
    secret[:] = bytes(len(secret))
    assert signer.sign(ISSUED_AT, NONCE) == SIGN


def test_it_goes_when_nobody_holds_it():
    signer = Signer(KEY, SECRET)
    gone = weakref.ref(signer)
    del signer
    gc.collect()
    assert gone() is None


def test_a_diagnosis_is_no_bool():
    found = SIGNER.diagnose(SIGN, now=ISSUED_AT)
    assert found.is_valid and found.claims == Claims(KEY, ISSUED_AT, ISSUED_AT + 100, NONCE)
    with pytest.raises(TypeError, match="is_valid"):
        bool(found)


def test_results_can_be_pickled():
    claims = SIGNER.verify(SIGN, now=ISSUED_AT)
    found = SIGNER.diagnose(SIGN, now=ISSUED_AT)
    assert pickle.loads(pickle.dumps((claims, found))) == (claims, found)
    with pytest.raises(AttributeError):
        claims.api_key = "other"


def test_one_signer_serves_many_threads():
    wrong = []

    def work(number):
        for at in range(500):
            sign = SIGNER.sign(ISSUED_AT + at, str(number))
            if SIGNER.verify(sign, now=ISSUED_AT + at).nonce != str(number):
                wrong.append(sign)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_after_a_fork_nonces_differ():
    SIGNER.sign_now()
    children = 8
    read, write = os.pipe()
    for _ in range(children):
        if os.fork() == 0:
            os.write(write, SIGNER.verify(SIGNER.sign_now()).nonce.encode())
            os._exit(0)
    for _ in range(children):
        os.wait()
    text = os.read(read, 4096).decode()
    nonces = {text[at : at + 10] for at in range(0, len(text), 10)} | {SIGNER.verify(SIGNER.sign_now()).nonce}
    assert len(text) == 10 * children and len(nonces) == children + 1
