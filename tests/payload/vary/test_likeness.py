"""Texts that were changed, and what may go of them."""

from __future__ import annotations

import pytest

from pytest_enrich.payload.vary.subject import keeps

OWN = "'SELECT * FROM foo FOR UPDATE'"


@pytest.mark.parametrize(
    ("found", "smaller", "kept"),
    [
        ("'DO 2 * FROM foo FOR UPDATE'", "'DO * FROM foo FOR UPDATE'", True),
        ("'DO * FROM foo FOR UPDATE'", "'DO * FROM foo'", False),
        ("'DO * FROM foo FOR UPDATE'", "'DO'", False),
        ("'DO SELECT * FROM foo FOR UPDATE '", "'DO SELECT * FROM foo FOR UPDATE'", True),
        ("'DO SELECT * FROM foo FOR UPDATE '", "'DO FROM'", False),
        ("'SELECT * FROM foo FOR UPDATE; DO'", "'SELECT * FROM foo FOR UPDATE; D'", True),
        ("'quite another text'", "'text'", True),
        (OWN, "'SELECT'", False),
    ],
)
def test_what_a_long_text_shares_with_that_of_the_author_stays(found, smaller, kept):
    assert keeps(OWN, found, smaller) is kept


@pytest.mark.parametrize(
    ("own", "found", "smaller"),
    [
        ("'abc'", "'abd'", "'d'"),
        ("[1, 2, 3, 4, 5, 6, 7, 8]", "[1, 2, 3, 4, 5, 6, 7, 9]", "[9]"),
        ("12", "13", "3"),
    ],
)
def test_short_texts_and_all_else_may_lose_what_they_do_without(own, found, smaller):
    assert keeps(own, found, smaller)
