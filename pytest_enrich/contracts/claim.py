"""One promise of a docstring, and what is seen instead."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.data import Promise, Template


class Claim(Struct, frozen=True, kw_only=True):
    """A promise that can be put to the test.

    Attributes:
        path, module, qualname, line: The function, and where it starts.
        promise: What kind it is.
        quote: The words, as they stand in the docstring; lines joined by line ends.
        quote_line: The line of the source file on which they begin.
        setup: Statements before the call.
        action: The call, an expression.
        expected: A literal, an exception's class or a type's name.
        refuses: Of an exception: the argument, how it is compared (`<`, `is`, `empty`, ...), and with what.
    """

    path: str
    module: str
    qualname: str
    line: int
    promise: Promise
    quote: str
    quote_line: int
    action: Template
    expected: Template
    setup: tuple[Template, ...] = ()
    refuses: tuple[str, str, str] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it another promise: spacing does not."""
        return (self.qualname, self.promise, " ".join(self.quote.split()))


class Broken(Struct, frozen=True, kw_only=True):
    """A claim that the code does not keep: what it did each time, and in which ways it was run."""

    claim: Claim
    observed: str
    runs: tuple[str, ...] = ()
