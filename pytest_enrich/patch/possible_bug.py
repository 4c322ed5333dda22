"""A possible bug as a file that runs."""

from __future__ import annotations

from pytest_enrich.data import PossibleBug
from pytest_enrich.imports import merge
from pytest_enrich.patch.render import BEGIN, END
from pytest_enrich.patch.words import one_line, without_cookie


def render_bug(bug: PossibleBug) -> str:
    """`suggestion_<id>.py` of a possible bug: the test of what is promised, which fails."""
    facts = [
        f"pytest-enrich possible bug {bug.id}. NOT REVIEWED. This test fails.",
        f"says    {bug.path}:{bug.contract_line} {one_line(bug.contract)}",
        f"does    {one_line(bug.observed)}",
        f"keep    pytest-enrich xfail {bug.id}   (into {bug.target.path}, as known to fail)",
        f"no bug  pytest-enrich reject {bug.id} --reason wrong",
    ]
    head = "".join(f"# {without_cookie(one_line(fact))}\n" for fact in facts)
    imports = merge("", list(bug.test.imports))
    return f"{head}{imports}\n\n{BEGIN}\n{bug.test.code.rstrip()}\n{END}\n"
