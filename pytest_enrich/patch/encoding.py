"""Between a source file's bytes and its text, losing nothing."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import tokenize

from pytest_enrich.errors import RefusedError

BOM = "\ufeff"
_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)")


def decode(data: bytes, path: str = "the test file") -> str:
    r"""The text of a Python file, with its line endings; a byte order mark stays as U+FEFF.

    Raises:
        RefusedError: Its encoding is unknown or is not what it says; `path` names it in the message.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except (SyntaxError, ValueError, LookupError) as error:
        raise RefusedError(
            f"{path} cannot be decoded: {' '.join(str(error).split())}\nNothing was changed in it.\n"
            f"See the error:  python -m py_compile {path}"
        ) from error


def encode(text: str) -> bytes:
    """The bytes of a Python file with `text`: the inverse of `decode`.

    Raises:
        RefusedError: The file's encoding has no such characters.
    """
    encoding = _encoding(text)
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise RefusedError(
            f"The text holds {error.object[error.start]!a}, which {encoding} does not have\n"
            "Nothing was changed.\nSave the file as UTF-8 and try again."
        ) from error


def blob_id(text: str) -> str:
    """The id that git gives a file with this text (40 hexadecimal digits)."""
    data = encode(text)
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _encoding(text: str) -> str:
    """What the text says of its own encoding (PEP 263), UTF-8 when it says nothing that is known."""
    if text.startswith(BOM):
        return "utf-8"
    first = _BLANK.match(text)
    for start in [0, first.end()] if first else [0]:
        found = _COOKIE.match(text, start)
        if found:
            return _known(found[1])
    return "utf-8"


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"
