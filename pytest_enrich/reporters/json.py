"""The report as JSON, for other programs; its schema is in docs/reference."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from pytest_enrich.data import Report


def render(report: Report) -> str:
    """The whole report, indented; the first key is `schema`."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def schema() -> dict[str, object]:
    """The JSON schema (2020-12) of what `render` gives."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_told(msgspec.json.schema(Report))}


def _told(part: dict[str, Any]) -> dict[str, Any]:
    """The same on every Python: from 3.13 on docstrings come without their indentation."""
    return {
        name: _told(value)
        if isinstance(value, dict)
        else inspect.cleandoc(value)
        if name == "description" and isinstance(value, str)
        else value
        for name, value in part.items()
    }
