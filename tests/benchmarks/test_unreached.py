from __future__ import annotations

import unreached
from unreached import Block

MODULE = '''\
"""A shop."""

from __future__ import annotations


def total(prices):
    """Their sum."""
    if not prices:
        return 0
    elif len(prices) == 1:
        return prices[0]
    else:
        return sum(prices)


def stated():
    """Nothing else is in it."""


FREE = total([])
"""The price of nothing."""


class Cart:
    size = 1

    def add(self, name):
        for one in name:
            self.last = one
'''


def entered(tmp_path, *calls: str) -> set[str]:
    """The blocks that are noted while these calls run."""
    file = tmp_path / "entered.txt"
    found = [*unreached.blocks_of(MODULE, "shop.py")]
    names: dict[str, object] = {}
    exec(unreached.noting(MODULE, found, 0, file), names)
    for call in calls:
        eval(call, names)
    numbers = file.read_text().split() if file.exists() else []
    return {f"{found[int(number)].where}:{found[int(number)].first}" for number in numbers}


def test_a_module_that_is_imported_enters_what_it_calls(tmp_path):
    assert entered(tmp_path) == {"total:8", "total:9"}


def test_a_branch_that_is_taken_is_noted_though_elif_is_no_block_of_its_own(tmp_path):
    assert entered(tmp_path, "total([2])", "total([2, 3])") == {"total:8", "total:9", "total:11", "total:13"}


def test_a_block_is_noted_once(tmp_path):
    entered(tmp_path, "total([])", "total([])")
    assert (tmp_path / "entered.txt").read_text().split() == ["0", "1"]


def test_methods_are_known_by_their_class(tmp_path):
    assert entered(tmp_path, "Cart().add('a')") >= {"Cart.add:28", "Cart.add:29"}


def test_of_nested_blocks_the_outermost_is_shown():
    inner, outer = (
        Block(path="a.py", where="f", first=first, last=last, indent=4) for first, last in ((3, 4), (2, 9))
    )
    other = Block(path="b.py", where="g", first=3, last=4, indent=4)
    assert unreached.outermost([other, inner, outer]) == [outer, other]
