from __future__ import annotations

from pytest_enrich import gaps

DIGEST = "abcaa53be424805341e645b56f78fe954d18579e74db61e5a250686cadb8f64a"


def test_comments_and_spacing_do_not_change_a_digest():
    assert gaps.tokens_digest("def f(x):\n    return x+1\n") == gaps.tokens_digest(
        "def f( x ):  # add\n\n  return x + 1"
    )


def test_logic_changes_a_digest():
    assert gaps.tokens_digest("def f(x): return x + 1") != gaps.tokens_digest("def f(x): return x + 2")


def test_words_do_not_run_together():
    assert gaps.tokens_digest("not a") != gaps.tokens_digest("nota")


def test_text_that_is_not_python_counts_as_it_stands():
    assert gaps.tokens_digest("(((") != gaps.tokens_digest("((")


def test_a_digest_is_the_same_on_every_python():
    assert gaps.tokens_digest("f'{a!r:>{w}}{{ {b} }}'\n") == DIGEST
