"""`python -m faceid_sign`: makes a sign, or says what is wrong with one.

A secret never stands in the command line, where every user of the machine can read it: key and secret come from the
environment or from files, a sign to inspect from stdin or a file.
"""

import argparse
import errno
import os
import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO, NoReturn, TextIO

from . import Claims, CredentialsError, FaceIdError, Signer, SignError, __version__
from ._native import peek

DONE, OTHER, USAGE, SETTINGS = range(4)
INTERRUPTED = 130

ENVIRONMENT = """environment:
  FACEID_API_KEY, or FACEID_API_KEY_FILE        the api_key, or a file that holds it and nothing else
  FACEID_API_SECRET, or FACEID_API_SECRET_FILE  the same of the api_secret

exit codes: 0 done, 1 the sign does not verify, or cannot be read or made (clock, random source), 2 usage,
3 credentials, which inspect does without, 130 interrupted
"""

LONGEST = 64 * 1024

NO_SIGN = "it is not base64 of a digest and the fields a, b, c, d; with api_key and api_secret set a slip can be named"


class SettingError(Exception):
    """A variable of the environment cannot be used."""


class MissingError(SettingError):
    """A variable of the environment is not set."""


def main(arguments: list[str] | None = None) -> int:
    try:
        try:
            return run(arguments)
        finally:
            # After --help too, which exits by itself.
            tell()
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        silence(sys.stdout)
        return complain(f"cannot write to stdout: {error.strerror}", OTHER)


def run(arguments: list[str] | None) -> int:
    read = parser()
    options, rest = read.parse_known_args(arguments)
    if rest:
        read.error("unexpected arguments; they are not repeated here, as one may be a secret")
    try:
        outcome: int = options.run(options)
    except (CredentialsError, SettingError) as error:
        return complain(error, SETTINGS)
    except SignError as error:
        return complain(error, OTHER)
    except FaceIdError as error:
        return complain(str(error).replace("single_use=True", "--single-use"), USAGE)
    return outcome


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # What stands where a command is wanted may be a secret too.
        head, wrong, rest = message.partition("invalid choice: ")
        super().error(f"{head}invalid choice ({rest.rpartition(' (')[2]}" if wrong else message)


def parser() -> Parser:
    top = Parser(
        prog="python -m faceid_sign",
        description="Signs for Megvii FaceID.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"faceid-sign {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("sign", help="print a sign", allow_abbrev=False)
    command.add_argument("--issued-at", type=whole, metavar="T", help="UNIX time in seconds (default: now)")
    command.add_argument("--nonce", metavar="D", help="1 to 10 digits (default: random)")
    length = command.add_mutually_exclusive_group()
    length.add_argument("--validity", type=whole, metavar="SECONDS", help="for how long it is valid (default: 100)")
    length.add_argument("--single-use", action="store_true", help="valid for one request")
    command.set_defaults(run=sign)

    command = commands.add_parser("inspect", help="say what a sign says, and what is wrong with it", allow_abbrev=False)
    command.add_argument("file", nargs="?", default="-", metavar="FILE", help="holds the sign (default: -, stdin)")
    command.add_argument("--at", type=whole, metavar="T", help="UNIX time in seconds at which it was sent (default: now)")
    command.set_defaults(run=inspect)
    return top


def whole(text: str) -> int:
    # int() takes blanks, underscores and other scripts' digits too.
    if not re.fullmatch("-?[0-9]{1,99}", text):
        raise argparse.ArgumentTypeError("a whole number in the digits 0 to 9 is wanted")
    return int(text)


def sign(options: argparse.Namespace) -> int:
    signer = signer_from_environment()
    fresh = signer.verify(signer.sign_now())
    tell(
        signer.sign(
            fresh.issued_at if options.issued_at is None else options.issued_at,
            fresh.nonce if options.nonce is None else options.nonce,
            validity=options.validity,
            single_use=options.single_use,
        )
        + "\n"
    )
    return DONE


def inspect(options: argparse.Namespace) -> int:
    try:
        received = limited(sys.stdin.buffer) if options.file == "-" else content(options.file)
    except OSError as error:
        # The name is not repeated: somebody may have given the sign itself.
        return complain(f"the sign cannot be read: {error.strerror}; FILE holds it, or - is stdin", OTHER)
    # What stands around it may be the slip: only one line end goes, and the name that `faceid sign --output env` writes.
    text = without_line_end(received).removeprefix(b"FACEID_SIGN=").decode(errors="replace")
    now = int(time.time()) if options.at is None else options.at
    claims = peek(text)
    try:
        found = signer_from_environment().diagnose(text, now=now)
        fine, verdict = found.is_valid, "yes" if found.is_valid else f"no: {found} ({found.name})"
    except MissingError as missing:
        fine, verdict = claims is not None, f"not known: {missing}" if claims else f"no: {NO_SIGN}"
    tell(f"{report(claims)}\nverifies {verdict}\n" if claims else f"verifies {verdict}\n")
    return DONE if fine else OTHER


def report(claims: Claims) -> str:
    expires = "never by time: single use" if claims.expires_at is None else date(claims.expires_at)
    return (
        f"api_key  {claims.api_key}\nissued   {date(claims.issued_at)}\nexpires  {expires}\nnonce    {claims.nonce}"
    )


def date(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M:%S} UTC ({seconds})"
    except (OverflowError, OSError, ValueError):
        return str(seconds)


def signer_from_environment() -> Signer:
    return Signer(setting("FACEID_API_KEY"), setting("FACEID_API_SECRET"))


def setting(name: str) -> bytes:
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and path:
        raise SettingError(f"{name} and {name}_FILE are both set: one is wanted")
    if value:
        return os.fsencode(value)
    if not path:
        raise MissingError(f"neither {name} nor {name}_FILE is set")
    try:
        return without_line_end(content(path))
    except (OSError, ValueError) as error:
        # The path is not repeated: it may be the secret, in the wrong variable.
        reason = getattr(error, "strerror", None) or "no file has such a name"
        raise SettingError(f"the file of {name}_FILE cannot be read: {reason}") from None


def content(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return limited(file)


def limited(file: BinaryIO) -> bytes:
    # A device that never ends must end.
    received = file.read(LONGEST + 1)
    if len(received) > LONGEST:
        raise OSError(errno.EFBIG, "more than 64 KiB")
    return received


def without_line_end(text: bytes) -> bytes:
    return text.removesuffix(b"\n").removesuffix(b"\r") if text.endswith(b"\n") else text


def tell(text: str = "") -> None:
    """A reader that has seen enough, such as head, is no error, and changes no exit code."""
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        silence(sys.stdout)


def complain(what: object, code: int) -> int:
    try:
        print(f"error: {what}", file=sys.stderr)
    except OSError:
        silence(sys.stderr)
    return code


def silence(stream: TextIO) -> None:
    """What is left in the buffer must not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
