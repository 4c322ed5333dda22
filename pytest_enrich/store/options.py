"""The words of pytest's command line with which a suggestion was made, as far as they may be used outside.

`-p evil` imports a module, `-c evil.ini` runs what it names. So a suggestion of this machine has all its words;
of another machine's those count that choose between things which pytest itself has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from pytest_enrich.data import PossibleBug, Suggestion
from pytest_enrich.store import seal

_HARMLESS = re.compile(
    r"(-o|--override-ini) addopts=|--override-ini=addopts=|-oaddopts="
    r"|-m ?not [\w ]+|--import-mode[ =](prepend|append|importlib)|-p ?no:[\w.]+|--strict-(markers|config)"
)


class Options(Struct, frozen=True):
    """The `words` that are used, and what was `left_out`, one option each."""

    words: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def of(rootdir: Path, one: Suggestion | PossibleBug) -> Options:
    """Those with which its tests are run here."""
    if not one.made.options or seal.made(rootdir, one) == "here":
        return Options(one.made.options)
    grouped = list(_grouped(one.made.options))
    kept = [group for group in grouped if _HARMLESS.fullmatch(" ".join(group))]
    words = tuple(word for group in kept for word in group)
    return Options(words, tuple(" ".join(group) for group in grouped if group not in kept))


def _grouped(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Each option with the words behind it that do not begin as one."""
    group: tuple[str, ...] = ()
    for word in words:
        if group and word.startswith("-"):
            yield group
            group = ()
        group = (*group, word)
    if group:
        yield group
