"""What people decided, and what the machine has finished: lines that are only ever appended.

A suggestion's state is folded from its decisions; nothing stores it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.attempts import Attempt
from pytest_enrich.data.code import Gap

Verb: TypeAlias = Literal["accept", "reject", "undo", "stale", "closed"]
"""``accept``, ``reject`` and ``undo`` are a person's; ``stale`` (its code changed) and ``closed`` (another test
closed the gap meanwhile) are noted by a run."""

State: TypeAlias = Literal["pending", "accepted", "rejected", "stale", "closed"]

Scope: TypeAlias = Literal["idea", "gap", "function", "file"]
"""How much a rejection turns down: this test body, any test for this gap, for this function, for this file."""

Reason: TypeAlias = Literal["wrong", "trivial", "duplicate", "style", "flaky", "generated", "other"]


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of `decisions.jsonl`.

    Attributes:
        id: The suggestion's.
        verb: What was decided.
        body: `test.body_sha256` of the suggestion: another idea for the same gap is a new decision.
        at: When, UTC, ISO 8601.
        path: The test file that changes with it, relative to rootdir, "" for none.
        before, after: sha256 of that file's bytes before and after, "" for no file.
        imports: Of an accept: the import statements that the file did not have before it.
        reason, scope, note: Of a rejection.
        why: Of an undo: a person `asked`, the tests were `red`, the accept was `interrupted`, or a run made
            the same test `again`.
        edited: Of an accept: whether a person had changed the test before.
        seconds: How long a person looked before deciding, where that was measured; it never leaves the folder.
    """

    id: str
    verb: Verb
    body: str
    at: str
    path: str = ""
    before: str = ""
    after: str = ""
    imports: tuple[str, ...] = ()
    reason: Reason = "other"
    scope: Scope = "idea"
    note: str = ""
    why: Literal["", "asked", "red", "interrupted", "again"] = ""
    edited: bool = False
    seconds: float | None = None


class Attempted(Struct, frozen=True, kw_only=True, tag="attempt"):
    """A line of `.cache/state.jsonl`: a candidate was tried."""

    attempt: Attempt


class Finished(Struct, frozen=True, kw_only=True, tag="finished"):
    """A line of `.cache/state.jsonl`: nothing more is tried for this gap until its function changes.

    Attributes:
        gap: The gap.
        digest: `Target.digest` of its function.
        proposer: Who is finished with it, several with commas (`rows,search`; a model's with its digest).
        outcome: What came of it in a word that can be counted (`suggested`, `nothing found`, `weak only`).
        detail: The reason a person would want to know, one line.
    """

    gap: Gap
    digest: str
    proposer: str
    outcome: str
    detail: str = ""


Line: TypeAlias = Attempted | Finished
