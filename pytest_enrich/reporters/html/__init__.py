"""The report as one page that needs nothing else: no network, no other file, no script.

It is opened out of an archive, in the artifact browser of a forge, printed, or read aloud. All that it tells is in
its HTML; style and script add comfort. A policy in the page allows this one script and nothing from elsewhere, so
that even a text that was not escaped could neither run nor call home.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from pytest_enrich.data import Report
from pytest_enrich.reporters import figures
from pytest_enrich.reporters.html import bugs, head, keys
from pytest_enrich.reporters.html.functions import sections
from pytest_enrich.reporters.html.markup import Markup, joined, tag, void
from pytest_enrich.reporters.html.rest import rest


def render(report: Report) -> str:
    """The whole page; the same report gives the same bytes."""
    script = _static("report.js")
    inside = joined([_head(report, script), _body(report, script)], "\n")
    return f"<!doctype html>\n{tag('html', inside, lang='en')}\n"


def _head(report: Report, script: Markup) -> Markup:
    place = " ".join(part for part in (report.project, report.run.commit) if part)
    parts = [
        void("meta", charset="utf-8"),
        void("meta", name="generator", content="pytest-enrich"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", http_equiv="Content-Security-Policy", content=_policy(script)),
        tag("title", " - ".join(part for part in (figures.heading(report), place) if part)),
        tag("style", _static("report.css")),
    ]
    return tag("head", joined(parts, "\n"))


def _policy(script: Markup) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _body(report: Report, script: Markup) -> Markup:
    main = joined([*bugs.section(report), *sections(report), rest(report)], "\n")
    parts = [
        tag("a", "Skip to the suggestions", class_="skip", href="#list"),
        head.header(report),
        head.table(report),
        tag("main", main, id="list", tabindex="-1"),
        keys.chosen(),
        keys.help_(),
        tag("footer", tag("p", "Made by pytest-enrich. Not reviewed, not part of the suite.")),
        tag("script", script),
    ]
    return tag("body", joined(parts, "\n"))


def _static(name: str) -> Markup:
    return Markup((resources.files(__package__) / "static" / name).read_text("utf-8"))
