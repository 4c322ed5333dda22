"""Two tests of one function as one, where that stays short: one thing to review instead of two."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import NewTest, Oracle
from pytest_enrich.protocols import Task
from pytest_enrich.writing import names, questions, style

MAKER = "search"
MOST_LINES = 8
MORE = re.compile(r", and (\d+) more$")
RAISES = "raises "
DEFINED = re.compile(r"def test\w*\(")
PLAIN = ("():", "(self):")


def join(task: Task, first: NewTest, second: NewTest) -> NewTest | None:
    """Both as one test, what only raises last; None where they are better left apart.

    Values and exceptions stay apart where the tests of the file keep them so.

    Args:
        task: What both were made for.
        first: A test that search found before.
        second: One whose origin the joined test has.
    """
    above, below = sorted((_Part.of(first), _Part.of(second)), key=lambda part: not part.gives)
    raised = tuple(dict.fromkeys(above.raised + below.raised))
    is_mixed = above.gives and bool(raised)
    question = _question(above, below, raised)
    if (
        question is None
        or not above.may_be_with(below)
        or (is_mixed and style.keeps_exceptions_apart(task.test_text))
    ):
        return None
    options = [names.stem(above.subject, () if above.gives else raised), above.test.name]
    taken = names.functions(task.test_text) | names.kept(task)
    name = names.free(options, taken - {first.name, second.name})
    return replace(
        _one_behind_the_other(above, below, name),
        title=f"{MORE.sub('', above.test.title)}, and {above.more + below.more + 1} more",
        look=question,
        origin=second.origin,
        gaps=tuple(dict.fromkeys((*first.gaps, *second.gaps))),
    )


def _question(above: _Part, below: _Part, raised: Sequence[str]) -> str | None:
    """The question of both; None where a docstring promises what one of them states, and not the other's alike."""
    if above.is_documented or below.is_documented:
        return questions.about_documented(above.test.look, below.test.look)
    return questions.about_both(raised, gives=above.gives)


def _one_behind_the_other(above: _Part, below: _Part, name: str) -> NewTest:
    """The first with the lines of the second; a coroutine where one of them is."""
    header = [DEFINED.sub(f"def {name}(", line) for line in max(above, below, key=lambda part: part.awaits).header]
    return replace(
        above.test,
        name=name,
        code="".join(f"{line}\n" for line in (*header, *above.body, *below.body)),
        imports=tuple(dict.fromkeys((*above.test.imports, *below.test.imports))),
        oracle=(*above.oracle(len(header)), *below.oracle(len(header) + len(above.body))),
    )


class _Part(Struct, frozen=True, kw_only=True):
    """One of the two: its lines down to the `def`, those of its body, and the exceptions that it expects.

    `gives` says whether it states anything else.
    """

    test: NewTest
    header: Sequence[str]
    body: Sequence[str]
    raised: tuple[str, ...]
    gives: bool

    @classmethod
    def of(cls, test: NewTest) -> _Part:
        lines = test.code.splitlines()
        starts = (at for at, line in enumerate(lines, 1) if line.startswith(("def ", "async def ")))
        start = next(starts, 0)
        raised = [oracle.what.removeprefix(RAISES) for oracle in test.oracle if oracle.what.startswith(RAISES)]
        return cls(
            test=test,
            header=lines[:start],
            body=lines[start:],
            raised=tuple(raised),
            gives=len(raised) < len(test.oracle),
        )

    @property
    def subject(self) -> str:
        """What it is about, as its title says."""
        return self.test.title.partition(": ")[0]

    @property
    def more(self) -> int:
        """How many more things it states than its title says."""
        match = MORE.search(self.test.title)
        return int(match[1]) if match else 0

    def may_be_with(self, other: _Part) -> bool:
        """Whether both are about the same, and short together."""
        return (
            self.test.origin.proposer == other.test.origin.proposer == MAKER
            and (self.subject, *self._place) == (other.subject, *other._place)
            and self._may_run_with(other)
            and len(self.body) + len(other.body) <= MOST_LINES
        )

    @property
    def is_documented(self) -> bool:
        """Whether a docstring promises anything that it states."""
        return any(oracle.source == "docstring" for oracle in self.test.oracle)

    @property
    def awaits(self) -> bool:
        """Whether it is a coroutine."""
        return self.header[-1:] != [] and self.header[-1].startswith("async ")

    @property
    def _place(self) -> tuple[str, str | None]:
        return self.test.placement.path, self.test.placement.owner

    def _may_run_with(self, other: _Part) -> bool:
        """Whether what runs one of them may run both: a coroutine may do what no coroutine does."""
        first, second = sorted((self, other), key=lambda part: part.awaits)
        is_bare = second.awaits and not first.awaits and len(first.header) == 1
        return self._is_plain and other._is_plain and (is_bare or first.way == second.way)

    @property
    def way(self) -> list[str]:
        """How it is decorated and defined."""
        return [DEFINED.sub("def (", line) for line in self.header]

    @property
    def _is_plain(self) -> bool:
        """Whether it needs neither a fixture nor a function of its own, of which there would be two then."""
        return self.header[-1:] != [] and self.header[-1].endswith(PLAIN) and "def " not in "\n".join(self.body)

    def oracle(self, above: int) -> tuple[Oracle, ...]:
        """Where its expected values come from, with so many lines above its body."""
        by = above - len(self.header)
        return tuple(replace(oracle, line=oracle.line + by, look=True) for oracle in self.test.oracle)
