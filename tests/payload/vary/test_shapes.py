from __future__ import annotations

import pytest

from pytest_enrich.payload.vary.values import emptied


@pytest.mark.parametrize(
    ("template", "less"),
    [
        (
            "{'items': ['a', 'b'], 'unit': 'x'}",
            ["{'items': [], 'unit': 'x'}", "{'unit': 'x'}", "{'items': ['a', 'b']}"],
        ),
        ("[[1], (2, 3)]", ["[[], (2, 3)]", "[[1], ()]"]),
        ("[1, 2]", []),
        ("'a'", []),
        ("[⟨m:f⟩(1)]", []),
        ("[(", []),
    ],
)
def test_one_part_after_the_other_is_empty_or_left_out(template, less):
    assert emptied(template) == less
