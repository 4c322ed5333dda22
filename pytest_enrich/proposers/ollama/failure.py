"""What went wrong, from what a server says about it; its words are a hint, the status is what counts."""

from __future__ import annotations

import json
import re

from pytest_enrich.proposers.ollama.exchange import Failure, Kind

SHOWN = 300
_BY_STATUS: dict[int, Kind] = {
    401: "refused",
    403: "refused",
    404: "not found",
    405: "not found",
    501: "unsupported",
    503: "busy",
}
_DIED = re.compile(r"terminated|unexpected EOF|unexpected error|encountered while running")
_TOO_LONG = re.compile(r"exceeds? the available context|longer than the context|exceed_context_size")
_UNSUPPORTED = re.compile(r"does not support|not supported")


def of_response(status: int, body: bytes) -> Failure:
    """The failure that a status from 400 and a body of any kind tell."""
    text, sort = said(body)
    return Failure(kind=_kind(status, text, sort), message=text, status=status)


def of_line(error: object) -> Failure:
    """The failure that an `error` line in the middle of a reply tells."""
    text, sort = _inner(error if isinstance(error, str) else json.dumps(error))
    kind = _kind(0, text, sort)
    return Failure(kind="server error" if kind == "refused" else kind, message=text, status=-1)


def said(body: bytes) -> tuple[str, str]:
    """The message in an error's body, and the sort of error that a runner's own gives; "" where there is none."""
    text = body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _plain(text), ""
    error = found.get("error", "") if isinstance(found, dict) else ""
    return _inner(error if isinstance(error, str) else json.dumps(error))


def may_retry(failure: Failure) -> bool:
    """Whether the same request may have a better end: never after a refusal of what was asked."""
    if failure.kind in {"unreachable", "busy"}:
        return True
    return failure.kind == "server error" and bool(_DIED.search(failure.message))


def _inner(error: str) -> tuple[str, str]:
    """A runner's error is JSON text inside the error's text."""
    try:
        inner = json.loads(error)
    except (ValueError, RecursionError):
        return _plain(error), ""
    inner = inner.get("error", inner) if isinstance(inner, dict) else inner
    if not isinstance(inner, dict):
        return _plain(str(inner)), ""
    return _plain(str(inner.get("message", ""))), str(inner.get("type", ""))


def _kind(status: int, text: str, sort: str) -> Kind:
    if sort == "exceed_context_size_error" or _TOO_LONG.search(text):
        return "too long"
    if _UNSUPPORTED.search(text):
        return "unsupported"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "refused" if status and status < 500 else "server error"  # noqa: PLR2004 - HTTP's


def _plain(text: str) -> str:
    """One line that does nothing to a terminal or a log."""
    if "<html" in text[:1000].lower() or "<!doctype" in text[:1000].lower():
        title = re.search(r"<title>([^<]{0,80})", text, re.IGNORECASE)
        text = f"a page of HTML{f' ({title[1]})' if title else ''}: no Ollama answers there"
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.replace("::", ": :").split())[:SHOWN]
