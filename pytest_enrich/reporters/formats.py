"""The kinds of report by name (`html`, `md`, ...), and the parsing of `TYPE[:DEST]`."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from pytest_enrich.config import WantedReport
from pytest_enrich.data import Report
from pytest_enrich.data.encoded import encoded
from pytest_enrich.errors import UsageError


class Format(Struct, frozen=True):
    """One kind of report.

    Attributes:
        name: As it is typed.
        file: What its file is called when nobody says otherwise.
        renderer: The function that makes it and its module in this package, loaded when such a report is wanted.
        mark: A text near the beginning of every report of this kind: a file that has it may be replaced by the
            next one, a file without it is somebody's own.
        is_log: Whether, without a destination, it goes into a job's log and summary, and into no file.
    """

    name: str
    file: str
    renderer: str
    mark: str
    is_log: bool = False


_KNOWN = (
    Format("html", "report.html", "html:render", '<meta name="generator" content="pytest-enrich">'),
    Format("md", "report.md", "md:render", "<!-- pytest-enrich report -->"),
    Format("json", "report.json", "formats:render_json", '"schema": "pytest-enrich/report/'),
    Format("github", "github-notices.txt", "machine:render_notices", "::notice ", is_log=True),
    Format("github-comment", "github-comment.md", "machine:render_comment", "<!-- pytest-enrich comment -->"),
    Format("gitlab", "gl-code-quality.json", "machine:render_gitlab", '"check_name": "suggested-test"'),
    Format("sarif", "report.sarif", "machine:render_sarif", '"name": "pytest-enrich"'),
)

FORMATS: Mapping[str, Format] = {kind.name: kind for kind in _KNOWN}

NONE = "none"
"""The word that switches reports off."""

STDOUT = "-"
"""The destination that is not a file."""

_WHERE = {"GITHUB_ACTIONS": "github", "GITLAB_CI": "gitlab"}
"""Kinds that are added if the environment has the variable."""


def detected(environment: Mapping[str, str]) -> tuple[WantedReport, ...]:
    """What is written when nobody has asked for a kind of report."""
    there = [variable for variable in _WHERE if environment.get(variable)]
    more = (WantedReport(format=_WHERE[variable], because=variable) for variable in there)
    return (WantedReport(format="html"), *more)


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


def is_log(wanted: WantedReport) -> bool:
    """Whether it goes into a job's log and summary rather than into a file."""
    return FORMATS[wanted.format].is_log and not wanted.destination


def render(name: str, report: Report) -> str:
    """The report in the format of this name, one of `FORMATS`."""
    module, _, function = FORMATS[name].renderer.partition(":")
    text: str = getattr(importlib.import_module(f"pytest_enrich.reporters.{module}"), function)(report)
    return text


def render_json(report: Report) -> str:
    """The whole report, indented; the first key is `schema`."""
    return msgspec.json.format(encoded(report), indent=2).decode() + "\n"


def _parsed(word: str) -> WantedReport:
    name, colon, destination = word.partition(":")
    if name not in FORMATS or (colon and not destination.strip()):
        raise UsageError(f"accepted is {NONE}, {accepted()}")
    return WantedReport(format=name, destination=destination.strip())
