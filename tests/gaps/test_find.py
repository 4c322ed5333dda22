from __future__ import annotations

import pytest

from pytest_enrich import gaps


def test_a_branch_never_taken_is_the_true_outcome_of_its_if(found):
    assert found("""\
        def f(x):
            if x:
                return 1  # miss
            return 2
        """) == [("true", "if x:", (3,))]


def test_what_follows_an_early_return_waits_for_the_false_outcome(found):
    assert found("""\
        def f(x):
            if x:
                return 1
            y = x + 1  # miss
            return y  # miss
        """) == [("false", "if x:", (4, 5))]


def test_a_branch_without_lines_of_its_own_is_a_gap(found):
    source = """\
        def f(x):
            if x:
                x = 1
            return x
        """
    assert found(source, untaken=((2, 4),)) == [("false", "if x:", ())]


def test_a_function_never_called_is_entered_and_its_decisions_are_gaps_of_their_own(found):
    assert found("""\
        def f(x):
            x += 1  # miss
            if x:  # miss
                return 1  # miss
            return 2  # miss
        """) == [("entered", "def f(x):", (2, 3)), ("false", "if x:", (5,)), ("true", "if x:", (4,))]


def test_each_elif_has_its_own_outcomes(found):
    assert found("""\
        def f(x):
            if x == 1:
                return 1
            elif x == 2:
                return 2  # miss
            else:
                return 3  # miss
        """) == [("false", "elif x == 2:", (7,)), ("true", "elif x == 2:", (5,))]


def test_a_loop_never_run_iterates_and_a_loop_never_finished_skips(found):
    assert found("""\
        def f(xs):
            for x in xs:
                return x  # miss
            return 0
        """) == [("iterates", "for x in xs:", (3,))]
    assert found("""\
        def f(xs):
            for x in xs:
                return x
            return 0  # miss
        """) == [("skips", "for x in xs:", (4,))]


def test_the_else_of_a_loop_waits_for_its_end(found):
    assert found("""\
        def f(xs):
            for x in xs:
                if x:
                    break
            else:
                return 0  # miss
            return 1
        """) == [("skips", "for x in xs:", (6,))]


def test_a_while_never_left_is_false(found):
    assert found("""\
        def f(n):
            while n:
                if n > 3:
                    return n
                n -= 1
            return 0  # miss
        """) == [("false", "while n:", (6,))]


def test_a_handler_is_entered_when_it_raises(found):
    assert found("""\
        def f(x):
            try:
                return int(x)
            except ValueError:  # miss
                return 0  # miss
        """) == [("raises", "except ValueError:", (4, 5))]


def test_what_follows_a_try_that_always_returned_waits_for_its_handler(found):
    assert found("""\
        def f(x):
            try:
                return int(x)
            except ValueError:  # miss
                pass  # miss
            return 0  # miss
        """) == [("raises", "except ValueError:", (4, 5, 6))]


def test_code_that_no_decision_keeps_away_is_a_block_never_entered(found):
    assert found("""\
        def f(x):
            x = g(x)
            x += 1  # miss
            return x  # miss
        """) == [("entered", "x += 1", (3, 4))]


def test_else_and_the_rest_of_a_try_are_blocks_never_entered(found):
    assert found("""\
        def f(x):
            try:
                g(x)
                h(x)  # miss
            except ValueError:
                return 0
            else:
                x = 1  # miss
            finally:
                k()
            return x  # miss
        """) == [("entered", "h(x)", (4,)), ("entered", "x = 1", (8,)), ("entered", "return x", (11,))]


def test_a_with_block_left_early_is_a_block_never_entered(found):
    assert found("""\
        def f(x):
            with open(x) as file:
                text = file.read()
                return text  # miss
        """) == [("entered", "return text", (4,))]


def test_a_case_matches_or_does_not(found):
    assert found("""\
        def f(x):
            match x:
                case 1 | 2 if x:
                    return 1
                case [a, *_]:  # miss
                    return a  # miss
                case _:  # miss
                    return 3  # miss
        """) == [
        ("no match", "case 1 | 2 if x:", (5,)),
        ("matches", "case [a, *_]:", (6,)),
        ("no match", "case [a, *_]:", (7,)),
        ("matches", "case _:", (8,)),
    ]


def test_a_body_on_the_line_of_its_decision_is_told_apart_by_where_it_leads(found):
    source = """\
        def f(x):
            if x: return 1
            return 2
        """
    assert found(source, untaken=((2, -1),)) == [("true", "if x:", ())]
    assert found(source, untaken=((2, 3),)) == [("false", "if x:", ())]


def test_a_continue_on_the_line_of_its_decision_is_the_true_outcome(found):
    source = """\
        def f(xs):
            for x in xs:
                if x: continue
                g(x)
            return 0
        """
    assert found(source, untaken=((3, 2),)) == [("true", "if x:", ())]


def test_a_condition_of_several_lines_is_one_line_to_the_reader(found):
    assert found("""\
        def f(x, y):
            if (
                x  # first
                and y
            ):
                return 1  # miss
            return 2
        """) == [("true", "if (x and y):", (6,))]


def test_async_decisions_are_decisions(found):
    assert found("""\
        async def f(xs):
            async with xs:
                async for x in xs:
                    await x  # miss
            return 1
        """) == [("iterates", "async for x in xs:", (4,))]


def test_a_nested_function_is_a_block_of_its_own(cover):
    text, file = cover("""\
        def outer(x):
            @wraps(x)
            def inner(y):
                return y  # miss
            return inner
        """)
    (gap,) = gaps.find("m.py", text, file)
    assert (gap.qualname, gap.outcome, gap.text, gap.line) == ("outer.inner", "entered", "def inner(y):", 3)


def test_a_class_in_code_never_run_owns_its_body(cover):
    text, file = cover("""\
        if FLAG:
            class A:  # miss
                x = 1  # miss
                def f(self):  # miss
                    return 1  # miss
        """)
    found = gaps.find("m.py", text, file)
    assert [(gap.qualname, gap.outcome, gap.lines) for gap in found] == [
        ("", "true", (2,)),
        ("A", "entered", (3, 4)),
        ("A.f", "entered", (5,)),
    ]


def test_a_module_never_imported_is_entered(found):
    assert found('''\
        """Says what it is."""
        import os  # miss
        A = 1  # miss
        ''') == [("entered", "import os", (2, 3))]


@pytest.mark.parametrize(
    "header",
    ["def f(x):  # pragma: no enrich", "@decorated  # pragma: no enrich\ndef f(x):"],
)
def test_no_gaps_where_a_pragma_says_so(cover, header):
    text, file = cover(f"{header}\n    if x:\n        return 1  # miss\n    return 2  # miss\n")
    assert gaps.find("m.py", text, file) == ()


def test_a_pragma_on_an_if_leaves_its_else(found):
    assert found("""\
        def f(x):
            if x:  # pragma: no enrich
                return 1  # miss
            else:
                return 2
        def g(x):
            return 1  # miss
        """) == [("entered", "def g(x):", (7,))]


def test_what_is_for_type_checkers_or_abstract_is_no_gap(found):
    assert (
        found("""\
        if TYPE_CHECKING:
            import os  # miss
        class A:
            @abstractmethod
            def f(self):
                return 1  # miss
        """)
        == []
    )


@pytest.mark.parametrize("text", ["def f(:\n", "x = '\x00'\n", "if x:\n  a\n b\n", "(" * 5000])
def test_a_text_that_is_not_python_has_no_gaps(text):
    file = gaps.FileCoverage(path="m.py", statements=(1,), missing_lines=(1,))
    assert gaps.find("m.py", text, file) == ()
    assert gaps.identify("m.py", text) == {}


def test_a_chain_of_a_thousand_decisions_is_read(cover):
    body = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(1000))
    text, file = cover(f"def f(x):\n{body}    return -1  # miss\n")
    (gap,) = gaps.find("m.py", text, file)
    assert (gap.outcome, gap.text) == ("false", "if x == 999:")
