"""Answers as JSON, made and read by what was bound before any code of the project ran.

`json.dumps` asks for its encoder's methods each time, so that whoever replaces one of them has a say in what is
written. What is made here once asks nobody any more.
"""

from __future__ import annotations

from json import JSONDecoder
from json import encoder as _json
from typing import Any

_decoder: Any = JSONDecoder()
_scan = _decoder.scan_once
_join = "".join


def _refuse(value: object) -> None:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _maker() -> Any:
    own: Any = _json
    text = own.encode_basestring_ascii
    if own.c_make_encoder is not None:
        return own.c_make_encoder(None, _refuse, text, None, ": ", ", ", False, False, True)  # noqa: FBT003 - takes no names
    make = own._make_iterencode  # noqa: SLF001 - as `json` makes it without its C part
    return make(None, _refuse, text, None, repr, ": ", ", ", False, False, False)  # noqa: FBT003 - the same


_encode = _maker()


def encode(value: Any) -> bytes:
    """The JSON of plain data.

    Raises:
        TypeError: It holds something else.
    """
    return _join(_encode(value, 0)).encode()


def decode(text: bytes) -> Any:
    """What JSON says.

    Raises:
        ValueError: It is none.
        RecursionError: It is too deep.
    """
    whole = text.decode()
    try:
        value, end = _scan(whole, 0)
    except StopIteration:
        raise ValueError("no JSON") from None
    if end != len(whole):
        raise ValueError("more than one value")
    return value
