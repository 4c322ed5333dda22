"""What commands print: text for people, or JSON alone on stdout with everything else on stderr."""

from __future__ import annotations

import json

import click
import msgspec

from pytest_enrich.data.encoded import encoded
from pytest_enrich.store import Store

json_option = click.option("--json", "as_json", is_flag=True, help="JSON on stdout, all else on stderr.")


def say(text: str, *, as_json: bool = False) -> None:
    """Text for a person; out of the way of JSON."""
    click.echo(text, err=as_json)


def answer(value: object) -> None:
    """The one JSON document of this command, in which nothing can act on a terminal."""
    text = msgspec.json.format(encoded(value), indent=2).decode()
    click.echo("".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text))


def problems(store: Store) -> list[str]:
    """A line for each thing in the folder that could not be read."""
    from pytest_enrich.reporters.words import visible
    from pytest_enrich.store import bugs

    return [f"passed over: {visible(one)}" for one in (*store.shelf().problems, *bugs.unusable(store))]


def tell_problems(store: Store) -> None:
    """Name what in the folder could not be read."""
    for problem in problems(store):
        click.echo(problem, err=True)
