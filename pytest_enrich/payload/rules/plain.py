"""Strategies for plain types, and values that need no thought, all as templates."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import operator
import os
import pathlib
import typing
from typing import Any

from hypothesis import strategies as st

from ..express import express
from . import files, is_left_out
from .types import AWAITABLE

Strategy: typing.TypeAlias = "st.SearchStrategy[str]"
LETTERS = "ab1 -.,:/_Zé"
WORDS = ("abc", "hello world", "Name", "A", "b", "12", "1.5", "a,b", "a b c", "key=value", "a.b", "a\nb\n", "/a/b")
SIMPLE = ("2", "3", "1", "0", "-1", "'a'", "'abc'", "''", "None", "True", "False", "0.5")
GENERAL = (*SIMPLE, "[1, 2]", "['a']", "[]", "{'a': 1}", "{}", "()")
CALLABLES = (
    "⟨builtins:str⟩",
    "⟨builtins:len⟩",
    "⟨builtins:bool⟩",
    "⟨operator:add⟩",
    "lambda value: value",
    "lambda *args: args",
    "lambda *args, **kwargs: None",
    "lambda *args: 1",
)
ANSWERING = f"lambda *args: {AWAITABLE}"
"""A function that gives something to be awaited."""
NUMBERS = (0, 1, -1, 2, 3, 7, 10, 12, 59, 60, 100, 255, 1000, 10**6, 10**9)


def expressed(strategy: st.SearchStrategy[Any]) -> Strategy:
    """Templates of what is drawn, as far as there are any."""
    return strategy.map(express).filter(lambda text: text is not None)  # type: ignore[return-value]


_datetimes = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0))  # noqa: DTZ001 - naive on purpose
_zones = st.sampled_from([dt.timezone.utc, *(dt.timezone(dt.timedelta(minutes=m)) for m in (120, -330))])
_round_numbers = st.sampled_from(
    [one for unit in (1, 7, 12, 24, 30, 60, 365, 1000) for one in (unit - 1, unit, unit + 1)]
)
_units = st.sampled_from(
    [dt.timedelta(**{unit: 1}) for unit in ("microseconds", "seconds", "minutes", "hours", "days")]
)
_texts = st.one_of(st.sampled_from(files.TEXTS), st.lists(st.sampled_from(LETTERS), max_size=8).map("".join))
PLAIN: dict[type, Strategy] = {
    int: st.one_of(st.sampled_from(NUMBERS), st.integers(-(10**6), 10**6), st.integers(-(10**20), 10**20)).map(
        repr
    ),
    float: expressed(
        st.one_of(
            st.sampled_from([0.0, 1.0, -1.0, 0.5, 1.5, 10.25, 1e6, 1e-6]),
            st.integers(-(10**6), 10**6).map(float),
            st.decimals(-1000, 1000, places=2).map(float),
            st.sampled_from([float("inf"), float("-inf"), float("nan")]),
        )
    ),
    bool: st.sampled_from(["False", "True"]),
    # Not st.text: that first builds a table of all of Unicode, which takes seconds.
    str: st.one_of(st.sampled_from(WORDS), st.lists(st.sampled_from(LETTERS), max_size=8).map("".join)).map(repr),
    bytes: st.binary(max_size=6).map(repr),
    complex: st.sampled_from(["0j", "1j", "(1+2j)"]),
    decimal.Decimal: expressed(st.decimals(-(10**6), 10**6, places=2)),
    dt.datetime: expressed(st.one_of(_datetimes, st.builds(dt.datetime.replace, _datetimes, tzinfo=_zones))),
    dt.date: expressed(
        st.one_of(st.just(dt.date(2024, 2, 29)), st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1)))
    ),
    # Just before, at and after where a unit becomes the next larger one, and whatever else.
    dt.timedelta: expressed(st.builds(operator.mul, _units, st.one_of(_round_numbers, st.integers(-400, 4000)))),
    **dict.fromkeys((dt.tzinfo, dt.timezone), st.just("⟨datetime:timezone.utc⟩")),
    **dict.fromkeys((pathlib.Path, os.PathLike), st.sampled_from([*files.paths(), *files.folders()])),
    **dict.fromkeys(
        (typing.IO, typing.TextIO, io.TextIOBase, io.StringIO), _texts.map("⟨io:StringIO⟩({!r})".format)
    ),
    **dict.fromkeys(
        (typing.BinaryIO, io.BufferedIOBase, io.BytesIO),
        _texts.map(lambda text: f"⟨io:BytesIO⟩({text.encode()!r})"),
    ),
}
PLAIN = {kind: one for kind, one in PLAIN.items() if not is_left_out(f"drawn {kind.__name__}")}
FROM_HYPOTHESIS = frozenset({"datetime", "fractions", "ipaddress", "uuid"})
"""Modules of whose other types Hypothesis itself knows what to draw."""
BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    tuple: ("(", ",)"),
}
EMPTY: dict[type, str] = {list: "[]", dict: "{}", set: "set()", frozenset: "frozenset()", tuple: "()"}
