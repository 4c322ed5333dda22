"""What is the same for all that is written for one target, whoever thought of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import Gap, Origin, Placement, Target, Template
from pytest_enrich.data.code import Branch
from pytest_enrich.errors import RefusedError
from pytest_enrich.writing import names

LONGEST_LINE = 110
INDENT = "    "


class Renderer(Struct, frozen=True, kw_only=True):
    """Renders what was thought of for one target as code of one test file.

    Attributes:
        target: What is to be tested.
        text: Of the test file; one that cannot be parsed is as good as a new one here.
        placement: Where in it a new test goes.
        origin: Who thinks of it.
        aliases: Shorter names of objects (`Varied.aliases`).
        reserved: Names that no new test may have, besides those of the file's functions.
    """

    target: Target
    text: str
    placement: Placement
    origin: Origin
    aliases: tuple[tuple[str, str], ...] = ()
    reserved: frozenset[str] = frozenset()

    @property
    def bindings(self) -> imports.Bindings:
        """What the names at the file's top level mean."""
        return bindings_of(self.text, self.placement.path)

    @property
    def taken(self) -> frozenset[str]:
        """The names that no new test may have."""
        return names.functions(self.text) | self.reserved

    @property
    def documented(self) -> str:
        """The target's docstring, "" for none."""
        return self.target.docstring or ""

    def closed(self, lines: Collection[int], branches: Collection[Branch]) -> list[Gap]:
        """The gaps that these close at least partly: decisions first, then what is closed as a whole."""
        reached, took = set(lines), set(branches)
        gaps = [gap for gap in self.target.gaps if reached & set(gap.lines) or took & set(gap.branches)]
        return sorted(gaps, key=lambda gap: (not took & set(gap.branches), not reached.issuperset(gap.lines)))

    def resolve(
        self, templates: Iterable[Template], local: Iterable[str] = (), more: Sequence[str] = ()
    ) -> imports.ResolvedAll | None:
        """The templates as the file would write them; None for names that are none.

        Args:
            templates: Lines, or expressions.
            local: The names that are local where they stand.
            more: Import statements that are added anyway.
        """
        bindings = imports.extend(imports.reserve(self.bindings, local), more)
        try:
            resolved = imports.resolve_all(templates, bindings, self.aliases)
        except (ValueError, SyntaxError):
            return None
        return replace(resolved, imports=(*more, *resolved.imports))

    def define(self, name: str, arguments: Iterable[str]) -> str:
        """The `def` of a new test."""
        bound = [] if self.placement.style == "function" else ["self"]
        return f"def {name}({', '.join((*bound, *arguments))}):"


def bindings_of(text: str, path: str) -> imports.Bindings:
    """What the names at the top level of a file mean; one that cannot be read is as good as a new one."""
    try:
        return imports.read(text, ".".join(path.split("/")[:-1]))
    except (RefusedError, SyntaxError, ValueError, RecursionError):
        return imports.Bindings()


def is_readable(codes: Iterable[str]) -> bool:
    """Whether all lines are short enough."""
    return all(len(line) <= LONGEST_LINE for code in codes for line in code.splitlines())


def indented(codes: Iterable[str]) -> list[str]:
    """The lines of these as they stand in a function."""
    return [f"{INDENT}{line}" for code in codes for line in code.splitlines()]
