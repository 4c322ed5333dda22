"""What a sandbox is asked outside of a run, through the project's own pytest, which knows its configuration.

A suggestions folder may be a download. What this machine has proven, word for word, counts as it is; anything
else, a person's edits included, is proven again before it runs outside the sandbox. `doctor` tries existing tests.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.commands import pytest_run
from pytest_enrich.commands.project import tell
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


def why(store: Store, suggestion: Suggestion) -> str:
    """Why the suggestion's own proof does not count, "" when it does."""
    return _WHY.get(seal.made(store.rootdir, suggestion), "")


def believed(store: Store, suggestion: Suggestion) -> Believed:
    """The suggestion as proven on this machine: as it is, or proven again and sealed, not saved.

    Raises:
        RefusedError: It does not hold here.
    """
    reason = why(store, suggestion)
    if not reason:
        return Believed(suggestion)
    tell(f"proving {suggestion.id} again: it was {reason} ...")
    options = options_of(store.rootdir, suggestion)
    result = prove(store, Question(one=suggestion, foreign=True), options.words)
    if result.trouble or not result.passed:
        raise _refused(f"{suggestion.id} was {reason}, and is not proven here", result)
    gap = replace(suggestion.gap, also_closes=(), also_lines=())  # the new proof did not look at these
    made = replace(suggestion.made, options=options.words)
    proven = replace(suggestion, gap=gap, made=made)
    now = seal.sealed(store.rootdir, proven if suggestion.kind == "bug" else _measured(proven, result))
    grade = "" if now.grade == suggestion.grade else f": it is {now.grade}, not {suggestion.grade}"
    left = f"; left out of its options: {visible(', '.join(options.left_out))}" if options.left_out else ""
    return Believed(now, f"{suggestion.id} was {reason}: proven again here{grade}{left}")


def keep(store: Store, suggestion: Suggestion) -> None:
    """Save what was found out here, so that it is not asked again; a person's version stays in its file."""
    save(store, suggestion, store.read_text(suggestion, identity.module_name(suggestion.id)))


def save(store: Store, suggestion: Suggestion, text: str = "") -> None:
    """Write the suggestion against today's test file; `text` is that of its runnable file, "" to write it anew.

    Raises:
        RefusedError: The test file cannot be read, or cannot take the test.
    """
    patch_text = "" if suggestion.kind == "bug" else rebuild.patch_text(store, suggestion)
    store.save(suggestion, patch_text, text or rebuild.module_text(store, suggestion))


def judged(store: Store, suggestion: Suggestion, version: Suggestion) -> tuple[Suggestion, Reproof]:
    """A person's version of `suggestion` with its own proof, not saved, and how it fared.

    What it is worth is for them to decide. If it passes it is sealed, so it may run.
    """
    options = options_of(store.rootdir, suggestion)
    result = prove(store, Question(one=version, edited=True, foreign=bool(why(store, suggestion))), options.words)
    new = _measured(replace(version, made=replace(suggestion.made, options=options.words)), result)
    return (seal.sealed(store.rootdir, new) if result.passed else new), result


def passing(store: Store, suggestion: Suggestion, version: Suggestion) -> Suggestion:
    """The version as `judged` returns it.

    Raises:
        RefusedError: It does not pass in the sandbox.
    """
    tell(f"proving your version of {suggestion.id} ...")
    new, result = judged(store, suggestion, version)
    if not result.passed:
        raise _refused(f"your version of {suggestion.id} does not pass in the sandbox", result)
    return new


def prove(store: Store, question: Question, words: Sequence[str] = ()) -> Reproof:
    """What the test, which need not be saved, is worth today."""
    result, outcome = pytest_run.asked(store, question, Reproof, words)
    trouble = outcome.last_line if outcome.late else "it could not be proven: pytest did not start"
    return result or Reproof(trouble=trouble, detail=outcome.end)


def _measured(suggestion: Suggestion, found: Reproof) -> Suggestion:
    """The suggestion with what was found out here in place of its own figures."""
    from pytest_enrich import patch

    proof = replace(
        suggestion.proof,
        lines_gained=found.lines,
        branches_gained=found.branches,
        mutants=found.mutants,
        runs=found.runs,
        duration_ms=round(found.seconds * 1000, 1),
        isolation=found.isolation,
    )
    test = replace(suggestion.test, body_sha256=patch.body_of(patch.as_candidate(suggestion)))
    return replace(suggestion, grade=found.grade, proof=proof, test=test)


def _refused(what: str, found: Reproof) -> RefusedError:
    why = "\n".join(filter(None, (found.trouble, visible_lines(found.detail).strip())))
    return RefusedError(f"{what}: {why}\nNothing of it ran outside the sandbox.\nSee:  pytest-enrich list")


def rehearse(store: Store) -> Rehearsal:
    """How a few existing tests fare where candidates run."""
    rehearsal, outcome = pytest_run.asked(store, None, Rehearsal)
    return rehearsal or Rehearsal(trouble=f"pytest did not start: {outcome.last_line}")
