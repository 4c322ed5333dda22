"""A possible bug, as it stands in `bug.json` (schema `pytest-enrich/bug/1`): code that does not do what it says.

It is no suggestion: nobody is asked to put a test into the suite that states what the code does wrong.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.suggestion import MadePart, TargetPart, TestPart

BUG_SCHEMA = "pytest-enrich/bug/1"

Promise: TypeAlias = Literal["example", "raises", "returns", "value"]
"""What a docstring promises: an example's value, an exception, a type, or (a model expected it, too) a value."""


class PossibleBug(Struct, frozen=True, kw_only=True):
    """A promise that the code does not keep.

    Attributes:
        id: As a gap's, of the function and of what it promises: moved lines do not change it.
        title: What happens, in words (`refund: ZeroDivisionError`).
        path, qualname, line: The function and where it starts.
        promise: What kind of promise it is.
        contract: The words of the docstring, as they stand there.
        contract_line: The line of the source file on which they begin.
        also: The lines of other examples of that docstring with which it is the same.
        call: What was called, as the reproduction writes it.
        observed: What it did, each time (`returned 4`, `raised ZeroDivisionError in orders.py:61`).
        runs: The ways in which it was run.
        target: Where an `xfail` test would go.
        test: A short test of what is promised; it fails.
        mark, mark_imports: The decorator that makes it one that is known to fail, and what that needs besides.
        proposer: Who found it (`docstring`, or the proposer whose test it was).
        made: When and with what.
        seal: On which machine, as a suggestion's.
    """

    schema: str = BUG_SCHEMA
    id: str
    title: str
    path: str
    qualname: str
    line: int
    promise: Promise
    contract: str
    contract_line: int
    also: tuple[int, ...] = ()
    call: str
    observed: str
    runs: tuple[str, ...]
    target: TargetPart
    test: TestPart
    mark: str
    mark_imports: tuple[str, ...] = ()
    proposer: str
    made: MadePart
    seal: str = ""
