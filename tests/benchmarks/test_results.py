from __future__ import annotations

from argparse import Namespace

import command
import msgspec
import pytest
from results import Outcome, Results


class Size(Outcome, frozen=True, kw_only=True):
    size: int = 0


def given(*, again=False, at_once=1):
    return Namespace(again=again, at_once=at_once)


def told(one):
    return f"{one.size} tests"


@pytest.fixture
def kept(tmp_path):
    return Results(tmp_path, "sizes", Size)


@pytest.fixture
def asked():
    return []


@pytest.fixture
def action(asked):
    def measure(name):
        asked.append(name)
        if name == "broken":
            raise command.CommandError("no such command")
        return Size(name=name, size=len(name))

    return measure


def test_what_was_measured_is_not_measured_again(kept, action, asked):
    kept.measure(["cart"], action, told, given())
    found = kept.measure(["cart", "shop"], action, told, given())

    assert asked == ["cart", "shop"]
    assert found == [Size(name="cart", size=4), Size(name="shop", size=4)]


def test_it_is_measured_again_when_asked(kept, action, asked):
    for again in (False, True):
        kept.measure(["cart"], action, told, given(again=again))

    assert asked == ["cart", "cart"]


def test_one_that_fails_is_told_and_the_others_go_on(kept, action, capsys):
    found = kept.measure(["broken", "cart"], action, told, given())

    assert found == [Size(name="broken", error="no such command"), Size(name="cart", size=4)]
    assert capsys.readouterr().out == "broken: no such command\ncart: 4 tests\n"


def test_a_failure_is_not_kept(kept, action, asked):
    for _ in range(2):
        kept.measure(["broken"], action, told, given())

    assert asked == ["broken", "broken"]


def test_results_come_in_the_order_of_the_names_when_two_are_measured_at_once(kept, action):
    names = ["one", "two", "three", "four"]

    assert [one.name for one in kept.measure(names, action, told, given(at_once=2))] == names


def test_the_table_of_a_run_has_earlier_projects_too(kept, action, tmp_path):
    names = ["cart", "shop"]
    for name in names:
        found = kept.measure([name], action, told, given())
        printed = kept.keep(names, found, lambda several: ", ".join(one.name for one in several), "a machine")

    assert "a machine\n\nshop\n" in printed
    assert (tmp_path / "sizes.md").read_text(encoding="utf-8") == "a machine\n\ncart, shop\n"
    written = msgspec.json.decode((tmp_path / "sizes.json").read_bytes(), type=list[Size])
    assert [one.name for one in written] == names
