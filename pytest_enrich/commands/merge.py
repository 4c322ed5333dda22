"""`pytest-enrich merge`: what many jobs found, joined into one folder, as `coverage combine` does it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pytest_enrich import reports
from pytest_enrich.commands.project import DEFAULT, answer, json_option, locate, say, tell
from pytest_enrich.errors import StoreError, UsageError
from pytest_enrich.reporters import text
from pytest_enrich.reporters.words import counted, filled, visible
from pytest_enrich.store import Store, disk, merge
from pytest_enrich.store.merge import Merged


@click.command("merge")
@click.argument("directories", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), help=f"The folder to merge into (default: {DEFAULT}).")
@json_option
def command(directories: tuple[Path, ...], into: Path | None) -> int:
    """Join the suggestions folders of several jobs into one; the folders themselves are not changed."""
    store = locate(into, Path.cwd())
    folders = [source for path in directories for source in _folders(path, store)]
    sources = list({source.directory.resolve(): source for source in folders}.values())
    if not sources:
        say("No job has left anything: nothing was merged.")
        answer({"folders": [], "added": [], "waiting": []})
        return 0
    for source in sources:
        for problem in source.shelf().problems:
            tell(f"passed over: {visible(f'{source.directory}: {problem}')}")
    done = _merged(store, sources)
    if not answer(_facts(store, sources, done)):
        with reports.fenced(os.environ, say):
            say(_told(store, sources, done))
    return 0


def _merged(store: Store, sources: list[Store]) -> Merged:
    """Merge the sources into the store.

    Raises:
        StoreError: With the command that helps here.
    """
    try:
        return merge.merge(store, sources, at=disk.now())
    except StoreError as error:
        message = str(error).splitlines()[0]
        if str(store.directory) not in message:
            raise
        raise StoreError(
            f"{message}\nWhat was merged so far is whole, and the same command goes on.\n"
            "Another folder:  pytest-enrich merge DIR... --into FOLDER"
        ) from error


def _folders(path: Path, store: Store) -> tuple[Store, ...]:
    """The suggestions folders at or in this path.

    Raises:
        UsageError: There is none.
    """
    stores = merge.folders((Path.cwd() / path).absolute(), store.rootdir)
    is_empty = path.is_dir() and not any(path.iterdir())  # for downloads, and no job had anything to leave
    if not stores and not is_empty:
        raise UsageError(
            f"{visible(str(path))} is no suggestions folder, and there is none in it\nNothing was merged.\n"
            f"What a job leaves is its {DEFAULT} folder; give that one, or the folder that the downloads are in."
        )
    return stores


def _told(store: Store, sources: list[Store], done: Merged) -> str:
    pending = store.pending()
    into = visible(str(store.directory))
    worse, repeated = len(done.choice.worse), len(done.choice.repeated)
    left = [f"{worse} for the same gap as another"] * bool(worse)
    left += [f"{repeated} that would only close what others close"] * bool(repeated)
    parts = [
        filled(
            f"Merged {counted(len(sources), 'folder')}: {counted(len(pending), 'suggestion')} "
            f"{'waits' if len(pending) == 1 else 'wait'}, {len(done.added)} of them new. "
            + (f"{counted(done.decisions, 'decision')} taken over." if done.decisions else "")
        ),
        text.table(pending),
        text.told_bugs(store.bugs()),
        filled(f"left out: {', '.join(left)}") if left else "",
        "\n".join(filled(f"note: {visible(note)}", indent=6) for note in done.notes),
        f"Written to {into}/. Nothing else was changed.\nNext:  pytest-enrich review",
    ]
    return "\n\n".join(part for part in parts if part)


def _facts(store: Store, sources: list[Store], done: Merged) -> dict[str, object]:
    return {
        "into": str(store.directory),
        "folders": [str(source.directory) for source in sources],
        "added": [suggestion.id for suggestion in done.added],
        "same_gap": [offer.suggestion.id for offer in done.choice.worse],
        "adds_nothing": [offer.suggestion.id for offer in done.choice.repeated],
        "decisions": done.decisions,
        "waiting": [suggestion.id for suggestion in store.pending()],
        "bugs": [bug.id for bug in store.bugs()],
        "notes": done.notes,
    }
