"""What is kept of a message that is not the same in every run."""

from __future__ import annotations

import pytest

from pytest_enrich.payload.express import steady


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("'a' is no port", "'a' is no port"),
        ("", ""),
        ("no plugin 'a' at <app.Plugin object at 0x7f5130cc2bd0> here", "no plugin 'a' at"),
        ("<app.Plugin object at 0x7f5130cc2bd0> is unknown", ""),
        ("cannot read '/tmp/tmpab12/a.toml': no such file", "cannot read"),
        ("File '/tmp/a' is empty", ""),
        ("two lines\nand the second has 0x7f5130cc2bd0", "two lines\nand the second has"),
        ("[Errno 39] Directory not empty: '/dir'", "Directory not empty: '/dir'"),
    ],
)
def test_a_message_is_kept_up_to_what_differs_where_that_says_something(message: str, kept: str) -> None:
    assert steady(message) == kept
