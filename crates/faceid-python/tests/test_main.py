"""`python -m faceid_sign`, as a shell has it."""

import os
import signal
import subprocess
import sys

import pytest
from conftest import ISSUED_AT, KEY, NONCE, SECRET, SIGN

from faceid_sign import Signer, SignError, __main__, __version__

PAIR = {"FACEID_API_KEY": KEY, "FACEID_API_SECRET": SECRET}
FIXED = ["sign", "--issued-at", str(ISSUED_AT), "--nonce", NONCE]


def run(*arguments, given=b"", **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FACEID_")}
    command = [sys.executable, "-W", "error", "-m", "faceid_sign", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, env={**clean, **environment}, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert SECRET not in out + err and "Traceback" not in err
    return done.returncode, out, err


@pytest.mark.parametrize(
    ("arguments", "sign"),
    [
        (FIXED, SIGN),
        ([*FIXED, "--validity", "100"], SIGN),
        ([*FIXED, "--single-use"], Signer(KEY, SECRET).sign(ISSUED_AT, NONCE, single_use=True)),
    ],
)
def test_a_sign_of_a_given_time(arguments, sign):
    assert run(*arguments, **PAIR) == (0, f"{sign}\n", "")


def test_a_sign_of_now():
    code, out, err = run("sign", **PAIR)
    assert (code, err) == (0, "") and Signer(KEY, SECRET).diagnose(out.strip()).is_valid


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_credentials_from_files(tmp_path, end):
    (tmp_path / "key").write_text(KEY + end, newline="")
    (tmp_path / "secret").write_text(SECRET + end, newline="")
    files = {"FACEID_API_KEY_FILE": str(tmp_path / "key"), "FACEID_API_SECRET_FILE": str(tmp_path / "secret")}
    assert run(*FIXED, **files) == (0, f"{SIGN}\n", "")


def test_a_secret_is_the_bytes_of_its_file(tmp_path):
    (tmp_path / "bytes").write_bytes(b"s\xffs\r\n")
    (tmp_path / "utf-16").write_bytes(f"\ufeff{SECRET}\n".encode("utf-16-le"))
    pair = {"FACEID_API_KEY": KEY, "FACEID_API_SECRET_FILE": str(tmp_path / "bytes")}
    sign = Signer(KEY, b"s\xffs").sign(ISSUED_AT, NONCE)
    assert run(*FIXED, **pair) == (0, f"{sign}\n", "")
    code, out, err = run(*FIXED, **{**pair, "FACEID_API_SECRET_FILE": str(tmp_path / "utf-16")})
    assert (code, out) == (3, "") and "api_secret begins or ends with a byte order mark" in err


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "neither FACEID_API_KEY nor FACEID_API_KEY_FILE is set"),
        ({"FACEID_API_KEY": KEY, "FACEID_API_SECRET": ""}, "neither FACEID_API_SECRET nor"),
        ({**PAIR, "FACEID_API_SECRET_FILE": SECRET}, "FACEID_API_SECRET and FACEID_API_SECRET_FILE are both set"),
        ({"FACEID_API_KEY": KEY, "FACEID_API_SECRET_FILE": SECRET}, "the file of FACEID_API_SECRET_FILE cannot be"),
        ({**PAIR, "FACEID_API_SECRET": f"{SECRET}\n"}, "api_secret begins or ends with a line end"),
    ],
)
def test_without_credentials(environment, says):
    code, out, err = run("sign", **environment)
    assert (code, out) == (3, "") and err.startswith("error: ") and says in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "required"),
        (["verify"], "invalid choice"),
        ([SECRET], "argument COMMAND: invalid choice (choose from"),
        (["sign", SECRET], "unexpected arguments"),
        (["inspect", "-", SECRET], "unexpected arguments"),
        (["sign", "--validity", "0"], "validity must be 1 to 4294967295 seconds; --single-use makes"),
        (["sign", "--validity", "100s"], "--validity: a whole number in the digits 0 to 9"),
        (["sign", "--validity", "+100"], "--validity: a whole number in the digits 0 to 9"),
        (["sign", "--validity", "100", "--single-use"], "not allowed with"),
        (["sign", "--issued-at", "-1"], "UNIX seconds"),
        (["sign", "--issued-at", "1_530_762_118"], "--issued-at: a whole number in the digits 0 to 9"),
        (["sign", "--issued-at", "٣"], "--issued-at: a whole number in the digits 0 to 9"),
        (["sign", "--issued-at", "1" * 99], "UNIX seconds"),
        (["sign", "--issued-at", "1530762118000"], "issued_at is in milliseconds"),
        (["sign", "--nonce", "12345678901"], "more than ten digits"),
        (["sign", "--nonce=-1"], "other than 0 to 9"),
        (["sign", "--nonce", "-1"], "other than 0 to 9"),
        (["sign", "--validity", "-1"], "validity must be 1 to 4294967295 seconds"),
        (["inspect", "--at", "-1"], "UNIX seconds"),
        (["inspect", "--at", " 1"], "--at: a whole number in the digits 0 to 9"),
    ],
)
def test_wrong_use(arguments, says):
    code, out, err = run(*arguments, **PAIR)
    assert (code, out) == (2, "") and says in err


def test_a_machine_that_cannot_sign(monkeypatch, capsys):
    def fails():
        raise SignError("the clock stands before 1970", "CLOCK_BEFORE_EPOCH")

    monkeypatch.setattr(__main__, "signer_from_environment", fails)
    assert __main__.main(["sign"]) == 1 and capsys.readouterr() == ("", "error: the clock stands before 1970\n")


CLAIMS = f"""api_key  {KEY}
issued   2018-07-05 03:41:58 UTC (1530762118)
expires  2018-07-05 03:43:38 UTC (1530762218)
nonce    0799687066
verifies """
VALID = f"{CLAIMS}yes\n"
ONCE = Signer(KEY, SECRET).sign(ISSUED_AT, NONCE, single_use=True)
NOT_KNOWN = "not known: neither FACEID_API_KEY nor FACEID_API_KEY_FILE is set\n"
NO_SIGN = "verifies no: it is not base64 of a digest and the fields a, b, c, d; with api_key and api_secret set a slip can be named\n"


UNKNOWN = (
    "no known slip explains this sign: api_key and api_secret are not a pair, or it is cut off or no sign at all"
)


@pytest.mark.parametrize(
    ("given", "at", "environment", "code", "says"),
    [
        (SIGN, 10, PAIR, 0, VALID),
        (f"{SIGN}\r\n", 10, PAIR, 0, VALID),
        (f"FACEID_SIGN={SIGN}\n", 10, PAIR, 0, VALID),
        (SIGN, 110, PAIR, 1, f"{CLAIMS}no: expired 10 s ago"),
        (SIGN, -301, PAIR, 1, f"{CLAIMS}no: issued 301 s in the future"),
        (ONCE, 301, PAIR, 1, f"api_key  {KEY}\nissued   2018-07-05 03:41:58 UTC (1530762118)\nexpires  never by time"),
        (SIGN, 10, {**PAIR, "FACEID_API_SECRET": "another"}, 1, f"{CLAIMS}no: {UNKNOWN} (unknown)"),
        (f"b'{SIGN}'", 10, PAIR, 1, "verifies no: the sign is wrapped in Python's b'...'"),
        (SIGN[:-4], 10, PAIR, 1, f"api_key  {KEY}\n"),
        ("", 10, PAIR, 1, f"verifies no: {UNKNOWN} (unknown)"),
        ("hello", 10, PAIR, 1, f"verifies no: {UNKNOWN} (unknown)"),
        (SIGN, 10, {}, 0, CLAIMS + NOT_KNOWN),
        (SIGN, 110, {"FACEID_API_SECRET": SECRET}, 0, CLAIMS + NOT_KNOWN),
        ("hello", 10, {}, 1, NO_SIGN),
        (f'"{SIGN}"', 10, {}, 1, NO_SIGN),
    ],
)
def test_inspect(tmp_path, given, at, environment, code, says):
    file = tmp_path / "sign.txt"
    file.write_bytes(given.encode())
    at = ["--at", str(ISSUED_AT + at)]
    for done in (
        run("inspect", *at, given=given.encode(), **environment),
        run("inspect", str(file), *at, **environment),
    ):
        assert done[0] == code and done[1].startswith(says) and done[2] == ""


def test_a_sign_given_as_an_argument_is_not_repeated():
    code, out, err = run("inspect", SIGN, **PAIR)
    assert (code, out) == (1, "") and "cannot be read" in err and SIGN not in err


def test_what_may_never_end_is_read_up_to_64_kib(tmp_path):
    file, longest = tmp_path / "long", b"x" * 64 * 1024
    for text, says in ((longest, "verifies no"), (longest + b"x", "the sign cannot be read: more than 64 KiB")):
        file.write_bytes(text)
        for code, out, err in (run("inspect", given=text), run("inspect", str(file))):
            assert code == 1 and says in out + err
    code, out, err = run("sign", FACEID_API_KEY=KEY, FACEID_API_SECRET_FILE=str(file))
    assert (code, out) == (3, "") and "cannot be read: more than 64 KiB" in err


def test_version():
    assert run("--version") == (0, f"faceid-sign {__version__}\n", "")


def test_help_tells_where_secrets_come_from():
    code, out, err = run("--help", **PAIR)
    assert (code, err) == (0, "") and "FACEID_API_SECRET_FILE" in out


@pytest.mark.skipif(os.name != "posix", reason="closed pipes are POSIX's")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("arguments", "closed", "code"),
    [
        (FIXED, "stdout", 0),
        (["--help"], "stdout", 0),
        (["inspect", "--at", str(ISSUED_AT)], "stdout", 0),
        (["inspect"], "stdout", 1),
        (["sign", "--validity", "0"], "stderr", 2),
    ],
)
def test_a_closed_pipe_changes_no_verdict(arguments, closed, code, unbuffered):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "faceid_sign", *arguments]
    outputs = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, closed: write}
    environment = {**os.environ, **PAIR, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, input=SIGN.encode(), env=environment, check=False, **outputs)
    os.close(write)
    assert (done.returncode, done.stdout or b"", done.stderr or b"") == (code, b"", b"")


@pytest.mark.skipif(os.name != "posix", reason="the signal is POSIX's")
def test_an_interruption_is_silent(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # Of a shell's background job the tests inherit that the signal is ignored.
    default = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    command = [sys.executable, "-m", "faceid_sign", "inspect", str(fifo)]
    # It opens once the program reads, and what it reads has no end.
    with subprocess.Popen(command, **pipes, **default) as program, fifo.open("wb"):
        program.send_signal(signal.SIGINT)
        assert program.communicate(timeout=60) == (b"", b"") and program.returncode == 130


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is Linux's")
@pytest.mark.parametrize("arguments", [FIXED, ["--help"], ["--version"], ["sign", "--help"]])
def test_a_full_disk_is_one_line(arguments):
    command = [sys.executable, "-m", "faceid_sign", *arguments]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env={**os.environ, **PAIR}, check=False)
    assert (done.returncode, done.stderr) == (1, b"error: cannot write to stdout: No space left on device\n")
