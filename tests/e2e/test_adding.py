"""Existing tests that are given more: keys for what a client sends."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-with=rows", "--enrich-max=0", "--enrich-budget=4000x", "-q")
SERVER = """\
PRICES = {"tea": 4, "jam": 6}


def order(data):
    if not data["items"]:
        return 400, {"error": "nothing ordered"}
    total = sum(PRICES[item] for item in data["items"])
    if "coupon" in data:
        total -= 1
    if data.get("express"):
        total += 5
    return 200, {"total": total}
"""
TESTS = """\
from concurrent.futures import ThreadPoolExecutor

import pytest

from server import order


@pytest.fixture
def send():
    with ThreadPoolExecutor(1) as pool:
        yield lambda data: pool.submit(order, data).result()


def test_order(send):
    status, body = send({"items": ["tea", "jam"]})
    assert status == 200
    assert body == {"total": 10}
"""
FILES = {
    "src/server.py": SERVER,
    "tests/test_shop.py": TESTS,
    "pytest.ini": "[pytest]\npythonpath = src\n",
}


@pytest.fixture(scope="module")
def enriched(tmp_path_factory):
    """The project after a run, and how that ended."""
    from tests.e2e.conftest import written

    project = written(tmp_path_factory.mktemp("adding"), FILES)
    return project, project.run(*ENRICH)


def bodies(project, qualname):
    """What is suggested for a function, without its `def`."""
    codes = (code[1:] for gap, code in project.suggested() if gap["qualname"] == qualname)
    return sorted([line.strip() for line in code] for code in codes)


def test_what_a_client_sends_gets_the_keys_that_the_code_looks_up(enriched):
    project, ended = enriched
    assert ended.status == 0, ended.text
    assert [(body[0], body[-1]) for body in bodies(project, "order")] == [
        ('status, body = send({"items": ["tea", "jam"], "coupon": "a"})', 'assert body == {"total": 9}'),
        ('status, body = send({"items": ["tea", "jam"], "express": True})', 'assert body == {"total": 15}'),
        ('status, body = send({"items": []})', 'assert body == {"error": "nothing ordered"}'),
    ]
