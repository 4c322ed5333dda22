"""An existing test as it is read: what may vary in it, and where it looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Hole, Pattern, Placement, Template, Variant
from pytest_enrich.proposers.rows import adding, defaults, kindred, omitting, setting, stand_ins
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.proposers.rows.cases import Cases
from pytest_enrich.proposers.rows.look import Look
from pytest_enrich.proposers.rows.names import Function
from pytest_enrich.proposers.rows.text import Text

Kind: TypeAlias = Literal["row", "example", "sibling"]
KINDS: tuple[Kind, ...] = ("row", "example", "sibling")
"""Best first."""


class Sheet(Struct, frozen=True, kw_only=True):
    """An existing test.

    Attributes:
        kind: What a variant of it becomes: a row of it, an example for it, a sibling beside it.
        text: Of its file.
        function: The test.
        placement: Where it is, itself for an anchor.
        cases: Of the `parametrize` that varies, None for none.
        looks: Where an expected value can be derived anew, in the order of the pattern's points.
        pattern: The test as a job names it.
        is_apart: Whether it takes rows, and is here to make tests beside it of.
    """

    kind: Kind
    text: Text
    function: Function
    placement: Placement
    cases: Cases | None
    looks: tuple[Look, ...]
    pattern: Pattern
    is_apart: bool = False

    @property
    def takes_rows(self) -> bool:
        """Whether a variant can become one more case; where other tests have the list, it becomes theirs, too."""
        return self.kind == "row" or (self.cases is not None and bool(self.cases.sharers))

    def is_of_cases(self, variant: Variant) -> bool:
        """Whether a variant has other values for parameters, and nothing else: it is one more case."""
        return all(self.pattern.holes[at].name for at, _ in variant.values)

    def values(self, variant: Variant) -> tuple[Template, ...]:
        """What a variant has in the place of literals and parameters."""
        pairs = ((self.pattern.holes[at], value) for at, value in variant.values)
        return tuple(value for hole, value in pairs if not hole.adds and not hole.fixture)

    def with_added(self, known: Addable) -> Sheet:
        """The same with what may be given besides, or left out; of a row only a command's words, and keys."""
        worded = (adding.with_words(one, self.function, known) for one in self.pattern.holes)
        keyed = (adding.with_keys(one, self.function, known) for one in worded)
        holes = tuple(defaults.offered(one, self.function, known) for one in keyed)
        if self.kind == "sibling":
            rows = len(self.cases.rows) if self.cases is not None else 1
            holes = (*holes, *(replace(one, values=one.values * rows) for one in self._more(known)))
        return replace(self, pattern=replace(self.pattern, holes=holes))

    def _more(self, known: Addable) -> Iterator[Hole]:
        """Places beside what stands there."""
        yield from adding.holes(self.function, known)
        yield from defaults.holes(self.text, self.function, known)
        yield from kindred.holes(self.text, self.function, known.kin)
        yield from setting.holes(self.function, known)
        yield from stand_ins.holes(self.text.tree, self.placement.owner, self.function, known)
        yield from omitting.holes(self.function)
