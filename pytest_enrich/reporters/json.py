"""The report as JSON, for other programs; its schema is in docs/reference."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from pytest_enrich.data import Report
from pytest_enrich.data.encoded import encoded


def render(report: Report) -> str:
    """The whole report, indented; the first key is `schema`."""
    return msgspec.json.format(encoded(report), indent=2).decode() + "\n"


def schema() -> dict[str, object]:
    """The JSON schema (2020-12) of what `render` gives."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_told(msgspec.json.schema(Report))}


def _told(part: dict[str, Any]) -> dict[str, Any]:
    """The same on every Python: from 3.13 on docstrings come without their indentation."""
    cleaned = {name: _told(value) if isinstance(value, dict) else value for name, value in part.items()}
    described = cleaned.get("description")
    return {**cleaned, "description": inspect.cleandoc(described)} if isinstance(described, str) else cleaned
