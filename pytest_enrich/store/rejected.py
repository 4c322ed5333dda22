"""`.enrich-rejected`: what a team turned down. Plain text, committed, a line per rejection; comments are kept."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from msgspec import Struct

from pytest_enrich.data import Reason, Scope, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import disk

NAME = ".enrich-rejected"
REASONS: tuple[Reason, ...] = get_args(Reason)
SCOPES: tuple[Scope, ...] = get_args(Scope)

_HEADER = (
    "# pytest-enrich: suggestions this team turned down. Commit this file.\n"
    "# Delete a line to allow the suggestion again. Order does not matter.\n"
    "# what            scope     reason     when        where                       note\n"
)
_COLUMNS = 5
_BODY = re.compile(r"body=([0-9a-f]{8,64})")
_BODY_DIGITS = 8


class Rejection(Struct, frozen=True, kw_only=True):
    """One line. `what` is an id, a `path::qualname` or a path; `body` the first digits of the test's hash."""

    what: str
    scope: Scope
    reason: str
    when: str
    where: str = "-"
    body: str = ""
    note: str = ""

    def covers(self, gap: str, body: str, path: str, qualname: str) -> bool:
        """Whether a test with this body for this gap was turned down by this line."""
        if self.scope == "file":
            return self.what == path
        if self.scope == "function":
            return self.what == f"{path}::{qualname}"
        return self.what == gap and (self.scope == "gap" or not self.body or body.startswith(self.body))


class Rejections(Struct, frozen=True):
    """All rejections that could be read."""

    lines: tuple[Rejection, ...]

    def is_rejected(self, gap: str, body: str, path: str, qualname: str) -> bool:
        """Whether a test with this body (sha256, hex) for this gap was turned down.

        With an empty `body`: whether all tests for the gap were, so that there is no point in looking for one.
        """
        return any(
            rejection.covers(gap, body, path, qualname)
            for rejection in self.lines
            if body or rejection.scope != "idea"
        )

    def has(self, suggestion: Suggestion) -> bool:
        """Whether this suggestion was turned down."""
        return self.is_rejected(
            suggestion.id, suggestion.test.body_sha256, suggestion.gap.path, suggestion.gap.qualname
        )

    def reasons(self, path: str) -> tuple[Reason, ...]:
        """Why tests for the source file were turned down, by line; unknown reasons and `other` are left out."""
        reasons = [rejection.reason for rejection in self.lines if _file(rejection) == path]
        return tuple(known for reason in reasons for known in REASONS if known == reason != "other")


def read(rootdir: Path) -> Rejections:
    """What was turned down in this project; nothing if there is no such file."""
    return Rejections(tuple(rejection for line in _lines(rootdir) if (rejection := parse(line)) is not None))


def parse(line: str) -> Rejection | None:
    """The line as a value; None for comments and whatever else is no rejection (of a later version, perhaps)."""
    words = line.split(maxsplit=_COLUMNS)
    if line.lstrip().startswith("#") or len(words) < _COLUMNS - 1 or words[1] not in SCOPES:
        return None
    where, rest = (words[4] if len(words) >= _COLUMNS else "-"), (words[5] if len(words) > _COLUMNS else "")
    body = _BODY.match(rest)
    return Rejection(
        what=urllib.parse.unquote(words[0]),
        scope=words[1],
        reason=words[2],
        when=words[3],
        where=urllib.parse.unquote(where),
        body=body.group(1) if body else "",
        note=rest[body.end() if body else 0 :].strip(),
    )


def of(suggestion: Suggestion, *, scope: Scope, reason: Reason, when: str, note: str = "") -> Rejection:
    """The line that turns down this suggestion, for `scope` around it."""
    gap = suggestion.gap
    place = f"{gap.path}::{gap.qualname}" if gap.qualname else gap.path
    what = {"file": gap.path, "function": f"{gap.path}::{gap.qualname}"}.get(scope, suggestion.id)
    body = suggestion.test.body_sha256[:_BODY_DIGITS] if scope == "idea" else ""
    where = place if what == suggestion.id else "-"
    return Rejection(what=what, scope=scope, reason=reason, when=when, where=where, body=body, note=note)


def append(rootdir: Path, rejection: Rejection) -> None:
    """Append the line; the first one creates the file."""
    lines = _lines(rootdir) or tuple(_HEADER.splitlines(keepends=True))
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    if not lines[-1].endswith("\n"):
        lines = (*lines[:-1], lines[-1] + end)
    _write(rootdir, (*lines, _text(rejection) + end))


def remove(rootdir: Path, unwanted: Callable[[Rejection], bool]) -> tuple[Rejection, ...]:
    """Remove the rejections that are `unwanted`, and nothing else; returns them."""
    kept, gone = [], []
    for line in _lines(rootdir):
        rejection = parse(line)
        if rejection is not None and unwanted(rejection):
            gone.append(rejection)
        else:
            kept.append(line)
    if gone:
        _write(rootdir, tuple(kept))
    return tuple(gone)


def _file(rejection: Rejection) -> str:
    """The source file that a line is about."""
    place = rejection.what if rejection.where == "-" else rejection.where
    return place.partition("::")[0]


def _text(rejection: Rejection) -> str:
    where = _quoted(rejection.where)
    body = f"body={rejection.body} " if rejection.body else ""
    note = " ".join("".join(c if c.isprintable() else " " for c in rejection.note).split())
    columns = (
        f"{_quoted(rejection.what):<17} {rejection.scope:<9} {rejection.reason:<10} {rejection.when}  {where}"
    )
    return f"{columns} {body}{note}".rstrip()


def _quoted(text: str) -> str:
    """The text as one word that never begins a comment: spaces and control characters as in `%20`."""
    return "".join(urllib.parse.quote(c) if not c.isprintable() or c.isspace() or c in "%#" else c for c in text)


def _lines(rootdir: Path) -> tuple[str, ...]:
    content = disk.read(_path(rootdir)) or b""
    return tuple(line.decode("utf-8", "surrogateescape") for line in content.splitlines(keepends=True))


def _write(rootdir: Path, lines: tuple[str, ...]) -> None:
    disk.write(_path(rootdir), "".join(lines))


def _path(rootdir: Path) -> Path:
    """The path of the file; a symbolic link is only followed inside the project."""
    path = disk.real(rootdir / NAME)
    if not path.is_relative_to(rootdir.resolve()):
        raise RefusedError(
            f"{NAME} is a symbolic link that leads out of the project, to {path}\n"
            "It was neither read nor changed.\n"
            f"Make it a file:  rm {NAME}"
        )
    return path
