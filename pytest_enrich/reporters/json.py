"""The report as JSON, for other programs; its schema is in docs/reference."""

from __future__ import annotations

import msgspec

from pytest_enrich.data import Report


def render(report: Report) -> str:
    """The whole report, indented; the first key is `schema`."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def schema() -> dict[str, object]:
    """The JSON schema (2020-12) of what `render` gives."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Report)}
