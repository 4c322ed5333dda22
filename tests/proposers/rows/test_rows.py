from __future__ import annotations

import textwrap

import pytest
from msgspec.structs import replace

from pytest_enrich.data import (
    Argument,
    Attempt,
    Call,
    Dropped,
    Explored,
    NearTest,
    NewRow,
    NewTest,
    Origin,
    Sighting,
    Varied,
    Vary,
)
from pytest_enrich.proposers.rows import RowsProposer
from pytest_enrich.writing import names as naming
from tests.proposers.rows.conftest import variant

LISTED = """
    import pytest

    from shop.cart import discount


    @pytest.mark.parametrize(("total", "expected"), [(10, 10), (20, 20)])
    def test_discount(total, expected):
        assert discount(total) == expected
    """


def test_a_variant_of_a_parametrized_test_is_one_more_row(fakes, rows):
    (made,), _ = rows(LISTED, variant("-1", seen=("0",)))
    assert isinstance(made, NewRow)
    assert (made.name, made.code, made.argnames, made.imports) == (
        "test_discount",
        "(-1, 0)",
        ("total", "expected"),
        (),
    )
    assert (made.placement.path, made.placement.anchor) == (fakes.TESTS, "test_discount")
    assert (made.title, made.gaps) == ("discount: gives 0 for negative total", ("cart-aaaaaaaa",))
    assert made.origin == Origin(proposer="rows", seed=7, executions=9)
    (oracle,) = made.oracle
    assert (oracle.line, oracle.what, oracle.source, oracle.look) == (1, "0", "observed", True)


def test_a_title_speaks_of_the_parameters_of_the_function_and_not_of_those_of_the_test(rows):
    text = LISTED.replace("total", "given")
    (made,), _ = rows(text, variant("-1", seen=("0",)))
    assert made.title == "discount: gives 0 for negative total"


def test_words_of_the_conftest_files_round_the_tests_are_values_that_stand_near(fakes):
    folder = fakes.TESTS.rpartition("/")[0]
    texts = {
        fakes.TESTS: textwrap.dedent(LISTED),
        f"{folder}/conftest.py": "NAME = 'ada@example.com'\nTEXT = 'more than a word'\n",
        "conftest.py": "WORD = 'secret'\n",
    }
    sandbox = fakes.ScriptedSandbox({Vary: Varied(variants=(), executions=1)})
    near = (NearTest(nodeid=f"{fakes.TESTS}::test_discount", shared=2),)
    task = fakes.task(text=texts[fakes.TESTS], target=fakes.target(nearest=near))
    list(RowsProposer(sandbox, lambda path: texts.get(path, "")).propose(task))
    assert sandbox.asked(Vary)[0].values[-2:] == ("'ada@example.com'", "'secret'")


@pytest.mark.parametrize(("seconds", "is_varied"), [(2.0, True), (4.0, False)])
def test_a_test_that_takes_longer_than_there_is_time_is_not_run_again_and_again(fakes, seconds, is_varied):
    sandbox = fakes.ScriptedSandbox({Vary: Varied(variants=(), executions=1)})
    near = (NearTest(nodeid=f"{fakes.TESTS}::test_discount", shared=2, seconds=seconds),)
    task = replace(fakes.task(text=textwrap.dedent(LISTED), target=fakes.target(nearest=near)), seconds=3.0)
    list(RowsProposer(sandbox, lambda _path: textwrap.dedent(LISTED)).propose(task))
    assert bool(sandbox.asked(Vary)) is is_varied


def test_the_sandbox_is_asked_to_vary_what_is_not_expected(rows):
    _, sandbox = rows(LISTED, constants=("0",))
    job = sandbox.asked(Vary)[0]
    (pattern,) = job.patterns
    (hole,) = pattern.holes
    assert (hole.name, hole.values, pattern.argnames) == ("total", ("10", "20"), ("total", "expected"))
    assert [point.form for point in pattern.points] == ["equal"]
    assert (job.lines, job.branches, job.constants, job.executions, job.seconds) == (
        (4,),
        ((3, 4),),
        ("0",),
        500,
        2.0,
    )


def test_what_calls_elsewhere_in_the_file_pass_is_tried_too(rows):
    text = LISTED + "\n\n    def test_other():\n        assert discount(total=815)\n"
    _, sandbox = rows(text)
    assert sandbox.asked(Vary)[0].values[0] == "815"


@pytest.mark.parametrize(
    ("decorator", "parameters", "body", "variants", "code"),
    [
        ('"total", [10, 20]', "total", "assert discount(total)", variant("-1"), "-1"),
        ('("total",), [(10,), (20,)]', "total", "assert discount(total)", variant("-1"), "(-1,)"),
        (
            '"total, expected", [(10, 10.0), (20, 20.0)]',
            "total, expected",
            "assert discount(total) == pytest.approx(expected)",
            variant("-1", seen=("0.30000000000000004",)),
            "(-1, 0.3)",
        ),
        (
            '"total, error", [("a", TypeError), ("b", TypeError)]',
            "total, error",
            "with pytest.raises(error):\n            discount(total)",
            variant("-1", seen=("⟨builtins:ValueError⟩",)),
            "(-1, ValueError)",
        ),
        (
            '"total, expected", [pytest.param(1, 1, id="one"), pytest.param(2, 2, marks=pytest.mark.x)]',
            "total, expected",
            "assert discount(total) == expected",
            variant("-1", seen=("0",)),
            "(-1, 0)",
        ),
    ],
)
def test_a_row_has_the_shape_that_the_list_asks_for(  # noqa: PLR0913, PLR0917 - a table
    rows, decorator, parameters, body, variants, code
):
    text = f"""
    import pytest

    from shop.cart import discount


    @pytest.mark.parametrize({decorator})
    def test_discount({parameters}):
        {body}
    """
    (made,), _ = rows(text, variants)
    assert made.code == code


def test_an_expected_object_is_written_where_other_rows_expect_one_like_it(rows):
    text = LISTED.replace("10)", "Money(10))").replace("20)]", "Money(20))]")
    money, other = (variant("-1", seen=(f"⟨shop.cart:{name}⟩(0)",)) for name in ("Money", "Debt"))
    assert [one.code for one in rows(text, money)[0]] == ["(-1, Money(0))"]
    assert rows(text, other)[0] == []


def test_a_row_that_is_there_is_not_proposed(rows):
    assert rows(LISTED, variant("20", seen=("20",)))[0] == []


ASKED = """
    import pytest

    from shop.cart import discount


    @pytest.mark.parametrize(("total", "expected"), [(10, 10), ("a", None)])
    def test_discount(total, expected):
        if expected is None:
            with pytest.raises(TypeError):
                discount(total)
        else:
            assert discount(total) == expected
    """


def test_a_value_that_says_more_than_what_is_expected_varies_like_the_others(rows):
    _, sandbox = rows(ASKED)
    assert [hole.name for hole in sandbox.asked(Vary)[0].patterns[0].holes] == ["total", "expected"]


BOTH = f"""{LISTED}

    def test_plain():
        assert discount(5) == 5
    """


def test_what_would_be_a_test_of_its_own_is_tried_as_a_row_first(rows):
    sibling = variant("-1", seen=("0",), pattern=1)
    answers = [Varied(variants=one, executions=2) for one in ((sibling,), (variant("-1", seen=("0",)),), ())]
    made, sandbox = rows(BOTH, names=("test_discount", "test_plain"), answer=answers)
    assert [type(one) for one in made] == [NewRow, NewTest]
    _, job, _ = sandbox.asked(Vary)
    assert job.offered == ((Argument(name="", value="-1"),),)
    assert [pattern.nodeid.rpartition("::")[2] for pattern in job.patterns] == ["test_discount"]


def test_at_last_the_body_of_a_test_with_cases_may_vary_for_a_test_beside_it(rows):
    text = LISTED.replace("discount(total)", "discount(total + 7)")
    (first, second, *_), made = apart(rows, text, variant("20", "8", row=1, seen=("3",), values=((1, "8"),)))
    assert [hole.values for hole in first.patterns[0].holes] == [("10", "20")]
    assert [hole.values for hole in second.patterns[0].holes] == [("10", "20"), ("7", "7")]
    assert made.code.splitlines()[1:] == ["    assert discount(20 + 8) == 3"]


def apart(rows, text, one):
    """The jobs, where nothing becomes a row and this variant is found of what may vary besides."""
    answers = [
        Varied(variants=(), executions=2),
        Varied(variants=(one,), executions=2),
        Varied(variants=(), executions=2),
    ]
    (made,), sandbox = rows(text, answer=answers)
    return sandbox.asked(Vary), made


def test_without_lists_nothing_is_tried_twice(rows):
    _, sandbox = rows(BOTH, variant("-1", seen=("0",)), names=("test_plain",))
    assert len(sandbox.asked(Vary)) == 1


@pytest.fixture
def of_calls(fakes, rows):
    """What is made of findings with these arguments, and the jobs that are asked."""

    def of_calls(text, *arguments, answer):
        _, sandbox = rows(text, answer=answer)
        target = replace(fakes.target(), nearest=(NearTest(nodeid=f"{fakes.TESTS}::test_discount", shared=2),))
        proposer = RowsProposer(sandbox, lambda _: textwrap.dedent(text).lstrip("\n"))
        findings = tuple(
            replace(fakes.finding(), call=Call(qualname="discount", arguments=given)) for given in arguments
        )
        made = list(
            proposer.of_calls(fakes.task(text=text, target=target), Explored(findings=findings, executions=3))
        )
        return made, [job for job in sandbox.asked(Vary) if job.offered]

    return of_calls


def test_what_a_call_needs_becomes_a_row_of_the_test_that_passes_it_on(of_calls):
    given = (Argument(name="total", value="-1"),)
    answer = Varied(variants=(variant("-1", seen=("0",)),), executions=2)
    (made,), (job,) = of_calls(LISTED, given, given, (), answer=answer)
    assert (made.code, made.origin.proposer) == ("(-1, 0)", "rows")
    assert job.offered == (given,)


def test_what_a_call_needs_becomes_no_other_test(of_calls):
    given = (Argument(name="total", value="-1"),)
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="no", line=9)
    assert of_calls(LISTED, given, answer=Varied(variants=(raised,), executions=2))[0] == []
    plain = "from shop.cart import discount\n\n\ndef test_discount():\n    assert discount(10) == 10\n"
    assert of_calls(plain, given, answer=Varied(variants=(variant("-1", seen=("0",)),), executions=2)) == ([], [])


SHARED = """
    import pytest

    from shop.cart import Money, discount

    CASES = [(10, "EUR", 10), (20, "USD", 20)]


    @pytest.mark.parametrize(("total", "unit", "expected"), CASES)
    def test_discount(total, unit, expected):
        price = Money(total, unit)
        assert discount(price) == expected


    @pytest.mark.parametrize(("total", "unit", "expected"), CASES)
    def test_other(total, unit, expected):
        assert total
    """


def test_a_list_that_something_else_reads_gets_no_row(rows):
    (made,), _ = rows(SHARED, variant("-1", seen=("0",), row=1))
    assert isinstance(made, NewTest)
    assert made.origin.spare
    assert made.code.splitlines() == [
        "def test_discount_negative_total_is_zero():",
        '    price = Money(-1, "USD")',
        "    assert discount(price) == 0",
    ]


def test_a_test_that_chooses_its_way_by_a_shared_list_has_no_test_beside_it(rows):
    text = ASKED.replace('[(10, 10), ("a", None)]', "CASES").replace(
        "    @pytest", '    CASES = [(10, 10), ("a", None)]\n    OTHERS = [*CASES]\n\n\n    @pytest'
    )
    made, sandbox = rows(text, variant("-1", seen=("0",)))
    assert (made, len(sandbox.asked(Vary))) == ([], 1)


BODY = """
    import pytest

    from shop.cart import discount


    def test_discount(shop, tmp_path):
        \"\"\"What is taken off.\"\"\"
        # ten is ten
        till = shop.till(10)
        other = shop.till(3)

        assert discount(other) == 3
        assert discount(till) == 10
    """


def test_a_sibling_keeps_what_the_changed_value_has_to_do_with(rows):
    (made,), _ = rows(BODY, at_till("-1", "0"))
    assert made.code.splitlines() == [
        "def test_discount_negative_total_is_zero(shop):",
        "    till = shop.till(-1)",
        "",
        "    assert discount(till) == 0",
    ]
    assert (made.placement.anchor, made.look) == (
        "test_discount",
        "0 was seen when the code ran; no docstring promises it",
    )
    (oracle,) = made.oracle
    assert (oracle.line, oracle.source) == (4, "observed")


def at_till(value, seen):
    """The first hole is `till`'s, the second point looks at it."""
    return variant(value, seen=("3", seen))


@pytest.mark.parametrize(
    ("assertion", "seen", "expected"),
    [
        ("assert discount(10)", "False", "assert not discount(-1)"),
        ("assert not discount(10)", "True", "assert discount(-1)"),
        ("assert discount(10) is True", "False", "assert discount(-1) is False"),
        ("assert discount(10) is True", "'a'", "assert discount(-1) == 'a'"),
        ("assert discount(10) is None", "7", "assert discount(-1) == 7"),
        ("assert discount(10) == 10", "None", "assert discount(-1) is None"),
        ("assert discount(10) in shop.all()", "False", "assert discount(-1) not in shop.all()"),
        ("assert discount(10) == [10]", "[]", "assert discount(-1) == []"),
        ("assert (discount(10) or 5) == 10", "None", "assert (discount(-1) or 5) is None"),
        ("assert (discount(10) or None) is None", "7", "assert (discount(-1) or None) == 7"),
    ],
)
def test_an_assertion_says_what_was_seen(rows, assertion, seen, expected):
    text = f"from shop.cart import discount\n\n\ndef test_discount(shop):\n    {assertion}\n"
    (made,), _ = rows(text, variant("-1", seen=(seen,)))
    assert made.code.splitlines()[-1].strip() == expected


@pytest.mark.parametrize(
    ("assertion", "seen", "expected"),
    [
        ("self.assertEqual(discount(10), 10)", "0", "self.assertEqual(discount(-1), 0)"),
        ("self.assertTrue(discount(10))", "False", "self.assertFalse(discount(-1))"),
        ("self.assertEqual(discount(10), 10)", "None", "self.assertIsNone(discount(-1))"),
    ],
)
def test_a_test_case_gets_one_more_method(rows, assertion, seen, expected):
    text = f"""
    import unittest


    class TestCart(unittest.TestCase):
        def test_discount(self):
            {assertion}
    """
    (made,), _ = rows(text, variant("-1", seen=(seen,)), names=("TestCart::test_discount",))
    definition, body = made.code.splitlines()
    assert definition.startswith("def test_discount_negative_total_")
    assert (definition.endswith("(self):"), body.strip()) == (True, expected)
    assert (made.placement.owner, made.placement.style) == ("TestCart", "unittest")


def test_a_coroutine_stays_one_with_its_marks(rows):
    text = """
    import pytest


    @pytest.mark.anyio
    async def test_discount(client) -> None:
        answer = await client.get(10)
        assert answer.total == 10
    """
    (made,), _ = rows(text, variant("-1", seen=("0",)))
    assert made.code.splitlines() == [
        "@pytest.mark.anyio",
        "async def test_discount_negative_total_is_zero(client) -> None:",
        "    answer = await client.get(-1)",
        "    assert answer.total == 0",
    ]


def test_what_raises_is_expected_to_raise(rows):
    text = """
    import pytest

    from shop.cart import discount


    def test_discount(shop, tmp_path):
        unused = 1
        till = shop.till(10)
        assert discount(till) == 10
    """
    raised = variant("10", "-1", raised="⟨builtins:ValueError⟩", message="below 0 (-1)", line=9)
    (made,), _ = rows(text, replace(raised, values=((1, "-1"),)))
    assert made.code.splitlines() == [
        "def test_discount_rejects_negative_total(shop):",
        '    with pytest.raises(ValueError, match=r"below 0 \\(-1\\)"):',
        "        discount(shop.till(-1))",
    ]
    assert (made.oracle[0].source, made.oracle[0].line) == ("raises", 2)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("from shop.till import pay", "test_pay_rejects_negative_total"),
        ("from shop import till\n\n    pay = till.pay", "test_discount_rejects_negative_total"),
    ],
)
def test_what_raises_is_called_as_what_is_called_there(rows, head, name):
    text = f"""
    {head}


    def test_payment():
        assert pay(10) == 10
    """
    line = len(textwrap.dedent(text).strip("\n").splitlines())
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="below 0 (-1)", line=line)
    (made,), _ = rows(text, raised, names=("test_payment",))
    assert made.name == name


@pytest.mark.parametrize("asked", ["pay(10).total", "pay(10)[0]", "pay(10).lines[0].total"])
def test_what_raises_is_called_so_whatever_is_asked_of_the_result(rows, asked):
    text = f"""
    from shop.till import pay


    def test_payment():
        assert {asked} == 10
    """
    line = len(textwrap.dedent(text).strip("\n").splitlines())
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="below 0 (-1)", line=line)
    (made,), _ = rows(text, raised, names=("test_payment",))
    assert made.name == "test_pay_rejects_negative_total"


def test_what_raises_while_an_argument_is_evaluated_is_called_alone(rows):
    text = """
    from shop.cart import Money, discount


    def test_discount():
        assert discount(Money(10)) == 10
    """
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="below 0 (-1)", place=(5, 20, 5, 29))
    (made,), _ = rows(text, raised)
    assert made.code.splitlines()[-1] == "        Money(-1)"


def test_what_names_a_class_that_is_left_out_is_no_test(rows):
    text = """
    from shop.cart import discount


    def test_discount():
        class Early:
            late = lambda self: Late(self)

        class Late(Early):
            pass

        assert discount(Early(), 10) == 10
    """
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="below 0", line=11)
    assert rows(text, raised)[0] == []


def test_what_tells_a_tool_to_leave_a_line_alone_stays_behind_it(rows):
    text = """
    def test_discount():
        from shop.cart import discount  # noqa: PLC0415

        total = discount(10)  # of ten
        assert total == 10
    """
    (made,), _ = rows(text, variant("-1", seen=("0",)))
    assert made.code.splitlines()[1:] == [
        "    from shop.cart import discount  # noqa: PLC0415",
        "",
        "    total = discount(-1)",
        "    assert total == 0",
    ]


def test_it_does_in_a_test_of_what_raises_as_well(rows):
    text = """
    def test_discount():
        from shop.cart import discount  # noqa: PLC0415

        assert discount(10) == 10
    """
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="below 0", line=4)
    (made,), _ = rows(text, raised)
    assert made.code.splitlines()[1:] == [
        "    from shop.cart import discount  # noqa: PLC0415",
        '    with pytest.raises(ValueError, match="below 0"):',
        "        discount(-1)",
    ]


def test_nothing_in_the_place_of_a_dictionary_is_not_without_its_key(rows):
    text = """
    def test_discount():
        assert discount({"a": 10}) == 10
    """
    (made,), _ = rows(text, variant("None", seen=("0",)))
    assert "without_a" not in made.name


BLOCK = """
    class TestCart:
        def test_discount(self):
            assert discount(10) == '''\\
    total:
      10
    '''
    """


def test_a_text_of_several_lines_is_expected_as_it_is_written(rows):
    told = variant("20", seen=(repr("total:\n  20\n    yen\n"),))
    (made,), _ = rows(BLOCK, told, names=("TestCart::test_discount",))
    assert made.code.splitlines()[1:] == [
        "    assert discount(20) == '''\\",
        "total:",
        "  20",
        "    yen",
        "'''",
    ]


@pytest.mark.parametrize("text", ["one line", "at the end  \nblanks", "a\n\ttab\rreturn"])
def test_other_texts_are_expected_as_plain_literals(rows, text):
    (made,), _ = rows(BLOCK, variant("20", seen=(repr(text),)), names=("TestCart::test_discount",))
    assert made.code.splitlines()[1:] == [f"    assert discount(20) == {text!r}"]


TWICE = """
    def test_discount():
        told = discount(10)
        assert told.total == 10
        assert told.text == "ten"
    """


def test_an_assertion_on_what_nobody_would_write_is_left_out(rows):
    (made,), _ = rows(TWICE, variant("20", seen=("20", repr("x" * 200))))
    assert made.code.splitlines()[1:] == ["    told = discount(20)", "    assert told.total == 20"]


def test_an_assertion_that_sees_something_else_belongs_to_the_change(rows):
    text = """
    def test_discount():
        prices.load(10)
        assert discount() == 10
        assert size() == 1
    """
    (made,), _ = rows(text, variant("20", seen=("20", "1")))
    assert made.code.splitlines()[1:] == ["    prices.load(20)", "    assert discount() == 20"]


def test_nothing_is_left_to_say_if_the_other_assertions_stay_the_same(rows):
    made, _ = rows(TWICE, variant("20", seen=("10", repr("x" * 200))))
    assert not made


def test_a_text_of_several_lines_that_does_not_change_stays_as_it_is(rows):
    text = """
    class TestCart:
        def test_discount(self):
            text = '''
            # one
            two'''
            assert discount(10, text) == 10
    """
    told = replace(variant(seen=("20",)), values=((1, "20"),))
    (made,), _ = rows(text, told, names=("TestCart::test_discount",))
    assert made.code.splitlines()[1:] == [
        "    text = '''",
        "        # one",
        "        two'''",
        "    assert discount(20, text) == 20",
    ]


def test_a_truth_about_several_lines_stays_in_its_brackets(rows):
    text = """
    def test_discount():
        assert (
            10
              in discount(5)
        )
    """
    (made,), _ = rows(text, variant("-1", seen=("False",)))
    assert made.code.splitlines()[1:] == ["    assert 10 not in discount(-1)"]


LONG = """
    def test_discount(client):
        options = {OPTIONS}
        answer = client.get("/")
        assert answer.status == 200
        answer = client.get("/", options)
        assert answer.status == 200
        assert answer.unit == "euro"
        assert discount(10) == 10
    """


def test_where_a_test_would_be_long_only_what_is_other_than_before_is_asserted(rows):
    options = "[\n" + "".join(f'            "{number}",\n' for number in range(19)) + "        ]"
    text = LONG.replace("{OPTIONS}", options)
    seen = ("200", "200", "'yen'", "10")
    (made,), _ = rows(text, replace(variant(seen=seen), values=((2, "'/list'"),)))
    assert made.code.splitlines()[-2:] == [
        "    answer = client.get('/list', options)",
        "    assert answer.unit == 'yen'",
    ]
    assert made.code.count("client.get") == 1


def test_what_was_printed_is_asserted_too(rows):
    text = """
    def test_discount(capsys):
        assert discount(10) == 10
        assert capsys.readouterr().out == "ten"
    """
    (made,), _ = rows(text, variant("-1", seen=("0", "'none'")))
    assert made.code.splitlines()[1:] == [
        "    assert discount(-1) == 0",
        "    assert capsys.readouterr().out == 'none'",
    ]


@pytest.mark.parametrize(
    ("assertion", "is_kept"),
    [
        ('assert "ten" in said', False),
        ("assert expected == said", False),
        ("assert said == expected_text", False),
        ("assert 10 in said", True),
        ("assert said.is_open", True),
    ],
)
def test_what_is_not_as_another_test_expects_says_little(rows, assertion, is_kept):
    text = f"""
    def test_discount():
        said = discount(10)
        assert said.total == 10
        {assertion}
    """
    (made,), _ = rows(text, variant("-1", seen=("0", "False")))
    assert len(made.code.splitlines()) == 3 + is_kept


HELPED = """
from math import isclose
from shop.cart import discount

def is_near(one, other):
    return abs(one - other) < 1

def test_discount():
    said = discount(10)
    assert said.total == 10
    assert {helper}(said.rate, 3)
"""


@pytest.mark.parametrize("helper", ["isclose", "is_near", "isinstance"])
def test_what_is_not_as_a_helper_would_have_it_says_little(rows, helper):
    (made,), _ = rows(HELPED.format(helper=helper), variant("-1", seen=("0", "False")))
    assert helper not in made.code


@pytest.mark.parametrize("helper", ["isclose", "is_near"])
def test_what_a_helper_says_is_no_result_that_a_name_tells(rows, helper):
    text = HELPED.format(helper=helper).replace("    assert said.total == 10\n", "")
    (made,), _ = rows(text, variant("-1", seen=("True",)))
    assert made.name == "test_discount_with_negative_total"


def test_what_raises_on_several_lines_stands_inside_its_block(rows):
    text = """
    class TestCart:
        def test_discount(self):
            total = discount(
                10,
            )
            assert total == 10
    """
    raised = variant("-1", raised="⟨builtins:ValueError⟩", line=4)
    (made,), _ = rows(text, raised, names=("TestCart::test_discount",))
    assert made.code.splitlines()[1:] == [
        "    with pytest.raises(ValueError):",
        "        discount(",
        "            -1,",
        "        )",
    ]


def test_what_raises_may_be_given_an_object(rows):
    text = """
    def test_discount():
        assert discount(10) == 10
    """
    (made,), _ = rows(text, variant("⟨shop.cart:Total⟩(-1)", raised="⟨builtins:ValueError⟩", line=2))
    assert made.code.splitlines()[1:] == ["    with pytest.raises(ValueError):", "        discount(Total(-1))"]


def test_what_raises_is_not_asserted_to_be_equal_to_anything(rows):
    text = """
    from nose.tools import eq_

    def test_discount():
        eq_(discount(10), 10)
    """
    (made,), _ = rows(text, variant("-1", raised="⟨builtins:ValueError⟩", line=4))
    assert made.code.splitlines()[1:] == ["    with pytest.raises(ValueError):", "        discount(-1)"]


def test_a_row_that_raises_becomes_a_test_without_a_list(rows):
    raised = variant("-1", raised="⟨shop.cart:Refused⟩", message="", line=8)
    (made,), _ = rows(LISTED, raised)
    assert made.code.splitlines()[1:] == ["    with pytest.raises(Refused):", "        discount(-1)"]
    assert made.imports == ("from shop.cart import Refused",)


GIVEN = """
    from hypothesis import given, strategies as st

    from shop.cart import discount


    @given(st.integers(), st.text())
    def test_discount(total, unit):
        assert discount(total) <= total
    """


def test_what_hypothesis_draws_is_not_varied(rows):
    made, sandbox = rows(GIVEN)
    assert (made, sandbox.asked(Vary)) == ([], [])


def test_a_spare_comes_last_and_is_one(rows):
    spare = variant("-3", seen=("9",), spare=True)
    made, _ = rows(LISTED, spare, variant("-1", seen=("0",)))
    assert [(one.code, one.origin.spare) for one in made] == [("(-1, 0)", False), ("(-3, 9)", True)]


def test_rows_come_before_tests_and_what_passes_before_what_raises(rows):
    text = LISTED + "\n\n    def test_one():\n        assert discount(1) == 1\n"
    sibling = variant("-1", seen=("0",), pattern=1)
    raised = variant("-2", raised="⟨builtins:ValueError⟩", line=8)
    made, _ = rows(text, raised, sibling, variant("-1", seen=("0",)), names=("test_one", "test_discount"))
    assert [type(one).__name__ for one in made] == ["NewRow", "NewTest", "NewTest"]
    assert made[2].name == "test_discount_rejects_negative_total"


@pytest.mark.parametrize(
    "changes",
    [
        {"pattern": 1},
        {"pattern": -1},
        {"row": 2},
        {"values": ((1, "-1"),)},
        {"values": ()},
        {"seen": (Sighting(point=1, value="0"),)},
        {"seen": ()},
        {"branches": (), "reached": ()},
        {"values": ((0, "-1)\nimport os\n("),)},
    ],
)
def test_an_answer_about_something_else_is_not_believed(rows, changes):
    assert rows(LISTED, replace(variant("-1", seen=("0",)), **changes))[0] == []


def test_a_sandbox_that_fails_has_nothing_to_say(fakes, rows):
    assert rows(LISTED, answer=fakes.failed())[0] == []


def test_tests_that_do_not_reach_the_function_are_left_alone(rows):
    made, sandbox = rows(LISTED, names=())
    assert (made, sandbox.jobs) == ([], [])


@pytest.mark.parametrize("text", ["def test_discount(:\n", "", "test_discount = 1\n", "x = '\0'\n"])
def test_a_file_that_cannot_be_read_is_left_alone(rows, text):
    made, sandbox = rows(text)
    assert (made, sandbox.jobs) == ([], [])


def test_a_target_is_varied_once(fakes):
    sandbox = fakes.ScriptedSandbox({Vary: Varied(variants=(), executions=0)})
    tried = fakes.candidate(origin=Origin(proposer="rows"))
    attempt = Attempt(
        path=fakes.PATH,
        qualname="discount",
        digest="d",
        candidate=tried,
        verdict=Dropped(rung="gains", reason="no"),
    )
    task = fakes.task(attempts=(attempt,))
    assert list(RowsProposer(sandbox, lambda _path: fakes.TEST_TEXT).propose(task)) == []
    assert sandbox.jobs == []


def test_a_test_that_would_be_long_is_not_written_twice(rows):
    more = "".join(f"    assert discount(till, {at}) != {at}\n" for at in range(20))
    text = f"def test_discount(shop):\n    till = shop.till(10)\n{more}"
    assert rows(text, variant("-1"))[0] == []


def test_an_exponent_is_no_value_to_try(rows):
    _, sandbox = rows("def test_discount():\n    assert discount(2**10) != 5\n")
    assert sandbox.jobs == []


@pytest.mark.parametrize(
    ("anchor", "qualname", "start"),
    [
        ("test_discount_of_a_member", "discount", "discount"),
        ("test_a_member_pays_less", "discount", "discount"),
        ("test_a_member_pays_less", "_discount", "a_member_pays_less"),
        ("test_a_member_pays_less", "Cart.__call__", "cart"),
        ("test_cart_of_a_member", "Cart.__call__", "cart"),
        ("test_a_member_pays_less", "Cart.total", "total"),
    ],
)
def test_a_name_says_what_is_tested_and_not_what_the_test_beside_it_says(anchor, qualname, start):
    assert naming.start(anchor, qualname) == start


@pytest.mark.parametrize(
    ("qualname", "written"),
    [("discount", []), ("Money.__eq__", ["    assert discount(-1) != shop.best()"])],
)
def test_that_two_things_are_not_equal_is_said_of_what_compares_them(rows, qualname, written):
    text = "from shop.cart import discount\n\n\ndef test_discount(shop):\n    assert discount(10) == shop.best()\n"
    made, _ = rows(text, variant("-1", seen=("False",)), qualname=qualname)
    assert [one.code.splitlines()[1:] for one in made] == ([written] if written else [])


def test_what_differs_in_its_cases_alone_is_no_test_beside_it(rows):
    answers = [Varied(variants=found, executions=2) for found in ((), (variant("30", seen=("0",)),), ())]
    made, _ = rows(LISTED.replace("discount(total)", "discount(total + 7)"), answer=answers)
    assert made == []


@pytest.mark.parametrize(("value", "doubt"), [("-1", 0), ("31", 1)], ids=["negative total", "gives 7"])
def test_a_name_that_says_no_more_than_what_is_tested_is_a_reason_for_doubt(rows, value, doubt):
    text = "from shop.cart import discount\n\n\ndef test_discount(shop):\n    assert discount(10) == 5\n"
    made, _ = rows(text, variant(value, seen=("7",)))
    assert [one.origin.doubt for one in made] == [doubt]
