"""Strategies for plain types, and values that need no thought, all as templates."""

from __future__ import annotations

import datetime as dt
import decimal
import io
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
"""A function that returns an awaitable."""
NUMBERS = (0, 1, -1, 2, 3, 7, 10, 12, 59, 60, 100, 255, 1000, 10**6, 10**9)


def _expressed(strategy: Strategy[Any]) -> Strategy[str]:
    """Templates of the values that are drawn, all of which have one."""
    return strategy.map(lambda value: express(value) or "None")


_days = draw.one_of([draw.just(0), draw.between(-12_000, 36_000)])
_seconds = draw.one_of([draw.just(0), draw.just(12 * 3600), draw.between(0, 86_399)])
_datetimes = draw.together([_days, _seconds]).map(
    lambda pair: dt.datetime(2000, 1, 1) + dt.timedelta(days=pair[0], seconds=pair[1])  # noqa: DTZ001 - naive on purpose
)
_zones = draw.sampled([dt.timezone.utc, *(dt.timezone(dt.timedelta(minutes=m)) for m in (120, -330))])
_aware = Strategy(lambda chance: _datetimes.draw(chance).replace(tzinfo=_zones.draw(chance)))
_round_numbers = draw.sampled(
    [number for unit in (1, 7, 12, 24, 30, 60, 365, 1000) for number in (unit - 1, unit, unit + 1)]
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
    dt.time: _expressed(_datetimes.map(dt.datetime.time)),
    # Just before, at and after the point where a unit becomes the next larger one, and any other.
    dt.timedelta: _expressed(Strategy(lambda chance: _units.draw(chance) * _counts.draw(chance))),
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
PLAIN = {kind: strategy for kind, strategy in PLAIN.items() if not is_left_out(f"drawn {kind.__name__}")}
STANDARD: dict[str, tuple[str, ...]] = {
    "argparse:Namespace": ("⟨argparse:Namespace⟩()",),
    "ast:AST": ("⟨ast:parse⟩('a = 1')", "⟨ast:parse⟩('a + 1', mode='eval').body"),
    "ast:Module": ("⟨ast:parse⟩('a = 1')", "⟨ast:parse⟩('')"),
    "ast:expr": ("⟨ast:parse⟩('a + 1', mode='eval').body", "⟨ast:parse⟩('f(1)', mode='eval').body"),
    "ast:stmt": ("⟨ast:parse⟩('a = 1').body[0]", "⟨ast:parse⟩('import a').body[0]"),
    "builtins:function": ("lambda value: value",),
    "builtins:module": ("⟨types:ModuleType⟩('abc')",),
    "builtins:range": ("range(3)", "range(0)", "range(1, 10, 2)"),
    "builtins:slice": ("slice(1, 3)", "slice(None)", "slice(None, None, 2)"),
    "collections:OrderedDict": ("⟨collections:OrderedDict⟩({'a': 1, 'b': 2})", "⟨collections:OrderedDict⟩()"),
    "collections:defaultdict": (
        "⟨collections:defaultdict⟩(⟨builtins:list⟩, {'a': [1]})", "⟨collections:defaultdict⟩(⟨builtins:int⟩)",
    ),
    "collections:deque": ("⟨collections:deque⟩([1, 2])", "⟨collections:deque⟩()"),
    "email.message:Message": (
        "⟨email:message_from_string⟩('Subject: abc\\n\\nabc')", "⟨email.message:Message⟩()",
    ),
    "fractions:Fraction": ("⟨fractions:Fraction⟩('1/2')", "⟨fractions:Fraction⟩('3')"),
    "ipaddress:IPv4Address": ("⟨ipaddress:ip_address⟩('192.0.2.1')", "⟨ipaddress:ip_address⟩('127.0.0.1')"),
    "ipaddress:IPv4Network": ("⟨ipaddress:ip_network⟩('192.0.2.0/24')", "⟨ipaddress:ip_network⟩('10.0.0.0/8')"),
    "ipaddress:IPv6Address": ("⟨ipaddress:ip_address⟩('2001:db8::1')", "⟨ipaddress:ip_address⟩('::1')"),
    "logging:LogRecord": (
        "⟨logging:makeLogRecord⟩({'msg': 'abc'})",
        "⟨logging:makeLogRecord⟩({'msg': 'abc', 'levelno': 40, 'levelname': 'ERROR'})",
    ),
    **dict.fromkeys(("numbers:Number", "numbers:Complex", "numbers:Real"), ("2", "0.5", "-1", "0")),
    **dict.fromkeys(("numbers:Rational", "numbers:Integral"), ("2", "-1", "0", "1")),
    "pathlib:PurePath": ("⟨pathlib:PurePath⟩('a/b.txt')", "⟨pathlib:PurePath⟩('a')"),
    "re:Match": ("⟨re:match⟩('a', 'abc')", "⟨re:match⟩('([a-z]+)=([a-z]+)', 'key=value')"),
    "re:Pattern": ("⟨re:compile⟩('a')", "⟨re:compile⟩('[a-z]+')", "⟨re:compile⟩('([a-z]+)=([a-z]+)')"),
    "sqlite3:Connection": ("⟨sqlite3:connect⟩(':memory:')",),
    "urllib.parse:ParseResult": (
        "⟨urllib.parse:urlparse⟩('https://example.com/path?key=value#part')", "⟨urllib.parse:urlparse⟩('path')",
    ),
    "uuid:UUID": ("⟨uuid:UUID⟩('123e4567-e89b-12d3-a456-426614174000')",),
    "xml.etree.ElementTree:Element": (
        """⟨xml.etree.ElementTree:fromstring⟩('<a><b c="1">d</b></a>')""",
        "⟨xml.etree.ElementTree:fromstring⟩('<a/>')",
    ),
    "zoneinfo:ZoneInfo": ("⟨zoneinfo:ZoneInfo⟩('UTC')",),
}  # fmt: skip
"""What people pass where a type's constructor does not tell it, by module and name, so that none is imported."""
BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    tuple: ("(", ",)"),
}
