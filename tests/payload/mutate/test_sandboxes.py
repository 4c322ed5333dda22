"""A fork of the process that has pytest configured says the same as a fresh one."""

import textwrap
from contextlib import closing

import pytest
from msgspec import field

from pytest_enrich.data import Answered, Job, Mutate, Mutated, Program
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

SOURCE, PATH = "src/shop/cart.py", "tests/test_new.py"
BODIES = """
def test_new():
    cart = Cart(most=1).add("pen")
    assert cart.items == ["pen"]
    assert cart.drain() == []


def test_new__1():
    assert Cart(most=1).add("pen").items == ["pen"]


def test_new__2():
    assert Cart(most=1).add("pen").drain() == []
"""
LATE = BODIES.replace("():\n", "():\n    from shop.cart import Cart\n\n")


IMPORTED = "import sys\nsys.path.insert(0, 'src')\nimport shop.cart\n"
CHANGED = ("def __init__", "if len(", "self.items.append", "self.items.pop()")


class Counting(ProcessSandbox, frozen=True):
    """Notes the jobs that it does itself."""

    jobs: list[Job] = field(default_factory=list)

    def execute(self, job, *, timeout):
        self.jobs.append(job)
        return super().execute(job, timeout=timeout)


@pytest.mark.parametrize(
    ("conftest", "text"),
    [
        pytest.param("", f"from shop.cart import Cart\n\n{BODIES}", id="imported at the top"),
        pytest.param("", LATE, id="imported by the test"),
        pytest.param(IMPORTED, LATE, id="imported by a conftest"),
    ],
)
def test_both_sandboxes_give_the_same_fates(shop, mutate, conftest, text):
    (shop / "conftest.py").write_text(conftest)
    fresh = Counting(shop)
    job = asked(shop, mutate, text, CHANGED)
    with closing(ForkserverSandbox(fresh)) as forks:
        answers = [one.execute(job, timeout=240) for one in (fresh, forks)]
        assert forks.notes == ()
    one, other = (execution.answer for execution in answers if isinstance(execution, Answered))
    assert isinstance(one, Mutated)
    assert one == other
    assert {fate.fate for fate in one.fates} == {"killed", "survived", "timeout"}
    assert any(fate.parts for fate in one.fates)
    assert any(fate.killed_before for fate in one.fates)
    assert any(fate.alike for fate in one.fates)


@pytest.mark.parametrize(
    ("changed", "jobs"),
    [
        pytest.param(CHANGED[1:], 1, id="in functions"),
        # What a parameter is by default, the class knows since it was imported.
        pytest.param(CHANGED, 2, id="where something ran when it was imported"),
    ],
)
def test_a_fork_changes_functions_that_a_conftest_imported(shop, mutate, changed, jobs):
    (shop / "conftest.py").write_text(IMPORTED)
    fresh = Counting(shop)
    job = asked(shop, mutate, LATE, changed)
    with closing(ForkserverSandbox(fresh)) as forks:
        one, other = (sandbox.execute(job, timeout=240) for sandbox in (fresh, forks))
    assert isinstance(one, Answered)
    assert isinstance(other, Answered)
    assert one.answer == other.answer
    assert len(fresh.jobs) == jobs


def asked(shop, mutate, text: str, changed: tuple[str, ...]) -> Mutate:
    lines = (shop / SOURCE).read_text().splitlines()
    made = mutate.made(shop, *(at for at, line in enumerate(lines, 1) if line.strip().startswith(changed)))
    return Mutate(
        path=PATH,
        text=textwrap.dedent(text),
        tests=(f"{PATH}::test_new",),
        parts=(f"{PATH}::test_new__1", f"{PATH}::test_new__2"),
        corpus=(Program(lines=(), action="⟨shop.cart:Cart⟩().add('pen').items"),),
        others=("tests/test_cart.py::test_add",),
        contested=tuple(one.id for one in made),
        source=SOURCE,
        source_text=(shop / SOURCE).read_text(),
        mutants=made,
        budget=120.0,
    )
