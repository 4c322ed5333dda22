"""What the commands do with a possible bug: show it, keep it as a test that is known to fail, turn it down."""

from __future__ import annotations

import msgspec

from pytest_enrich.commands import accept, parts, pytest_run, reproof, taking
from pytest_enrich.commands.pytest_run import Outcome, Tell, unheard
from pytest_enrich.commands.taking import How, Taken, refuse_decided
from pytest_enrich.data import Decision, PossibleBug, Reason, Scope
from pytest_enrich.errors import RefusedError
from pytest_enrich.reporters.figures import contract_of, observed_of, reproduction_of, runs_of
from pytest_enrich.reporters.words import fit, visible_lines
from pytest_enrich.store import Store, bugs, rebuild, rejected, seal
from pytest_enrich.store.bugs import xfail
from pytest_enrich.store.python_file import is_stale
from pytest_enrich.store.rebuild import taken_turn
from pytest_enrich.store.seal import options_of

_RULE = "-" * 78
_STATES = {0: "mended", 1: "there"}
"""By the status that pytest ends with; another one says that its test was not run."""


def screen(bug: PossibleBug, width: int) -> list[str]:
    """All that a decision needs."""
    return [
        f"{fit(f'POSSIBLE BUG  {bug.title}', width - 4 - len(bug.id))}   {bug.id}",
        *parts.labelled("says", contract_of(bug), width),
        *parts.labelled("does", observed_of(bug), width),
        _RULE[: width - 1],
        *(f"  {line}" for line in visible_lines(reproduction_of(bug)).rstrip("\n").split("\n")),
        _RULE[: width - 1],
        *parts.labelled("proof", runs_of(bug), width),
        *parts.labelled("look", "which of the two is wrong, the words or the code?", width),
        *parts.labelled("from", bug.proposer, width),
    ]


def run(store: Store, bug: PossibleBug, tell: Tell = unheard) -> Outcome:
    """Run its test as if it lay in its file: it fails as long as the contradiction is there.

    Raises:
        RefusedError: It was not made here, and does not fail in the sandbox.
    """
    bug = reproof.believed_bug(store, bug, tell)
    return pytest_run.suggestion(store, bug, options_of(store.rootdir, bug).words, tell)


def verify(store: Store, bug: PossibleBug, tell: Tell = unheard) -> tuple[str, str]:
    """`there`, `mended`, `stale` (the words are gone) or `unclear`, and the end of what pytest printed."""
    if is_stale(store, xfail(bug)):
        return "stale", ""
    try:
        outcome = run(store, bug, tell)
    except RefusedError as error:
        return "unclear", str(error)
    return _STATES.get(outcome.status, "unclear"), outcome.end


def keep(store: Store, bug: PossibleBug, *, seconds: float | None = None, tell: Tell = unheard) -> Taken:
    """Put the test into its file as one that is known to fail, the way a suggestion is accepted."""
    from pytest_enrich import patch

    try:
        bug = reproof.believed_bug(store, bug, tell)
    except RefusedError as error:
        return Taken(id=bug.id, path=bug.target.path, refused=str(error))
    one = seal.sealed(store.rootdir, xfail(bug))
    store.save(one, "", patch.render_bug(bug))
    try:
        (taken,) = accept.accept(store, [one], How(seconds=seconds, tell=tell))
    except BaseException:
        _withdraw(store, bug)
        raise
    if taken.refused:
        _withdraw(store, bug)
    return taken


def turn_down(  # noqa: PLR0913 - the parts of a decision
    store: Store, bug: PossibleBug, *, reason: Reason, scope: Scope, note: str, seconds: float | None = None
) -> tuple[PossibleBug, ...]:
    """Say that it is none, in the committed file too; returns all that wait no more."""
    with taken_turn(store):
        return _turned_down(store, bug, reason=reason, scope=scope, note=note, seconds=seconds)


def _turned_down(  # noqa: PLR0913 - the same
    store: Store, bug: PossibleBug, *, reason: Reason, scope: Scope, note: str, seconds: float | None
) -> tuple[PossibleBug, ...]:
    from pytest_enrich import patch

    refuse_decided(store, xfail(bug))
    before, one, at = bugs.waiting(store), xfail(bug), taking.now()
    decision = Decision(
        id=bug.id, verb="reject", body=bug.test.body_sha256, at=at, reason=reason, scope=scope, note=note
    )
    store.note(msgspec.structs.replace(decision, seconds=seconds))
    rejected.append(store.rootdir, rejected.of(one, scope=scope, reason=reason, when=at[:10], note=note))
    store.keep_decided(one, "", patch.render_bug(bug))
    rebuild.texts(store)
    left = {each.id for each in bugs.waiting(store)}
    return tuple(each for each in before if each.id not in left)


def _withdraw(store: Store, bug: PossibleBug) -> None:
    """What was not taken waits as a possible bug, and nowhere else."""
    store.withdraw(xfail(bug))
