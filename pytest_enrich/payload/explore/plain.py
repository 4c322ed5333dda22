"""Strategies for plain types, and values that need no thought, all as templates."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import fractions
import io
import os
import pathlib
import random
import typing
import uuid
from typing import Any

from hypothesis import strategies as st

from ..express import express
from ..rules import is_left_out
from . import files
from .types import AWAITABLE

Strategy: typing.TypeAlias = "st.SearchStrategy[str]"
LETTERS = "ab1 -.,:/_Zé"
WORDS = ("abc", "hello world", "Name", "A", "b", "12", "1.5", "a,b", "a b c", "key=value", "a.b", "a\nb\n", "/a/b")
SIMPLE = ("2", "3", "1", "0", "-1", "'a'", "'abc'", "''", "None", "True", "False", "0.5")
GENERAL = (*SIMPLE, "[1, 2]", "['a']", "[]", "{'a': 1}", "{}", "()")
# Where a unit becomes the next larger one, and just before; the ends of months and years.
DURATIONS = (
    *(dt.timedelta(seconds=seconds) for seconds in (1, 59, 60, 3599, 3600, 86_399, 86_400)),
    *(dt.timedelta(days=days) for days in (6, 7, 29, 30, 31, 364, 365, 366)),
    *(dt.timedelta(microseconds=microseconds) for microseconds in (999, 1000, 999_999)),
    # What is rounded up becomes one more of the larger unit.
    *(dt.timedelta(seconds=seconds) - dt.timedelta.resolution for seconds in (60, 3600, 86_400)),
    *(dt.timedelta(days=days) - dt.timedelta.resolution for days in (7, 31, 365)),
)
DATES = (
    dt.date(2024, 2, 29),
    dt.date(2023, 12, 31),
    dt.date(2024, 1, 1),
    dt.date(2024, 1, 31),
    dt.date(2023, 2, 28),
)
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


def _expressed(strategy: st.SearchStrategy[Any]) -> Strategy:
    return strategy.map(express).filter(lambda text: text is not None)  # type: ignore[return-value]


_datetimes = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0))  # noqa: DTZ001 - naive on purpose
_texts = st.one_of(st.sampled_from(files.TEXTS), st.lists(st.sampled_from(LETTERS), max_size=8).map("".join))
_text_files = _texts.map("⟨io:StringIO⟩({!r})".format)
_binary_files = _texts.map(lambda text: f"⟨io:BytesIO⟩({text.encode()!r})")
_times = st.times().map(lambda t: t.replace(microsecond=0))
_zones = st.sampled_from([dt.timezone.utc, *(dt.timezone(dt.timedelta(minutes=m)) for m in (120, -330))])
PLAIN: dict[type, Strategy] = {
    int: st.one_of(st.sampled_from(NUMBERS), st.integers(-(10**6), 10**6), st.integers(-(10**20), 10**20)).map(
        repr
    ),
    float: st.one_of(
        st.sampled_from([0.0, 1.0, -1.0, 0.5, 1.5, 10.25, 1e6, 1e-6]),
        st.integers(-(10**6), 10**6).map(float),
        st.decimals(-1000, 1000, places=2).map(float),
        st.sampled_from([float("inf"), float("-inf"), float("nan")]),
    ).map(lambda value: express(value) or "0.0"),
    bool: st.sampled_from(["False", "True"]),
    # Not st.text: that first builds a table of all of Unicode, which takes seconds.
    str: st.one_of(st.sampled_from(WORDS), st.lists(st.sampled_from(LETTERS), max_size=8).map("".join)).map(repr),
    bytes: st.binary(max_size=6).map(repr),
    complex: st.sampled_from(["0j", "1j", "(1+2j)"]),
    dt.datetime: _expressed(st.one_of(_datetimes, st.builds(dt.datetime.replace, _datetimes, tzinfo=_zones))),
    dt.date: _expressed(st.one_of(st.sampled_from(DATES), st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1)))),
    dt.time: _expressed(st.one_of(_times, st.builds(dt.time.replace, _times, tzinfo=_zones))),
    dt.timedelta: _expressed(
        st.one_of(
            st.sampled_from(DURATIONS),
            st.integers(-400, 4000).map(lambda n: dt.timedelta(days=n)),
            st.integers(-(10**5), 10**5).map(lambda n: dt.timedelta(seconds=n)),
            st.integers(-(10**6), 10**6).map(lambda n: dt.timedelta(microseconds=n)),
        )
    ),
    dt.tzinfo: st.sampled_from(["⟨datetime:timezone.utc⟩", "⟨datetime:timezone⟩(⟨datetime:timedelta⟩(hours=2))"]),
    dt.timezone: st.just("⟨datetime:timezone.utc⟩"),
    decimal.Decimal: _expressed(st.decimals(-(10**6), 10**6, places=2)),
    fractions.Fraction: _expressed(st.fractions(-100, 100, max_denominator=12)),
    uuid.UUID: st.just("⟨uuid:UUID⟩('12345678123456781234567812345678')"),
    random.Random: st.just("⟨random:Random⟩(2)"),
    contextlib.nullcontext: st.just("⟨contextlib:nullcontext⟩()"),
    **dict.fromkeys((pathlib.Path, os.PathLike), st.sampled_from([*files.paths(), *files.folders()])),
    **dict.fromkeys((typing.IO, typing.TextIO, io.TextIOBase, io.StringIO), _text_files),
    **dict.fromkeys((typing.BinaryIO, io.BufferedIOBase, io.BytesIO), _binary_files),
}
PLAIN = {kind: one for kind, one in PLAIN.items() if not is_left_out(f"drawn {kind.__name__}")}
BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    tuple: ("(", ",)"),
}
EMPTY: dict[type, str] = {list: "[]", dict: "{}", set: "set()", frozenset: "frozenset()", tuple: "()"}
