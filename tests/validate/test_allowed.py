"""What a candidate may not name, however it spells it."""

from __future__ import annotations

import pytest

from pytest_enrich.data import NewTest, Origin, Placement, Target
from pytest_enrich.protocols import Task
from pytest_enrich.validate import check

PLACE = Placement(path="tests/test_new.py", new_file=True)
TASK = Task(
    target=Target(
        path="shop.py",
        qualname="price",
        module="shop",
        kind="function",
        first_line=1,
        last_line=2,
        source="",
        gaps=(),
        placement=PLACE,
        digest="",
    ),
    attempts=(),
    test_text="",
    seconds=1.0,
    executions=1,
    seed=0,
)


def fault(imports: tuple[str, ...], statement: str) -> str:
    candidate = NewTest(
        name="test_it",
        code=f"def test_it(value):\n    {statement}\n    assert value == 1\n",
        imports=imports,
        placement=PLACE,
        title="",
        look="",
        oracle=(),
        origin=Origin(proposer="fake"),
        gaps=(),
    )
    found = check.text(TASK, candidate)
    return found.reason if found is not None and found.rung == "allowed" else ""


@pytest.mark.parametrize(
    ("imports", "statement"),
    [
        (("import os",), "os._exit(0)"),
        (("import os as o",), "o._exit(0)"),
        (("from os import _exit",), "_exit(0)"),
        (("from os import _exit as leave",), "leave(0)"),
        (("import os",), "getattr(os, '_exit')(0)"),
        (("import os",), "getattr(os, '_ex' + 'it')(0)"),
        (("import sys",), "setattr(sys, value, None)"),
        (("import sys",), "sys.modules['os']._exit(0)"),
        (("import sys",), "sys._getframe()"),
        ((), "value.__class__.__subclasses__()"),
        ((), "value.__globals__"),
        ((), "__builtins__['exec']('')"),
        ((), "value.f_back"),
        (("from operator import attrgetter",), "attrgetter('_exit')"),
        (("import importlib",), "importlib.import_module('ct' + 'ypes')"),
        (("import gc",), "gc.get_objects()"),
        (("from ctypes import CDLL",), "CDLL(None)"),
        (("import atexit",), "atexit.register(print)"),
    ],
)
def test_ways_to_what_runs_the_test_are_refused(imports, statement):
    assert fault(imports, statement)


@pytest.mark.parametrize(
    ("imports", "statement"),
    [
        (("import os",), "os.environ['A'] = os.path.join('a', 'b')"),
        ((), "assert getattr(value, 'real') == hasattr(value, 'imag')"),
        (("from os import path",), "path.exists('a')"),
        (("import importlib", "import shop"), "importlib.reload(shop)"),
        ((), "assert value.__dict__ == {} and value.__class__.__name__"),
    ],
)
def test_what_honest_tests_do_is_not(imports, statement):
    assert fault(imports, statement) == ""
