from __future__ import annotations

import sys

import pytest

TOOL = """
    import click

    @click.group()
    @click.option("--file", type=click.Path(), default="shop.txt")
    @click.pass_context
    def cli(ctx, file):
        ctx.obj = file

    @cli.command("list")
    @click.option("--format", type=click.Choice(["plain", "loud"]), default="plain")
    @click.option("--reverse/--no-reverse", default=False)
    @click.pass_context
    def list_values(ctx, format, reverse):
        with open(ctx.obj) as stream:
            lines = stream.read().split()
        if format == "loud":
            click.echo(" ".join(lines).upper())  # here
        if reverse:
            raise {error}
    """


def test_a_command_is_called_by_words_through_its_group_on_a_file(explore):
    answer = explore(TOOL.format(error="click.ClickException('no')"), "list_values")
    (finding,) = answer.findings
    assert finding.lines[0] == "path = tmp_path / 'file.txt'"
    words = "['--file', str(path), 'list', '--format', 'loud']"
    assert finding.action == f"⟨click.testing:CliRunner⟩().invoke(⟨sample:cli⟩, {words})"
    assert [one.expression for one in finding.observations] == ["{result}.output"]


def test_a_command_that_ends_by_an_exception_of_its_own_is_no_finding(explore):
    text = (
        TOOL.format(error="ValueError")
        .replace("# here", "")
        .replace("raise ValueError", "raise ValueError  # here")
    )
    answer = explore(text, "list_values")
    assert not answer.findings
    assert answer.dropped["accident"]


def test_what_a_command_says_to_the_shell_is_stated_when_it_fails(explore):
    text = TOOL.format(error="click.ClickException('no')  # here").replace(".upper())  # here", ".upper())")
    (finding,) = explore(text, "list_values").findings
    assert "'--reverse'" in finding.action
    assert [one.expression for one in finding.observations] == ["{result}.output", "{result}.exit_code"]


@pytest.mark.parametrize("form", ["cp{}{}", "CPython-{}{}-1", "{}.{}.{}"])
def test_what_names_the_interpreter_is_no_result(explore, form):
    text = f"""
        import sys

        def tag(name: str = "") -> str:
            return name or {form!r}.format(*sys.version_info)  # here
        """
    own = form.format(*sys.version_info)
    seen = [one.value for finding in explore(text, "tag").findings for one in finding.observations]
    assert f"'{own}'" not in seen
