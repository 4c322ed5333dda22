"""Candidates that are worth nothing are not kept, and honest ones are: each climbs the whole ladder."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_enrich import validate
from pytest_enrich.data import Dropped, Gap, Kept, NewTest, Origin, Placement, Target
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox
from pytest_enrich.validate.proof import Existing

SHOP = """\
import asyncio
import logging
import os
import warnings
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass
class Item:
    name: str


class Cart:
    def __init__(self, most=3):
        self.items = []
        self.most = most

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.items = []

    def add(self, name):
        if len(self.items) >= self.most:
            self.items.pop(0)
            log.warning("dropped for %s", name)
        self.items.append(name)
        return self


def price(amount, currency="EUR"):
    if amount < 0:
        raise ValueError("negative")
    return f"{amount} {currency}"


def tidy(text):
    if text.startswith(" "):
        text = text.strip()
        text = text.title()
    return text


def save(path, lines):
    if lines:
        path.write_text("\\n".join(lines))
    return path


def report(names):
    if names:
        print(f"{len(names)} names")


def due(day):
    if day.weekday() >= 5:
        day = day + timedelta(days=7 - day.weekday())
    return day


def total(prices):
    if len(prices) > 2:
        return sum(prices) * Decimal("0.9")
    return sum(prices)


def rate():
    return 2


def convert(amount):
    if amount > 100:
        return amount * rate() - 1
    return amount


async def fetch(source):
    if source is None:
        await asyncio.sleep(0)
        return "nothing"
    return source


def old(name):
    if name == "old":
        warnings.warn("use new", DeprecationWarning, stacklevel=2)
        name = "new"
    return name


def home():
    if "SHOP_HOME" in os.environ:
        return Path(os.environ["SHOP_HOME"]) / "shop"
    return Path("shop")


def notify(client, text):
    if text:
        client.send(text.upper(), retries=3)
        return True
    return False


def parse(text):
    try:
        return int(text)
    except ValueError:
        return -1


def words(text):
    for word in text.split():
        if word.isupper():
            yield word.lower()


def point(x, y):
    if x == y:
        return Item("diagonal")
    return Item("other")


def mean(values):
    if not values:
        return None
    return sum(values) / len(values)
"""
FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": SHOP,
    "tests/conftest.py": "import pytest\nfrom shop.cart import Cart\n\n\n"
    "@pytest.fixture\ndef full():\n    return Cart().add('a').add('b').add('c')\n",
    "tests/test_class.py": "import unittest\n\nimport shop.cart\n\n\n"
    "class TestShop(unittest.TestCase):\n    def test_price(self):\n        assert shop.cart.price(1)\n",
}
USUAL = {"pytest": "import pytest", "Path": "from pathlib import Path"}
NAMES = sorted(re.findall(r"^(?:class|def|async def) (\w+)", SHOP, re.MULTILINE))
TEXT = (Path(__file__).parent / "candidates.md").read_text(encoding="utf-8")


class Written(NamedTuple):
    title: str
    text: str

    @property
    def about(self) -> str:
        return self.title.partition(" ")[0]


def written(part: str) -> list[Written]:
    found = re.findall(r"^## (.+)\n((?:    .*\n|\n)+)", part + "\n", re.MULTILINE)
    return [Written(title, textwrap.dedent(text)) for title, text in found]


WORTHLESS, HONEST = map(written, TEXT.split("# Worthless\n")[1].split("# Honest\n"))


def task(name: str, placement: Placement, text: str) -> Task:
    """To close the only gap of a function: what its first decision, or handler, leads to."""
    functions = [node for node in ast.walk(ast.parse(SHOP)) if getattr(node, "name", "") == name]
    kinds = (ast.If, ast.ExceptHandler)
    decision = next(node for node in ast.walk(functions[0]) if isinstance(node, kinds))
    line, lines = decision.lineno, tuple(node.lineno for node in decision.body)
    gap = Gap(
        id="cart-aaaaaaaa",
        path="src/shop/cart.py",
        qualname=name,
        line=line,
        outcome="true",
        text="",
        lines=lines,
        branches=() if isinstance(decision, ast.ExceptHandler) else ((line, lines[0]),),
    )
    target = Target(
        path=gap.path,
        qualname=name,
        module="shop.cart",
        kind="function",
        first_line=functions[0].lineno,
        source="",
        gaps=(gap,),
        placement=placement,
        digest="",
    )
    return Task(target=target, attempts=(), test_text=text, seconds=1.0, executions=1, seed=0, source_text=SHOP)


def judged(one: Written, sandbox: Sandbox, existing: Existing) -> object:
    *imports, test = ast.parse(one.text).body
    code = one.text[one.text.index("@") if test.decorator_list else one.text.index(f"def {test.name}") :]
    used = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    statements = [ast.unparse(node) for node in imports]
    statements += [text for name, text in USUAL.items() if name in used]
    statements += [f"from shop.cart import {name}" for name in NAMES if name in used]
    is_method = code.startswith("def test_it(self")
    path = "tests/test_class.py" if is_method else "tests/test_new.py"
    placement = Placement(path=path, owner="TestShop" if is_method else None, new_file=not is_method)
    candidate = NewTest(
        name="test_it",
        code=code.rstrip() + "\n",
        imports=tuple(statements),
        placement=placement,
        title="",
        look="",
        oracle=(),
        origin=Origin(proposer="forger"),
        gaps=("cart-aaaaaaaa",),
    )
    text = FILES[path] if is_method else ""
    return validate.judge(task(one.about, placement, text), candidate, sandbox, timeout=10.0, existing=existing)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One for all candidates, in the best isolation that there is."""
    root = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    layers = next(iter(isolation.available(root)))
    with closing(ForkserverSandbox(ProcessSandbox(root, layers=layers))) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def existing() -> Existing:
    """What is known of the tests that exist, as in a run."""
    return Existing()


def test_there_are_as_many_as_it_takes():
    assert len(WORTHLESS) >= 60
    assert len(HONEST) >= 40


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no sandbox there")
@pytest.mark.parametrize("one", WORTHLESS, ids=lambda one: one.title)
def test_what_is_worth_nothing_is_not_kept(sandbox, existing, one):
    verdict = judged(one, sandbox, existing)
    assert isinstance(verdict, Dropped)
    assert verdict.rung != "parses"


@pytest.mark.slow
@pytest.mark.parametrize("one", HONEST, ids=lambda one: one.title)
def test_what_is_honest_is(sandbox, existing, one):
    verdict = judged(one, sandbox, existing)
    assert isinstance(verdict, Kept), verdict
    assert verdict.grade in {"good", "strong"}
