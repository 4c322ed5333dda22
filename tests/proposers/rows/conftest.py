from __future__ import annotations

import textwrap

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Sighting, Variant, Varied, Vary
from pytest_enrich.proposers.rows import RowsProposer


def variant(*values, seen=(), line=0, **changes):
    """A variant whose first holes have these values; `seen` are what the points give, in order."""
    plain = Variant(
        pattern=0,
        row=0,
        values=tuple(enumerate(values)),
        branches=((3, 4),),
        reached=(4,),
        place=(line, 0, 0, 0),
        seen=tuple(Sighting(point=at, value=value) for at, value in enumerate(seen)),
    )
    return replace(plain, **changes)


def once(answer):
    """The answer to a job; nothing where its tests are asked about again, to make others beside them of."""
    known = set()

    def answered(job):
        names = {pattern.nodeid for pattern in job.patterns}
        again = not job.offered and names <= known
        known.update(names)
        return Varied(variants=(), executions=0) if again else answer

    return answered


@pytest.fixture
def rows(fakes):
    """The candidates for `discount`, from variants of tests of a file with this text, and the sandbox asked."""

    def rows(text, *variants, names=("test_discount",), answer=None, source="", **changes):
        text = textwrap.dedent(text).lstrip("\n")
        near = tuple(NearTest(nodeid=f"{fakes.TESTS}::{name}", shared=2) for name in names)
        script = answer if isinstance(answer, list) else once(answer or Varied(variants=variants, executions=9))
        sandbox = fakes.ScriptedSandbox({Vary: script})
        plain = {"nearest": near, **({"source": source} if source else {})}
        target = replace(fakes.target(), **{**plain, **changes})
        task = replace(fakes.task(text=text), target=target, source_text=source)
        proposer = RowsProposer(sandbox, lambda path: text if path == fakes.TESTS else "")
        return list(proposer.propose(task)), sandbox

    return rows
