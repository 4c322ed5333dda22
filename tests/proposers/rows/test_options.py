"""Options of commands that typer makes of functions."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.proposers.rows import options
from pytest_enrich.proposers.rows.options import Option

HEAD = "import typer\nfrom typing import Annotated, Optional\napp = typer.Typer()\n@app.command()\n"


@pytest.mark.parametrize(
    ("parameters", "taken"),
    [
        ("name: str", []),
        ("name: str = typer.Argument('x')", []),
        ("name: Annotated[str, typer.Argument()] = 'x'", []),
        ("dry_run: bool = False", [Option("--dry-run", 0)]),
        ("count: int = 1", [Option("--count", 1, ("1", "0", "100"))]),
        ("rate: Optional[float] = None", [Option("--rate", 1, ("0.5", "0"))]),
        ("name: str = typer.Option(..., '--title', '-t')", [Option("--title", 1)]),
        ("name: Annotated[str, typer.Option()]", [Option("--name", 1)]),
        ("loud: Annotated[bool, typer.Option('--loud/--quiet')] = False", [Option("--loud", 0)]),
        ("*, name: str = 'x', other=None", [Option("--name", 1), Option("--other", 1)]),
    ],
)
def test_a_parameter_is_an_option_as_typer_says(parameters, taken):
    tree = ast.parse(f"{HEAD}def main({parameters}):\n    pass\n")
    assert list(options.declared(tree)) == taken


@pytest.mark.parametrize(
    "text",
    ["@app.command()\ndef main(count: int = 1): ...\n", "import typer\ndef main(count: int = 1): ...\n"],
)
def test_functions_that_are_no_commands_of_typer_have_none(text):
    assert list(options.declared(ast.parse(text))) == []
