"""Seals show which suggestions were made or proven on this machine: a keyed digest of everything they say.

The folder may be a download. Its contents are only trusted if their seal is one that only this machine can make,
for this project; anything else is proven again in the sandbox before any of it runs outside. The key is in the
user's own state directory, never in a project. If it cannot be kept safely there, nothing is sealed.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Suggestion
from pytest_enrich.data.encoded import encoded

Made = Literal["here", "changed", "elsewhere"]
"""Where a suggestion was last made or proven; `changed` if it was sealed here and has been altered since."""

_BYTES = 32
_ID = 8
_HARMLESS = re.compile(
    r"(-o|--override-ini) addopts=|--override-ini=addopts=|-oaddopts="
    r"|-m ?not [\w ]+|--import-mode[ =](prepend|append|importlib)|-p ?no:[\w.]+|--strict-(markers|config)"
)


def sealed(rootdir: Path, suggestion: Suggestion) -> Suggestion:
    """The suggestion with this machine's seal, or with none if there is no key."""
    return replace(suggestion, seal=signed(rootdir, _said(suggestion)))


def made(rootdir: Path, suggestion: Suggestion) -> Made:
    """Whether the suggestion is exactly what was sealed here, for this project."""
    return verified(rootdir, _said(suggestion), suggestion.seal)


def _said(suggestion: Suggestion) -> bytes:
    return encoded(replace(suggestion, seal=""))


def signed(rootdir: Path, said: bytes) -> str:
    """This machine's seal on these bytes for this project, "" if there is no key."""
    key = _key(rootdir, make=True)
    return "" if key is None else f"{_name(key, rootdir)}:{_digest(key, rootdir, said)}"


def verified(rootdir: Path, said: bytes, mark: str) -> Made:
    """Whether `mark` is the seal that `signed` gives to these bytes."""
    key = _key(rootdir)
    name, _, digest = mark.partition(":")
    if key is None or not mark.isascii() or name != _name(key, rootdir):
        return "elsewhere"
    return "here" if hmac.compare_digest(digest, _digest(key, rootdir, said)) else "changed"


def _digest(key: bytes, rootdir: Path, said: bytes) -> str:
    return hmac.new(key, _place(rootdir) + b"\0" + said, hashlib.sha256).hexdigest()


def _name(key: bytes, rootdir: Path) -> str:
    """Identifies the key and the project, to tell what was changed from what came from elsewhere."""
    return hmac.new(key, b"name\0" + _place(rootdir), hashlib.sha256).hexdigest()[:_ID]


def _place(rootdir: Path) -> bytes:
    return os.fsencode(rootdir.resolve())


def _key(rootdir: Path, *, make: bool = False) -> bytes | None:
    """The machine's key, None if there is none that only this user can read."""
    folder = _folder()
    if folder is None or folder.resolve().is_relative_to(rootdir.resolve()):
        return None
    with contextlib.suppress(OSError):
        key = _read(folder / "key")
        if key is None and make and not os.path.lexists(folder / "key"):
            _make(folder)
            key = _read(folder / "key")
        return key
    return None


def _folder() -> Path | None:
    state = os.environ.get("XDG_STATE_HOME", "")
    with contextlib.suppress(RuntimeError):  # the home directory is unknown
        base = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
        return base / "pytest-enrich" if base.is_absolute() else None
    return None


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        private = stat.S_ISREG(status.st_mode) and not status.st_mode & 0o077 and status.st_uid == os.geteuid()
        content = file.read(_BYTES + 1) if private else b""
    return content if len(content) == _BYTES else None


def _make(folder: Path) -> None:
    """Make the key: of two processes that do so at once the first wins, and nobody reads half a key."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".key.", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, folder / "key")
    finally:
        Path(name).unlink(missing_ok=True)


class Options(Struct, frozen=True):
    """The `words` that are used, and the options that were `left_out`."""

    words: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def options_of(rootdir: Path, suggestion: Suggestion) -> Options:
    """The pytest options that its tests are run with here."""
    words = suggestion.made.options
    return Options(words) if not words or made(rootdir, suggestion) == "here" else harmless(words)


def harmless(words: Sequence[str]) -> Options:
    """Those of a stranger's options that cannot load code."""
    groups = grouped(words)
    kept = [group for group in groups if _HARMLESS.fullmatch(" ".join(group))]
    used = tuple(word for group in kept for word in group)
    return Options(used, tuple(" ".join(group) for group in groups if group not in kept))


def grouped(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Each option with the words after it that do not begin with `-`."""
    groups: list[tuple[str, ...]] = []
    for word in words:
        if word.startswith("-") or not groups:
            groups.append(())
        groups[-1] += (word,)
    return groups


def named(option: Sequence[str]) -> tuple[str, str]:
    """The option's name and its value, "" for none: `-c x`, `-cx`, `-c=x`, `--config-file=x`, `--lf`."""
    if len(option) > 1:
        return option[0], option[1]
    name, _, value = option[0].partition("=")
    return (name, value) if name.startswith("--") else (option[0][:2], option[0][2:].removeprefix("="))
