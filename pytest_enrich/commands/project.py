"""What commands print: text for people, or JSON alone on stdout with everything else on stderr."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from pytest_enrich.data.encoded import encoded
from pytest_enrich.data.run import RUN_SCHEMA
from pytest_enrich.errors import StoreError, UsageError
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import Store, disk, last_run

FOUND = 1
"""The exit status of a command that looks for something and found it."""
DEFAULT = "enrich-suggestions"
_JSON = f"{__name__}.json"
json_option = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _, value: context.meta.update({_JSON: value}),
    help="JSON on stdout, all else on stderr.",
)
dir_option = click.option(
    "--dir", "directory", type=click.Path(path_type=Path), help=f"The suggestions folder (default: {DEFAULT})."
)
_MARKS = ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg", "setup.py", ".git", ".enrich-rejected")


def is_json() -> bool:
    """Whether the command that runs was asked for JSON."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_JSON))


def say(text: str = "") -> None:
    """Print text for a person, on stderr if JSON goes to stdout."""
    click.echo(text, err=is_json())


def tell(text: str) -> None:
    """Print what else a person has to know, never among the output of a command."""
    click.echo(text, err=True)


def answer(value: object) -> bool:
    """Print the one JSON document of a command that was asked for it; says whether it was.

    Nothing in it can act on a terminal.
    """
    if is_json():
        text = msgspec.json.format(encoded(value), indent=2).decode()
        click.echo("".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text))
    return is_json()


def tell_problems(store: Store) -> None:
    """Report what could not be read in the folder."""
    for problem in store.shelf().problems:
        tell(f"passed over: {visible(problem)}")


def locate(directory: Path | None, cwd: Path) -> Store:
    """The store that a command in `cwd` is about; its folder need not exist.

    Without `directory` it is the nearest `enrich-suggestions` upwards. A folder that is given may have come
    from elsewhere, so the project is the one that the command was called in.
    """
    if directory is None:
        return _nearest(cwd)
    place = (cwd / directory).absolute()
    return Store(place, _recorded(place, cwd) or _marked(cwd))


def project_option(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the option `--dir`, and the store as its first argument."""

    @dir_option
    @functools.wraps(command)
    def with_store(*, directory: Path | None, **arguments: Any) -> int:  # noqa: ANN401 - whatever click has parsed
        return command(_existing(directory), **arguments)

    return with_store


def _existing(directory: Path | None) -> Store:
    """Like `locate`, and restores the `.gitignore` that a download has lost.

    Raises:
        UsageError: A folder was named that is not there.
    """
    store = locate(directory, Path.cwd())
    if directory is not None and not store.exists():
        raise UsageError(
            f"--dir {directory} is no suggestions folder\nNothing was done.\nMake one:  pytest --enrich"
        )
    if store.exists():
        with contextlib.suppress(StoreError):  # a folder that cannot be written can still be read
            store.prepare()
    return store


def _nearest(cwd: Path) -> Store:
    upwards = (cwd, *cwd.parents)
    inside = [Store(folder / DEFAULT, folder) for folder in upwards]
    around = [Store(folder, folder.parent) for folder in upwards if folder.name == DEFAULT]
    # A download lies in the project under its artifact's name.
    artifacts = (Store(folder, _marked(folder.parent)) for folder in upwards if _holds_run(folder))
    nearest = next((store for store in (*inside, *around) if store.exists()), None) or next(artifacts, None)
    root = _marked(cwd)
    return nearest or Store(root / DEFAULT, root)


def _holds_run(folder: Path) -> bool:
    """Whether a run of ours is written down in this folder."""
    try:
        return RUN_SCHEMA.encode() in (disk.read(folder / "run.json") or b"")
    except StoreError:
        return False


def _recorded(directory: Path, cwd: Path) -> Path | None:
    """The rootdir from which the folder's run wrote to exactly this place, if the command is called in it."""
    run = last_run.read(Store(directory, directory.parent))
    parts = Path(run.directory).parts if run else (DEFAULT,)
    if not parts or ".." in parts or directory.parts[-len(parts) :] != parts:
        return None
    rootdir = Path(*directory.parts[: -len(parts)])
    return rootdir if cwd.is_relative_to(rootdir) and (rootdir == cwd or _is_marked(rootdir)) else None


def _marked(cwd: Path) -> Path:
    """The nearest folder upwards that looks like a project's, else the current one."""
    return next((folder for folder in (cwd, *cwd.parents) if _is_marked(folder)), cwd)


def _is_marked(folder: Path) -> bool:
    return any((folder / name).exists() for name in _MARKS)
