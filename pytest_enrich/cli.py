"""The command `pytest-enrich`: parse, dispatch, and turn every error into an exit status, here and nowhere else.

0 done; 1 `--check` or `verify` found something; 2 wrong use; 3 refused, or it could not be done; 130 interrupted.
`run` answers what pytest answers.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from pytest_enrich import __version__
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.reporters.words import visible_lines

DONE, WRONG_USE, REFUSED, INTERRUPTED = 0, 2, 3, 130

_VERBS = (
    "review", "list", "show", "run", "accept", "reject", "xfail", "allow", "undo", "verify",
    "report", "hook", "doctor", "merge", "stats", "bench", "audit", "export", "clean",
)  # fmt: skip
"""In the order in which people meet them. Each is `command` in its module of `commands`, imported on demand."""
_ELSEWHERE = {
    "list": "table:command",
    "run": "verify:run_command",
    "xfail": "accept:xfail",
    "allow": "reject:allow",
}
"""But for these."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        return verb(cmd_name) if cmd_name in _VERBS else None


def verb(name: str) -> click.Command:
    """The command of one of the `_VERBS`."""
    module, _, attribute = _ELSEWHERE.get(name, f"{name}:command").partition(":")
    loaded = importlib.import_module(f"pytest_enrich.commands.{module}")
    command: click.Command = getattr(loaded, attribute)
    return command


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pytest-enrich")
def _program() -> None:
    """Read and decide on the test suggestions that `pytest --enrich` has written.

    An ID may be shortened to any unique beginning, of its first or its second part.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise UsageError("the current folder is gone\nNothing was done.\nGo to one that is there:  cd") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these words (default: the process's own) and return its exit status."""
    _print_anything()
    status = DONE
    try:
        words = None if argv is None else list(argv)
        answer = _program.main(args=words, prog_name="pytest-enrich", standalone_mode=False)
        sys.stdout.flush()
        status = answer if isinstance(answer, int) else DONE
    except click.exceptions.Exit as end:
        status = end.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("\nStopped. Decisions that were made are saved.\nGo on:  pytest-enrich review")
        status = INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click's own answer to a pipe that nobody reads is SystemExit
        status = DONE
    except click.ClickException as error:
        error.show(sys.stderr)
        status = WRONG_USE
    except EnrichError as error:
        _tell(visible_lines(f"pytest-enrich: {error}"))
        status = WRONG_USE if isinstance(error, UsageError) else REFUSED
    except Exception as error:  # noqa: BLE001 - a defect of ours: kept for a report, never shown as a traceback
        is_gone = isinstance(error, OSError) and error.errno == errno.EIO  # the terminal is
        status = INTERRUPTED if is_gone else REFUSED
        _tell("" if is_gone else _crash(traceback.format_exc()))
    _flush(sys.stdout)
    _flush(sys.stderr)
    return status


def _crash(text: str) -> str:
    """Save the traceback, if that is possible, and say where."""
    from pytest_enrich.commands.project import locate
    from pytest_enrich.store import last_run

    try:
        place = last_run.write_crash(locate(None, Path.cwd()), text)
    except (EnrichError, OSError):
        return f"{text}\npytest-enrich: internal error; the details are above. Nothing else was changed."
    return f"pytest-enrich: internal error, details in {place}\nYour files are as the last message said."


def _print_anything() -> None:
    """Let no title in another alphabet end a command on a terminal that cannot show it."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _tell(text: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads, or the terminal is gone
        click.echo(text, err=True)


def _flush(stream: TextIO) -> None:
    """Flush; if nobody reads our output, the interpreter must not say so at exit, with a status of its own."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
