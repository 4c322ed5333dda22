"""Values as JSON, whatever their texts are."""

from __future__ import annotations

from typing import Any

import msgspec


def encoded(value: object) -> bytes:
    r"""The value as JSON; a half of a character, as a file's name may have one, is written as the text `\udcff`.

    JSON is UTF-8, which has no such halves, while names of files need not be UTF-8.
    """
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_escaped(msgspec.to_builtins(value)))


def _escaped(value: Any) -> Any:  # noqa: ANN401 - whatever JSON may hold
    if isinstance(value, dict):
        return {_escaped(name): _escaped(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(part) for part in value]
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
