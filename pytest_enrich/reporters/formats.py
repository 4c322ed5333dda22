"""The kinds of report by name: `html`, `md`, ... and what is said as `TYPE[:DEST]`."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping

from msgspec import Struct

from pytest_enrich.config import WantedReport
from pytest_enrich.data import Report
from pytest_enrich.errors import UsageError


class Format(Struct, frozen=True, kw_only=True):
    """One kind of report, rendered by the module of its name.

    Attributes:
        name: As it is typed.
        file: What its file is called when nobody says otherwise.
        mark: A text near the beginning of every report of this kind: a file that has it may be replaced by the
            next one, a file without it is somebody's own.
    """

    name: str
    file: str
    mark: str = "pytest-enrich"


_KNOWN = (
    Format(name="json", file="report.json", mark='"schema": "pytest-enrich/report/'),
    Format(name="diff", file="all.diff", mark="pytest-enrich: "),
)

FORMATS: Mapping[str, Format] = {one.name: one for one in _KNOWN}

NONE = "none"
"""What switches reports off."""

STDOUT = "-"
"""The destination that is no file."""

_ALWAYS = ("html",)
_WHERE = {"GITHUB_ACTIONS": "github", "GITLAB_CI": "gitlab"}
"""Kinds that are added where the environment has the variable, as far as this version knows them."""


def detected(environment: Mapping[str, str]) -> tuple[WantedReport, ...]:
    """What is written when nobody has asked for a kind of report."""
    names = (*_ALWAYS, *(name for variable, name in _WHERE.items() if environment.get(variable)))
    return tuple(WantedReport(format=name) for name in names if name in FORMATS)


def wanted(texts: Iterable[str]) -> tuple[WantedReport, ...]:
    """The reports that several `TYPE[:DEST]` ask for; nothing for `none`.

    Raises:
        UsageError: With what is accepted; the caller puts the option's name in front.
    """
    words = [text.strip() for text in texts]
    if words == [NONE]:
        return ()
    if NONE in words:
        raise UsageError(f"{NONE} is for no report at all; accepted is {NONE} alone, or {accepted()}")
    return tuple(dict.fromkeys(_parsed(word) for word in words))


def accepted() -> str:
    """The kinds as a message names them."""
    return f"{', '.join(FORMATS)}, each alone or with a file (html:out/tests.html)"


def render(name: str, report: Report) -> str:
    """The report in the format of this name, one of `FORMATS`."""
    module = importlib.import_module(f"pytest_enrich.reporters.{name}")
    text: str = module.render(report)
    return text


def _parsed(word: str) -> WantedReport:
    name, colon, destination = word.partition(":")
    if name not in FORMATS or (colon and not destination.strip()):
        raise UsageError(f"accepted is {NONE}, {accepted()}")
    return WantedReport(format=name, destination=destination.strip())
