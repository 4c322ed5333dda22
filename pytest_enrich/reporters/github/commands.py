"""Workflow commands: lines of a log on which GitHub's runner acts."""

from __future__ import annotations

from pytest_enrich.reporters.words import visible


def notice(message: str, **properties: str | int) -> str:
    """A notice on a file, as one line; whatever is in the texts stays text."""
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::notice {said}::{_data(message)}"


def stop(token: str) -> str:
    """From this line on the runner acts on nothing, until `go_on` with the same token, which nobody can guess."""
    return f"::stop-commands::{token}"


def go_on(token: str) -> str:
    """The line that ends what `stop` began."""
    return f"::{token}::"


def _data(text: str) -> str:
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
