"""What forgers claim is not believed."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

import pytest

from pytest_enrich import validate
from pytest_enrich.data import Dropped, Gap, NewTest, Origin, Placement, Target
from pytest_enrich.protocols import Task

SANDBOXES = tuple(
    f"{kind}+{layers}"
    for kind in ("process", "forkserver")
    for layers in ("landlock+seccomp", "bwrap+landlock+seccomp")
)
FORGERS = (Path(__file__).parent / "programs.md").read_text(encoding="utf-8").split("# Forgers\n")[1]
PROGRAMS = {
    tries: textwrap.dedent(text)
    for tries, text in re.findall(r"^## (.+)\n((?:    .*\n|\n)+)", FORGERS, re.MULTILINE)
}
GAP = Gap(
    id="cart-aaaaaaaa",
    path="src/shop/cart.py",
    qualname="price",
    line=17,
    outcome="true",
    text="if amount < 0:",
    lines=(18,),
    branches=((17, 18),),
)
PLACE = Placement(path="tests/test_new.py", new_file=True)
TASK = Task(
    target=Target(
        path="src/shop/cart.py",
        qualname="price",
        module="shop.cart",
        kind="function",
        first_line=15,
        source="",
        gaps=(GAP,),
        placement=PLACE,
        digest="",
    ),
    attempts=(),
    test_text="",
    seconds=1.0,
    executions=1,
    seed=0,
)


def candidate(text: str) -> NewTest:
    body = ast.parse(text).body
    imports = tuple(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    code = ast.get_source_segment(text, body[-1]) + "\n"
    return NewTest(
        name="test_it",
        code=code,
        imports=imports,
        placement=PLACE,
        title="",
        look="",
        oracle=(),
        origin=Origin(proposer="forger"),
        gaps=(GAP.id,),
    )


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", SANDBOXES, indirect=True)
@pytest.mark.parametrize("tries", PROGRAMS, ids=lambda tries: re.sub(r"\W+", "-", tries))
def test_a_forger_is_not_kept(sandbox, tries):
    verdict = validate.judge(TASK, candidate(PROGRAMS[tries]), sandbox, timeout=20)

    assert isinstance(verdict, Dropped), verdict
