"""What a sandbox is asked outside of a run, in a pytest of the project's own, which knows its configuration.

A suggestions folder may be a download. What is word for word what this machine has proven counts as it is; all
else, a person's edits included, is proven again before it runs outside. `doctor` has existing tests tried.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.commands import pytest_run
from pytest_enrich.commands.pytest_run import Tell, unheard
from pytest_enrich.data import Question, Rehearsal, Reproof, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.reporters.words import visible, visible_lines
from pytest_enrich.store import Store, identity, rebuild, seal
from pytest_enrich.store.seal import options_of

_WHY = {"elsewhere": "made on another machine", "changed": "changed after it was made"}


class Believed(Struct, frozen=True):
    """A suggestion that may run: as this machine has proven it, and what a person must know about that."""

    one: Suggestion
    note: str = ""


def why(store: Store, one: Suggestion) -> str:
    """Why what it says of itself does not count, "" when it does."""
    return _WHY.get(seal.made(store.rootdir, one), "")


def believed(store: Store, one: Suggestion, tell: Tell = unheard) -> Believed:
    """The suggestion as proven on this machine: as it is, or proven again and sealed, not saved.

    Raises:
        RefusedError: It does not hold here.
    """
    reason = why(store, one)
    if not reason:
        return Believed(one)
    tell(f"proving {one.id} again: it was {reason} ...")
    used = options_of(store.rootdir, one)
    found = prove(store, Question(one=one, foreign=True), used.words)
    if found.trouble or not found.passed:
        raise _refused(f"{one.id} was {reason}, and is not proven here", found)
    gap = replace(one.gap, also_closes=(), also_lines=())  # they were not looked at
    made = replace(one.made, options=used.words)
    proven = replace(one, gap=gap, made=made)
    now = seal.sealed(store.rootdir, proven if one.kind == "bug" else _measured(proven, found))
    grade = "" if now.grade == one.grade else f": it is {now.grade}, not {one.grade}"
    left = f"; left out of its options: {visible(', '.join(used.left_out))}" if used.left_out else ""
    return Believed(now, f"{one.id} was {reason}: proven again here{grade}{left}")


def keep(store: Store, one: Suggestion) -> None:
    """Write down what was found out here, so that it is not asked again; a person's version stays in its file."""
    save(store, one, store.read_text(one, identity.module_name(one.id)))


def save(store: Store, one: Suggestion, text: str = "") -> None:
    """Write the suggestion against today's test file; `text` is that of its runnable file, "" to write it anew.

    Raises:
        RefusedError: The test file cannot be read, or cannot take the test.
    """
    patch_text = "" if one.kind == "bug" else rebuild.patch_text(store, one)
    store.save(one, patch_text, text or rebuild.module_text(store, one))


def judged(store: Store, one: Suggestion, version: Suggestion) -> tuple[Suggestion, Reproof]:
    """A person's version of `one` with the proof that it has, not saved, and how it fared.

    It is theirs to decide what it is worth. Where it passes it is sealed: it may run.
    """
    used = options_of(store.rootdir, one)
    found = prove(store, Question(one=version, edited=True, foreign=bool(why(store, one))), used.words)
    new = _measured(replace(version, made=replace(one.made, options=used.words)), found)
    return (seal.sealed(store.rootdir, new) if found.passed else new), found


def passing(store: Store, one: Suggestion, version: Suggestion, tell: Tell = unheard) -> Suggestion:
    """The version as `judged` has it.

    Raises:
        RefusedError: It does not pass in the sandbox.
    """
    tell(f"proving your version of {one.id} ...")
    new, found = judged(store, one, version)
    if not found.passed:
        raise _refused(f"your version of {one.id} does not pass in the sandbox", found)
    return new


def prove(store: Store, question: Question, words: Sequence[str] = ()) -> Reproof:
    """What the test, which need not be saved, is worth today."""
    found, outcome = pytest_run.asked(store, question, Reproof, words)
    trouble = outcome.last_line if outcome.late else "it could not be proven: pytest did not start"
    return found or Reproof(trouble=trouble, detail=outcome.end)


def _measured(one: Suggestion, found: Reproof) -> Suggestion:
    """With what was found out here in place of what it says."""
    from pytest_enrich import patch

    proof = replace(
        one.proof,
        lines_gained=found.lines,
        branches_gained=found.branches,
        mutants=found.mutants,
        runs=found.runs,
        duration_ms=round(found.seconds * 1000, 1),
        isolation=found.isolation,
    )
    test = replace(one.test, body_sha256=patch.body_of(patch.as_candidate(one)))
    return replace(one, grade=found.grade, proof=proof, test=test)


def _refused(what: str, found: Reproof) -> RefusedError:
    why = "\n".join(filter(None, (found.trouble, visible_lines(found.detail).strip())))
    return RefusedError(f"{what}: {why}\nNothing of it ran outside the sandbox.\nSee:  pytest-enrich list")


def rehearse(store: Store) -> Rehearsal:
    """How a few existing tests fare where candidates run."""
    found, outcome = pytest_run.asked(store, None, Rehearsal)
    return found or Rehearsal(trouble=f"pytest did not start: {outcome.last_line}")
