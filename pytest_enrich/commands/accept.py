"""`pytest-enrich accept ID...` and `xfail ID...`: put tests into their files, as the team's rules allow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from pytest_enrich import changes
from pytest_enrich.commands import pytest_run, reproof, taking, undo
from pytest_enrich.commands.edit import edited_version, is_edited_by_hand
from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.reproof import Believed
from pytest_enrich.commands.taking import PLAINLY, How, Taken, settle_interrupted
from pytest_enrich.config import policy
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import RefusedError, UsageError
from pytest_enrich.reporters.words import counted, visible, visible_lines
from pytest_enrich.store import Store, disk, rebuild, targets
from pytest_enrich.store.python_file import is_stale
from pytest_enrich.store.rebuild import taken_turn
from pytest_enrich.store.seal import options_of

_REFUSED = 3


@click.command("accept")
@click.argument("identities", metavar="ID...", nargs=-1)
@click.option("--all-strong", is_flag=True, help="All that wait, are marked strong, and are not stale.")
@click.option("--edited", "is_edited", is_flag=True, help="Take the test as you edited it in suggestion_ID.py.")
@json_option
@project_option
def command(store: Store, identities: tuple[str, ...], *, all_strong: bool, is_edited: bool) -> int:
    """Put suggestions into their test files and run those.

    A file that turns red gets its old text back, and the suggestion stays pending. Nothing is staged.
    """
    if all_strong == bool(identities):
        raise UsageError("accept needs an ID, or --all-strong\nNothing was changed.\nSee:  pytest-enrich list")
    settle_interrupted(store)
    chosen = _chosen(store, identities, is_edited=is_edited)
    versions = [_version(store, suggestion, is_edited=is_edited) for suggestion in chosen]
    edited = {new.id for new, suggestion in zip(versions, chosen, strict=True) if new is not suggestion}
    results = accept(store, versions, How(edited=frozenset(edited), only_strong=all_strong))
    return _answered(results, len(store.pending()))


def accept(store: Store, chosen: Sequence[Suggestion], how: How = PLAINLY) -> tuple[Taken, ...]:
    """Accept those that are still pending and not stale, file by file; then rebuild the patches of the others."""
    how, barred = _under_policy(store, chosen, how)
    outcomes = [barred.get(suggestion.id) or _believed(store, suggestion, how) for suggestion in chosen]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Taken)]
    beliefs = [outcome for outcome in outcomes if isinstance(outcome, Believed)]
    proven = [belief.one for belief in beliefs]
    may_tell = _are_green(store, proven)
    with taken_turn(store):
        results = (*refused, *_accepted(store, proven, how))
    results = _together(store, results, how) if may_tell else results
    notes = {belief.one.id: belief.note for belief in beliefs}
    return tuple(
        replace(result, note="; ".join(filter(None, (notes.get(result.id), result.note)))) for result in results
    )


def _under_policy(store: Store, chosen: Sequence[Suggestion], how: How) -> tuple[How, dict[str, Taken]]:
    """What the team wants of what is accepted, and, by id, why something may not be, or not by this person."""
    rules = targets.policy_of(store.rootdir)
    if not rules.name:
        return how, {}
    who = changes.word(store.rootdir, "config", "user.email")
    top = Path(changes.word(store.rootdir, "rev-parse", "--show-toplevel") or store.rootdir)
    content = next((text for name in policy.CODEOWNERS if (text := disk.read(top / name)) is not None), None)
    barred = {}
    for suggestion in chosen:
        path = suggestion.target.path
        place = os.path.relpath(disk.real(store.rootdir / path), top.resolve())
        owners = None if content is None else policy.owners(content.decode("utf-8", "replace"), place)
        if why := rules.policy.refused(suggestion.kind, path) or rules.policy.unfit(who, path, owners):
            barred[suggestion.id] = Taken(id=suggestion.id, path=path, refused=f"{why} ({rules.name})")
    return replace(how, comment=rules.policy.review.comment, by=who, policy=rules.sha256), barred


def _believed(store: Store, suggestion: Suggestion, how: How) -> Believed | Taken:
    """The suggestion as this machine has proven it, or why nothing of it may run."""
    if refusal := _refusal(store, suggestion):
        return refusal
    try:
        targets.refuse(store.rootdir, suggestion.target.path, options_of(store.rootdir, suggestion).words)
        believed = reproof.believed(store, suggestion)
    except RefusedError as error:
        return Taken(id=suggestion.id, path=suggestion.target.path, refused=str(error))
    if how.only_strong and believed.one.grade != "strong":
        return Taken(id=suggestion.id, path=suggestion.target.path, refused=f"it is not strong: {believed.note}")
    if believed.note:
        if refusal := _refusal(store, believed.one):  # it may have stated the digest of another test
            return refusal
        reproof.keep(store, believed.one)
    return believed


def _accepted(store: Store, chosen: Sequence[Suggestion], how: How) -> tuple[Taken, ...]:
    results = []
    files: dict[str, list[Suggestion]] = {}
    for suggestion in chosen:
        if refusal := _refusal(store, suggestion):
            results.append(refusal)
        else:
            files.setdefault(suggestion.target.path, []).append(suggestion)
    for path, group in files.items():
        results += taking.take(store, path, group, how)
    if any(not result.refused for result in results):
        rebuild.texts(store, files)
    return tuple(results)


def _are_green(store: Store, chosen: Sequence[Suggestion]) -> bool:
    """Whether the test files of several suggestions pass when they are run together, before they change."""
    paths = sorted({path for each in chosen if (store.rootdir / (path := each.target.path)).exists()})
    return len(paths) > 1 and pytest_run.files(store, paths, taking.words_of(store, chosen)).passed


def _together(store: Store, results: tuple[Taken, ...], how: How) -> tuple[Taken, ...]:
    """The results after the changed files have run together: a file that turns others red is restored."""
    taken = {result.id for result in results if not result.refused}
    pairs = [pair for pair in undo.standing(store) if pair[0].verb == "accept" and pair[0].id in taken]
    paths = sorted({suggestion.target.path for _, suggestion in pairs})
    words = taking.words_of(store, [suggestion for _, suggestion in pairs]) if pairs else ()
    whole = pytest_run.files(store, paths, words) if len(paths) > 1 else None
    if whole is None or whole.passed:
        return results
    for path in paths:
        own = [pair for pair in pairs if pair[1].target.path == path]
        for decision, suggestion in reversed(own):
            undo.undo(store, decision, suggestion)
        left = [other for other in paths if (store.rootdir / other).exists()]
        if pytest_run.files(store, left, words).passed:
            why = f"the files that changed are red together with it: {whole.last_line}"
            out = {one.id: Taken(id=one.id, path=path, refused=why, output=whole.end) for _, one in own}
            return tuple(out.get(result.id, result) for result in results)
        with taken_turn(store):
            taking.take(store, path, [suggestion for _, suggestion in own], how)
    note = f"the files that changed are red together: {whole.last_line}"
    return tuple(replace(result, note=note) if result.id in taken else result for result in results)


def _chosen(store: Store, identities: Sequence[str], *, is_edited: bool) -> tuple[Suggestion, ...]:
    """The suggestions that were named, or without names the strong ones."""
    if not identities:
        wanted = strong(store, store.pending())
        edited = [each for each in wanted if not is_edited and is_edited_by_hand(store, each)]
        for each in edited:
            say(f"{each.id} was edited and is left out: pytest-enrich accept {each.id} --edited")
        return tuple(each for each in wanted if each not in edited)
    chosen = store.find_all(identities)
    for name in (suggestion.id for suggestion in chosen if suggestion.kind == "bug"):
        raise UsageError(
            f"{name} is a possible bug: there is nothing to accept\nNothing was changed.\n"
            f"Its test, as known to fail:  pytest-enrich xfail {name}"
        )
    return chosen


def strong(store: Store, pending: Iterable[Suggestion]) -> list[Suggestion]:
    """The suggestions that may be accepted without a look at each: those of other grades may not."""
    return [
        suggestion for suggestion in pending if suggestion.grade == "strong" and not is_stale(store, suggestion)
    ]


def _version(store: Store, suggestion: Suggestion, *, is_edited: bool) -> Suggestion:
    """The proven test, or a person's own version of it when they ask for that.

    Raises:
        RefusedError: The two differ, and it is not clear which one is meant.
    """
    if not is_edited_by_hand(store, suggestion):
        return suggestion
    if is_edited:
        new = reproof.passing(store, suggestion, edited_version(store, suggestion))
        reproof.save(store, new)
        return new
    raise RefusedError(
        f"{suggestion.id}: its runnable file is not the test that was proven\nNothing was changed.\n"
        f"Take the file's version:  pytest-enrich accept {suggestion.id} --edited"
    )


def _refusal(store: Store, suggestion: Suggestion) -> Taken | None:
    """Why the suggestion cannot be accepted, whatever its file says; None if it can."""
    state = store.state(suggestion)
    why = "" if state == "pending" else f"it was {state} meanwhile"
    if not why and is_stale(store, suggestion):
        why = f"stale: {suggestion.gap.qualname or suggestion.gap.path} changed since it was made"
    return Taken(id=suggestion.id, path=suggestion.target.path, refused=why) if why else None


def _answered(results: Sequence[Taken], left: int, *, bugs: bool = False) -> int:
    """Report the results, and that `left` are still pending; returns the exit status."""
    accepted = [result for result in results if not result.refused]
    refused = [result for result in results if result.refused]
    answer({"accepted": accepted, "refused": refused})
    tell_results(results, bugs=bugs)
    files = ", ".join(sorted({visible(result.path) for result in accepted}))
    written = f"Changed, not staged: {files}." if accepted else "Nothing was changed."
    is_stale = any(result.refused.startswith("stale") for result in refused)
    listing = f"pytest-enrich list{' --bugs' if bugs else ''}"
    following = "pytest --enrich" if is_stale else listing if left else "git diff"
    undo = "   (take it back: pytest-enrich undo)" if accepted else ""
    noun = "possible bug" if bugs else "suggestion"
    say(f"\n{written} {counted(left, noun)} left.\nNext:  {following}{undo}")
    return _REFUSED if refused else 0


def tell_results(results: Sequence[Taken], *, bugs: bool) -> None:
    """Report the result of each suggestion."""
    accepted = [result for result in results if not result.refused]
    suffix, noun = (", as known to fail", "possible bug") if bugs else ("", "suggestion")
    for result in accepted:
        for name, line in result.names:
            say(f"added to {visible(result.path)}:{line}  {visible(name)}{suffix}")
    for path, summary in {result.path: result.summary for result in accepted}.items():
        say(f"{visible(path)}: {visible(summary)}")
    for note in dict.fromkeys(result.note for result in accepted if result.note):
        say(f"note: {visible(note)}")
    for result in (result for result in results if result.refused):
        say(f"\n{result.id} was not accepted: {visible_lines(result.refused)}")
        say(visible_lines(result.output)) if result.output else None
        say(f"The test file is as it was before; the {noun} still waits.")


@click.command("xfail")
@click.argument("identities", metavar="ID...", nargs=-1, required=True)
@json_option
@project_option
def xfail(store: Store, identities: tuple[str, ...]) -> int:
    """Put the tests of possible bugs into their files, as tests that are known to fail.

    Each is `xfail(strict=True)`: it tells when the bug is mended. A file that turns red gets its old text back.
    """
    settle_interrupted(store)
    chosen = store.find_all(identities)
    for name in (suggestion.id for suggestion in chosen if suggestion.kind != "bug"):
        raise UsageError(f"{name} is no possible bug\nNothing was done. What there is:  pytest-enrich list --bugs")
    results = accept(store, chosen)
    return _answered(results, len(store.bugs()), bugs=True)
