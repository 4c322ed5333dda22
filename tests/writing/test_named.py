"""Names of tests: `named.jsonl` has situations that tests of released projects are in, a line each.

`human` is what people called the test, `before` what it was called when names said which branch was taken, and
`after` what it is called now. Where rules change, `python tests/writing/test_named.py` writes the names anew: read
the difference.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from pytest_enrich.data import Observation
from pytest_enrich.writing import names
from pytest_enrich.writing.cases import Case

FILE = Path(__file__).with_name("named.jsonl")
BRANCH = re.compile(r"_(after_\w+_error|is_not_none|is_none_(and|or)_\w+|not_[a-z]+_or_\w+)$|_\d+$")
"""What no name says: a branch of the source, or nothing but a number."""


class Named(Struct, frozen=True, kw_only=True, omit_defaults=True):
    project: str
    human: str
    before: str
    after: str
    place: str
    subject: str
    text: str = ""
    outcome: str = ""
    docstring: str = ""
    parameters: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    arguments: dict[str, str] = {}
    seen: Observation

    @property
    def now(self):
        case = Case(
            subject=self.subject,
            seen=self.seen,
            text=self.text,
            outcome=self.outcome,
            docstring=self.docstring,
            parameters=self.parameters,
            optional=self.optional,
            arguments=self.arguments,
        )
        return names.of(case, names.subjects(self.subject, self.place), frozenset())


NAMED = [msgspec.json.decode(line, type=Named) for line in FILE.read_bytes().splitlines()]


@pytest.mark.parametrize("named", NAMED, ids=lambda named: f"{named.project}-{named.human}")
def test_it_is_named_so(named):
    assert named.now == named.after


def test_there_are_many():
    assert len({(named.project, named.human) for named in NAMED}) >= 100


def test_no_name_says_which_branch_is_taken_or_ends_with_a_number():
    assert [named.after for named in NAMED if BRANCH.search(named.after)] == []


def test_most_names_say_more_than_what_is_called():
    bare = [named for named in NAMED if named.after in {f"test_{each}" for each in _subjects(named)}]
    assert len(bare) <= len(NAMED) // 4


def test_names_share_more_words_with_those_that_people_gave_than_they_did():
    def shared(name):
        return sum(len(_words(named.human) & _words(getattr(named, name))) for named in NAMED)

    def said(name):
        return sum(len(_words(getattr(named, name))) for named in NAMED)

    assert shared("after") / said("after") > 1.3 * shared("before") / said("before")


def _subjects(named):
    return names.subjects(named.subject, named.place)


def _words(name):
    return {*name.split("_")} - {"test"}


if __name__ == "__main__":
    lines = [msgspec.json.encode({**msgspec.to_builtins(named), "after": named.now}) for named in NAMED]
    FILE.write_bytes(b"".join(line + b"\n" for line in lines))
