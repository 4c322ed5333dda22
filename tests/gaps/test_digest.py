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


def test_the_same_test_under_another_name_has_the_same_body():
    one = "@mark\ndef test_a(tmp_path):\n    assert f(1) == 2\n"
    assert gaps.body_digest(one) == gaps.body_digest(one.replace("test_a", "test_b"))
    assert gaps.body_digest(one) != gaps.body_digest(one.replace("2", "3"))


def test_an_async_test_has_a_body_too():
    one = "async def test_a():\n    assert await f()\n"
    assert gaps.body_digest(one) == gaps.body_digest(one.replace("test_a", "test_b"))


def test_a_body_that_is_not_python_counts_as_it_stands():
    assert gaps.body_digest("def (") == gaps.tokens_digest("def (")
