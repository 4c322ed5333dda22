"""A first look for the local model, before a test runs: where code would go is said before it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.config import MODEL, Settings
from pytest_enrich.reporters.words import visible

if TYPE_CHECKING:
    from pytest_enrich.proposers.ollama.gate import Refusal


class Looked(Struct, frozen=True, kw_only=True):
    """The settings as far as they can be fulfilled, and the line that the header has for it, "" for none."""

    settings: Settings
    line: str = ""


def look(settings: Settings) -> Looked:
    """Ask whether the model is there, if one is to be asked; nothing of the project is sent.

    Raises:
        pytest.UsageError: It was asked for by name and cannot be asked.
    """
    if MODEL not in settings.asked or settings.listing:
        return Looked(settings=settings)
    from pytest_enrich.proposers.ollama import connect

    found = connect.connect(connect.wish(settings))
    if isinstance(found, connect.Connected):
        found.client.close()
        return Looked(settings=settings, line=visible(f"{found.heading}; {found.reason}"))
    if MODEL in settings.with_:
        raise pytest.UsageError(_impossible(found))
    others = tuple(name for name in settings.asked if name != MODEL)
    told = f"without {MODEL}: {found.reason}" + f" ({_command(found.remedy)})" * bool(found.remedy)
    return Looked(settings=replace(settings, with_=others), line=visible(told))


def _impossible(refusal: Refusal) -> str:
    first = f"--enrich-with={MODEL}: {refusal.reason}"
    lines = (first, refusal.remedy, "or do without:  pytest --enrich --enrich-with=auto")
    return "\n       ".join(visible(line) for line in lines if line)


def _command(remedy: str) -> str:
    """The command of a remedy, without the words before it."""
    return remedy.partition(":")[2].strip()
