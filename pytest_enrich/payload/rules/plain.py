"""Strategies for plain types, and values that need no thought, all as templates."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import logging
import os
import pathlib
import typing
from typing import Any

from ..express import express
from . import draw, files, is_left_out
from .draw import Strategy
from .types import AWAITABLE

LETTERS = "ab1 -.,:/_Zé"
WORDS = ("abc", "hello world", "Name", "A", "b", "12", "1.5", "a,b", "a b c", "key=value", "a.b", "a\nb\n", "/a/b")
SIMPLE = ("2", "3", "1", "0", "-1", "'abc'", "'a'", "''", "None", "True", "False", "0.5", "b'abc'")
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


def _expressed(strategy: Strategy[Any]) -> Strategy[str]:
    """Templates of what is drawn; each has one."""
    return strategy.map(lambda value: express(value) or "None")


_days = draw.one_of([draw.just(0), draw.between(-12_000, 36_000)])
_seconds = draw.one_of([draw.just(0), draw.just(12 * 3600), draw.between(0, 86_399)])
_datetimes = draw.together([_days, _seconds]).map(
    lambda some: dt.datetime(2000, 1, 1) + dt.timedelta(days=some[0], seconds=some[1])  # noqa: DTZ001 - naive on purpose
)
_zones = draw.sampled([dt.timezone.utc, *(dt.timezone(dt.timedelta(minutes=m)) for m in (120, -330))])
_aware = Strategy(lambda chance: _datetimes.draw(chance).replace(tzinfo=_zones.draw(chance)))
_round_numbers = draw.sampled(
    [one for unit in (1, 7, 12, 24, 30, 60, 365, 1000) for one in (unit - 1, unit, unit + 1)]
)
_units = draw.sampled(
    [dt.timedelta(**{unit: 1}) for unit in ("microseconds", "seconds", "minutes", "hours", "days")]
)
_counts = draw.one_of([_round_numbers, draw.between(-400, 4000)])
_letters = draw.several(draw.sampled(LETTERS), 8).map("".join)
_texts = draw.one_of([draw.sampled(files.TEXTS), _letters])
_bytes = draw.one_of(
    [draw.sampled([word.encode() for word in WORDS]), draw.several(draw.between(0, 255), 6).map(bytes)]
)
PLAIN: dict[type, Strategy[str]] = {
    int: draw.one_of([draw.sampled(NUMBERS), draw.whole(6), draw.whole(20)]).map(repr),
    float: draw.one_of(
        [
            draw.sampled([0.0, 1.0, -1.0, 0.5, 1.5, 10.25, 1e6, 1e-6]),
            draw.whole(6).map(float),
            draw.between(-100_000, 100_000).map(lambda hundredths: hundredths / 100),
            draw.sampled([float("inf"), float("-inf"), float("nan")]),
        ]
    ).map(lambda number: express(number) or "0.0"),
    bool: draw.sampled(["False", "True"]),
    str: draw.one_of([draw.sampled(WORDS), _letters]).map(repr),
    bytes: _bytes.map(repr),
    bytearray: _bytes.map(bytearray).map(repr),
    memoryview: _bytes.map("memoryview({!r})".format),
    complex: draw.sampled(["0j", "1j", "(1+2j)"]),
    decimal.Decimal: _expressed(draw.whole(8).map(lambda hundredths: decimal.Decimal(hundredths).scaleb(-2))),
    dt.datetime: _expressed(draw.one_of([_datetimes, _aware])),
    dt.date: _expressed(draw.one_of([draw.just(dt.date(2024, 2, 29)), _datetimes.map(dt.datetime.date)])),
    # Just before, at and after where a unit becomes the next larger one, and whatever else.
    dt.timedelta: _expressed(Strategy(lambda chance: _units.draw(chance) * _counts.draw(chance))),
    logging.LogRecord: draw.sampled(
        [
            "⟨logging:makeLogRecord⟩({'msg': 'abc'})",
            "⟨logging:makeLogRecord⟩({'msg': 'abc', 'levelno': 40, 'levelname': 'ERROR'})",
        ]
    ),
    **dict.fromkeys((dt.tzinfo, dt.timezone), draw.just("⟨datetime:timezone.utc⟩")),
    **dict.fromkeys((pathlib.Path, os.PathLike), draw.sampled([*files.paths(), *files.folders()])),
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
