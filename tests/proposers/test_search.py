from __future__ import annotations

import ast

import pytest
from msgspec.structs import replace

from pytest_enrich.data import (
    Argument,
    Attempt,
    Call,
    Dropped,
    Explore,
    Explored,
    NearTest,
    Observation,
    Origin,
    Parameter,
    Placement,
    Record,
    Recorded,
)
from pytest_enrich.proposers.search import SearchProposer

MADE = "def test_discount_is_zero():\n    assert Cart('a', 5).discount() == 0\n"
NOTHING = Recorded(calls=(), constructors=(), outcomes=())


@pytest.fixture
def propose(fakes):
    """The candidates for a task, from what exploring finds, and the sandbox that was asked."""

    def propose(*findings, task=None, recorded=NOTHING, explored=None):
        answer = explored or Explored(findings=findings, executions=9)
        sandbox = fakes.ScriptedSandbox({Explore: answer, Record: recorded})
        return list(SearchProposer(sandbox).propose(task or fakes.task())), sandbox

    return propose


def near(fakes, *nodeids, **changes):
    target = fakes.target(nearest=tuple(NearTest(nodeid=one, shared=1) for one in nodeids), **changes)
    return fakes.task(target=target)


def test_a_finding_becomes_a_whole_test(fakes, propose):
    (made,), _ = propose(fakes.finding())
    assert made.code == "def test_discount_negative_total_is_zero():\n    assert discount(-1) == 0\n"
    assert (made.name, made.imports, made.gaps) == ("test_discount_negative_total_is_zero", (), ("cart-aaaaaaaa",))
    assert made.title == "discount: gives 0 for negative total"
    assert made.origin == Origin(proposer="search", seed=7, executions=9, reduced=True)
    (oracle,) = made.oracle
    assert (oracle.line, oracle.what, oracle.source, oracle.look) == (2, "0", "observed", True)


FIXTURE = """
import pytest
from shop.cart import Cart


@pytest.fixture
def basket():
    with Cart("pens", 3) as cart:
        yield cart
"""


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (FIXTURE, ["def test_discount_is_zero(basket):\n    assert basket.discount() == 0\n", MADE]),
        (FIXTURE.replace("fixture", "fixture(params=[1])"), [MADE]),
        (FIXTURE.replace("Cart(", "make_cart("), [MADE]),
        (FIXTURE + FIXTURE.replace("basket", "other"), [MADE]),
    ],
)
def test_an_object_comes_from_the_fixture_that_gives_one_of_its_class(fakes, propose, text, codes):
    made = Call(qualname="Cart.discount", receiver="⟨shop.cart:Cart⟩('a', 5)")
    found = fakes.finding(call=made, lines=("cart = ⟨shop.cart:Cart⟩('a', 5)",), action="cart.discount()")
    tests, _ = propose(found, task=fakes.task(text=text))
    assert [test.code for test in tests] == codes
    assert [test.origin.spare for test in tests] == [False, True][: len(codes)]


def test_a_variable_of_the_environment_is_set_by_a_fixture_and_named(fakes, propose):
    call = Call(qualname="discount", patched=(Argument(name="SHOP_MODE", value="'dev'"),))
    line = "monkeypatch.setenv('SHOP_MODE', 'dev')"
    (made,), _ = propose(fakes.finding(call=call, lines=(line,), action="⟨shop.cart:discount⟩()"))
    assert made.code.splitlines()[0] == "def test_discount_with_shop_mode_returns_zero(monkeypatch):"
    assert made.code.splitlines()[1].strip() == line


def test_a_test_says_with_which_option_the_object_is_made_at_the_beginning_of_a_chain(fakes, propose):
    made = "⟨shop.cart:Cart⟩(closed=True).add('tea')"
    call = Call(qualname="Cart.discount", receiver=made)
    (test, *_), _ = propose(fakes.finding(call=call, action=f"{made}.discount()"))
    assert test.name == "test_discount_with_closed_returns_zero"


def test_a_test_says_what_is_switched_off(fakes, propose):
    call = Call(qualname="discount", patched=(Argument(name="shop.cart.HAS_LXML", value="False"),))
    raised = Observation(subject="raises", value="⟨builtins:ImportError⟩", message="Missing package: lxml")
    line = "monkeypatch.setattr('shop.cart.HAS_LXML', False)"
    (made,), _ = propose(fakes.finding(raised, call=call, lines=(line,), action="⟨shop.cart:discount⟩()"))
    assert made.name == "test_discount_without_lxml_raises_import_error"


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "the discount has to be a number between zero and one",
            '    with pytest.raises(Refused, match="the discount has to be a number between zero"):',
        ),
        ("no_blanks_in_this_message_that_is_much_too_long_for_it", "    with pytest.raises("),
    ],
)
def test_of_a_message_only_so_much_is_looked_for_that_its_line_need_not_be_broken(fakes, propose, message, line):
    raised = Observation(subject="raises", value="⟨shop.cart:Refused⟩", message=message)
    (made,), _ = propose(fakes.finding(raised))
    assert made.code.splitlines()[1] == line


def test_a_test_names_the_rules_that_thought_of_its_findings(fakes, propose):
    (made,), _ = propose(replace(fakes.finding(), rules=("constants", "default")))
    assert made.origin.rules == ("constants", "default")


def test_what_the_file_lacks_is_imported(fakes, propose):
    raised = Observation(subject="raises", value="⟨shop.cart:Refused⟩", message="no rebate")
    (made,), _ = propose(fakes.finding(raised))
    assert made.code.splitlines()[1] == '    with pytest.raises(Refused, match="no rebate"):'
    assert set(made.imports) == {"import pytest", "from shop.cart import Refused"}
    assert made.name == "test_discount_no_rebate"


def test_a_shorter_name_of_the_same_object_is_taken(fakes, propose):
    explored = Explored(
        findings=(fakes.finding(),), executions=1, aliases=(("shop.cart:discount", "shop:discount"),)
    )
    (made,), _ = propose(explored=explored, task=fakes.task(text="import shop\n"))
    assert "shop" in "".join([*made.imports, made.code])
    ast.parse(made.code)


def test_the_name_of_an_object_that_is_made_where_it_is_used_hides_no_module(fakes, propose):
    made_there = fakes.finding(lines=("shop = ⟨shop:shop⟩(2)",), action="⟨shop.cart:discount⟩(shop)")
    (made,), _ = propose(made_there, task=fakes.task(text="import shop.cart\n"))
    assert "assert shop.cart.discount(shop.shop(2)) == 0" in made.code


def test_a_variable_hides_nothing_that_the_file_imports(fakes, propose):
    lines = ("cart = ⟨shop.cart:Cart⟩(cart=2)", "cart.add('cart')")
    made_before = fakes.finding(lines=lines, action="cart.total(cart)")
    (made,), _ = propose(made_before, task=fakes.task(text="from shop import cart\n"))
    assert made.code.splitlines()[1:] == [
        "    a_cart = cart.Cart(cart=2)",
        "    a_cart.add('cart')",
        "    assert a_cart.total(a_cart) == 0",
    ]


def test_a_name_that_is_taken_is_not_used_again(fakes, propose):
    text = "from shop.cart import discount\n\n\ndef test_discount_negative_total_is_zero(): ...\n"
    raised = Observation(subject="raises", value="⟨shop.cart:Refused⟩", message="no")
    first, second = propose(fakes.finding(), fakes.finding(raised), task=fakes.task(text=text))[0]
    assert first.name != second.name
    assert "test_discount_negative_total_is_zero" not in {first.name, second.name}


@pytest.mark.parametrize(
    ("arguments", "there", "name"),
    [
        ({"total": "5"}, "", "test_discount_is_zero"),
        ({"total": "5"}, "def test_discount_is_zero(): ...\n", "test_discount"),
        ({"total": "5", "rate": "2"}, "", "test_discount_with_rate_returns_zero"),
        ({"total": "None"}, "", "test_discount_with_none_returns_zero"),
    ],
)
def test_a_name_without_a_condition_says_what_tells_the_test_from_others(fakes, propose, arguments, there, name):
    task = fakes.task(replace(fakes.gap(), text="return 0", outcome="true"), text=there)
    passed = tuple(Argument(name=key, value=value) for key, value in arguments.items())
    (made,), _ = propose(fakes.finding(call=Call(qualname="discount", arguments=passed)), task=task)
    assert made.name == name


def test_what_all_calls_in_tests_pass_tells_no_test_from_others(fakes, propose):
    gap = replace(fakes.gap(), text="return 0", outcome="true")
    passed = tuple(Argument(name=key, value="5") for key in ("total", "rate"))
    seen = Call(qualname="discount", arguments=passed)
    entry = replace(fakes.target().entries[0], calls=(seen, seen))
    task = fakes.task(gap, target=fakes.target(gap, entries=(entry,)))
    (made,), _ = propose(fakes.finding(call=seen), task=task)
    assert made.name == "test_discount_is_zero"


@pytest.mark.parametrize(("consume", "name"), [("", "test_discount_returns_total"), ("list", "test_discount")])
def test_nothing_is_said_to_be_returned_whose_items_are_gathered(fakes, propose, consume, name):
    gap = replace(fakes.gap(), text="return total", outcome="true")
    seen = Observation(subject="result", value="[1, 2]")
    passed = Call(qualname="discount", arguments=(Argument(name="total", value="[1, 2]"),))
    (made,), _ = propose(fakes.finding(seen, call=passed, consume=consume), task=fakes.task(gap, text=""))
    assert made.name == name


def test_the_finding_that_closes_the_most_comes_first(fakes, propose):
    task = fakes.task(fakes.gap(), fakes.gap("cart-bbbbbbbb", 6))
    small = fakes.finding(branches=((6, 7),), reached=(7,))
    large = fakes.finding(branches=((3, 4), (6, 7)), reached=(4, 7), action="⟨shop.cart:discount⟩(-2)")
    first, second = propose(small, large, task=task)[0]
    assert first.gaps == ("cart-aaaaaaaa", "cart-bbbbbbbb")
    assert second.gaps == ("cart-bbbbbbbb",)


def test_each_finding_is_a_test_of_its_own(fakes, propose):
    task = fakes.task(fakes.gap(), fakes.gap("cart-bbbbbbbb", 6))
    other = fakes.finding(branches=((6, 7),), reached=(7,), action="⟨shop.cart:discount⟩(-5)")
    made = propose(fakes.finding(), other, task=task)[0]
    assert [(one.gaps, one.code.count("assert"), one.origin.spare) for one in made] == [
        (("cart-aaaaaaaa",), 1, False),
        (("cart-bbbbbbbb",), 1, False),
    ]


def test_a_finding_that_closes_nothing_is_no_test(fakes, propose):
    assert propose(fakes.finding(branches=((50, 51),), reached=(51,)))[0] == []


@pytest.mark.parametrize(
    "action", ["⟨shop.cart:discount⟩(" + "'x', " * 40 + ")", "⟨shop.cart:discount⟩(", "⟨1shop:x⟩()"]
)
def test_what_is_not_readable_is_no_test(fakes, propose, action):
    assert propose(fakes.finding(action=action))[0] == []


def test_a_method_of_a_class_of_tests_takes_self(fakes, propose):
    placement = Placement(path=fakes.TESTS, owner="TestCart", style="method")
    task = fakes.task(target=fakes.target(placement=placement))
    (made,), _ = propose(fakes.finding(), task=task)
    assert made.code.startswith("def test_discount_negative_total_is_zero(self):")


def test_a_unittest_asserts_in_its_own_way(fakes, propose):
    placement = Placement(path=fakes.TESTS, owner="CartTest", style="unittest")
    (made,), _ = propose(fakes.finding(), task=fakes.task(target=fakes.target(placement=placement)))
    assert "self.assertEqual(discount(-1), 0)" in made.code


def test_what_the_docstring_promises_is_said(fakes, propose):
    raised = Observation(subject="raises", value="⟨builtins:ValueError⟩", message="")
    task = fakes.task(target=fakes.target(docstring="Raises ValueError when negative."))
    (made,), _ = propose(fakes.finding(raised), task=task)
    assert made.look == "the docstring names ValueError; its message was read off the code"
    assert made.oracle[0].source == "docstring"
    (made,), _ = propose(fakes.finding(raised))
    assert made.look == "ValueError was seen when the code ran; no docstring promises it"


def test_a_value_of_the_docstring_has_it_as_its_source(fakes, propose):
    task = fakes.task(target=fakes.target(docstring=">>> discount(-1)\n'free'"))
    (made,), _ = propose(fakes.finding(Observation(subject="result", value="'free'")), task=task)
    assert made.oracle[0].source == "docstring"


def test_an_example_of_the_docstring_is_called_one(fakes, propose):
    task = fakes.task(target=fakes.target(docstring='Free.\n\n    >>> discount(-1)\n    "free"\n'))
    (made,), _ = propose(fakes.finding(Observation(subject="result", value="'free'")), task=task)
    assert made.look == "the docstring has this example"
    assert made.oracle[0].source == "docstring"


FILE = ("path = tmp_path / 'file.txt'", "path.write_text('a')")


def test_a_test_that_writes_a_file_asks_for_the_folder(fakes, propose):
    (made,), _ = propose(fakes.finding(lines=FILE, action="⟨shop.cart:discount⟩(path)"))
    assert made.code.splitlines() == [
        "def test_discount_negative_total_is_zero(tmp_path):",
        *(f"    {line}" for line in FILE),
        "    assert discount(path) == 0",
    ]
    assert made.oracle[0].line == 4


WARNS = Observation(subject="warns", value="⟨builtins:UserWarning⟩", message="is old")


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("function", 'with pytest.warns(UserWarning, match="is old"):'),
        ("unittest", 'with self.assertWarnsRegex(UserWarning, "is old"):'),
    ],
)
def test_a_warning_is_expected_as_the_file_expects_things(fakes, propose, style, expected):
    placement = Placement(path=fakes.TESTS, owner="CartTest" if style == "unittest" else None, style=style)
    (made, *_), *_ = propose(fakes.finding(WARNS), task=fakes.task(target=fakes.target(placement=placement)))
    _, block, call = made.code.splitlines()
    assert (block, call) == (f"    {expected}", "        discount(-1)")
    assert made.name == "test_discount_warns_is_old"
    assert made.title == 'discount: warns UserWarning "is old" for negative total'


def test_of_several_assertions_each_has_the_name_of_a_test_of_only_that(fakes, propose):
    rate = Observation(subject="result", expression="{result}.rate", value="3")
    name = Observation(subject="result", expression="{result}.name", value="None", form="is")
    (made, *_), _ = propose(fakes.finding(rate, name))
    assert [title for _, title in made.alone] == [
        "discount: gives a result.rate == 3 for negative total",
        "discount: gives a result.name is None for negative total",
    ]


PRINTED = Observation(subject="state", expression="capsys.readouterr().out", value="'Hello\\n'")


def test_a_test_of_what_is_printed_asks_for_the_fixture_that_sees_it(fakes, propose):
    (made,), _ = propose(fakes.finding(PRINTED))
    assert made.code.splitlines() == [
        "def test_discount_with_negative_total(capsys):",
        "    discount(-1)",
        "    assert capsys.readouterr().out == 'Hello\\n'",
    ]
    assert made.title == "discount: prints 'Hello\\n' for negative total"


def test_a_unittest_listens_itself(fakes, propose):
    placement = Placement(path=fakes.TESTS, owner="CartTest", style="unittest")
    (made,), _ = propose(fakes.finding(PRINTED), task=fakes.task(target=fakes.target(placement=placement)))
    assert made.code.splitlines()[1:] == [
        "    output = io.StringIO()",
        "    with redirect_stdout(output):",
        "        discount(-1)",
        "    self.assertEqual(output.getvalue(), 'Hello\\n')",
    ]
    assert made.imports == ("import io", "from contextlib import redirect_stdout")


def test_a_unittest_makes_and_removes_its_folder_itself(fakes, propose):
    placement = Placement(path=fakes.TESTS, owner="CartTest", style="unittest")
    finding = fakes.finding(lines=FILE, action="⟨shop.cart:discount⟩(path)")
    (made,), _ = propose(finding, task=fakes.task(target=fakes.target(placement=placement)))
    assert made.code.splitlines()[1:] == [
        "    folder = tempfile.TemporaryDirectory()",
        "    self.addCleanup(folder.cleanup)",
        "    path = Path(folder.name) / 'file.txt'",
        "    path.write_text('a')",
        "    self.assertEqual(discount(path), 0)",
    ]
    assert made.imports == ("import tempfile", "from pathlib import Path")
    assert made.oracle[0].line == 6


def test_a_unittest_does_not_ask_for_what_is_logged(fakes, propose):
    placement = Placement(path=fakes.TESTS, owner="CartTest", style="unittest")
    seen = Observation(subject="state", expression="caplog.messages", value="['no such file']")
    assert propose(fakes.finding(seen), task=fakes.task(target=fakes.target(placement=placement)))[0] == []


def test_a_statement_of_several_lines_counts_as_several(fakes, propose):
    (made,), _ = propose(fakes.finding(consume="async list"))
    (oracle,) = made.oracle
    assert "assert" in made.code.splitlines()[oracle.line - 1]


ASYNC = """
import pytest
from shop.cart import discount
from tests.utility import sync


@sync
async def test_await():
    assert await discount(1)


@pytest.mark.parametrize("total", [1])
@sync
async def test_cases(total):
    assert await discount(total)


class TestCart:
    async def test_await(self):
        assert await discount(1)
"""


@pytest.mark.parametrize(
    ("consume", "asserted"),
    [("await", "await discount(-1) == 0"), ("async list", "[item async for item in discount(-1)] == 0")],
)
def test_where_tests_are_coroutines_a_new_one_is_too_and_as_a_spare_one_that_runs_it_itself(
    fakes, propose, consume, asserted
):
    (made, plain), _ = propose(fakes.finding(consume=consume), task=fakes.task(text=ASYNC))
    assert made.code == f"@sync\nasync def test_discount_negative_total_is_zero():\n    assert {asserted}\n"
    assert [(one.line, one.look) for one in made.oracle] == [(3, True)]
    assert not made.origin.spare
    assert plain.origin.spare
    assert "async def test" not in plain.code
    assert "run(" in plain.code


def test_a_coroutine_in_a_class_is_decorated_as_those_of_the_class(fakes, propose):
    placement = Placement(path=fakes.TESTS, owner="TestCart", style="method")
    task = replace(fakes.task(target=fakes.target(placement=placement)), test_text=ASYNC)
    made = propose(fakes.finding(consume="await"), task=task)[0][0]
    assert made.code.startswith("async def test_discount_negative_total_is_zero(self):\n")


PREPARED = """\
import pytest


class Base:
    {prepares}


class TestCart(Base):
    def test_total(self):
        pass
"""


@pytest.mark.parametrize(
    "prepares",
    [
        "def setup_method(self): ...",
        "async def asyncSetUp(self): ...",
        "@pytest.fixture(autouse=True)\n    def prices(self): ...",
    ],
)
def test_where_a_class_prepares_something_a_spare_stands_outside_of_it(fakes, propose, prepares):
    placement = Placement(path=fakes.TESTS, owner="TestCart", anchor="test_total", style="method")
    text = PREPARED.format(prepares=prepares)
    task = replace(fakes.task(target=fakes.target(placement=placement)), test_text=text)
    (made, outside), _ = propose(fakes.finding(), task=task)
    assert (made.placement, made.origin.spare) == (placement, False)
    assert (outside.placement, outside.origin.spare) == (Placement(path=fakes.TESTS), True)
    assert outside.code == "def test_discount_negative_total_is_zero():\n    assert discount(-1) == 0\n"


@pytest.mark.parametrize(
    ("prepares", "made_of"),
    [
        ("def setUp(self):\n        self.cart = Cart()", "self.cart"),
        ("def setUp(self):\n        self.cart = Cart()\n        self.cart.add(1)", "Cart()"),
        ("def setUp(self):\n        self.cart = Cart(1)", "Cart()"),
        ("def make(self):\n        self.cart = Cart()", "Cart()"),
    ],
)
def test_what_a_class_makes_for_each_test_is_used_where_a_test_would_make_the_same(
    fakes, propose, prepares, made_of
):
    placement = Placement(path=fakes.TESTS, owner="TestCart", style="method")
    text = "from shop.cart import Cart\n\n\n" + PREPARED.format(prepares=prepares)
    target = fakes.target(placement=placement, qualname="Cart.total")
    finding = fakes.finding(
        call=Call(qualname="Cart.total", receiver="⟨shop.cart:Cart⟩()"), action="⟨shop.cart:Cart⟩().total()"
    )
    made = propose(finding, task=replace(fakes.task(target=target), test_text=text))[0][0]
    assert made.code.splitlines()[-1] == f"    assert {made_of}.total() == 0"


def test_outside_of_the_class_it_awaits_as_tests_do_there(fakes, propose):
    text = "class TestCart(IsolatedAsyncioTestCase):\n    async def asyncSetUp(self): ...\n"
    text += "    async def test_total(self): ...\n"
    placement = Placement(path=fakes.TESTS, owner="TestCart", anchor="test_total", style="method")
    task = replace(fakes.task(target=fakes.target(placement=placement)), test_text=text)
    (*_, outside), _ = propose(fakes.finding(consume="await"), task=task)
    assert outside.placement == Placement(path=fakes.TESTS)
    assert (
        outside.code == "def test_discount_negative_total_is_zero():\n    assert asyncio.run(discount(-1)) == 0\n"
    )


def test_where_a_class_prepares_nothing_there_is_no_such_spare(fakes, propose):
    placement = Placement(path=fakes.TESTS, owner="TestCart", style="method")
    text = PREPARED.format(prepares="def helped(self): ...")
    task = replace(fakes.task(target=fakes.target(placement=placement)), test_text=text)
    assert len(propose(fakes.finding(), task=task)[0]) == 1


def test_what_needs_no_awaiting_is_no_coroutine_there_either(fakes, propose):
    (made,), _ = propose(fakes.finding(), task=fakes.task(text=ASYNC))
    assert made.code.startswith("def test")


def test_what_is_awaited_and_what_is_not_stay_apart(fakes, propose):
    other = fakes.finding(consume="async list", action="⟨shop.cart:discount⟩(-2)")
    made = propose(fakes.finding(), other, task=fakes.task(text=ASYNC))[0]
    assert [one.code.count("assert") for one in made] == [1, 1, 1]


def test_several_methods_of_a_class_have_a_test_each(fakes, propose):
    gaps = [fakes.gap(f"cart-{name}", line, qualname=f"Cart.{name}") for name, line in (("size", 3), ("total", 8))]
    parts = tuple(replace(fakes.target(gap), qualname=gap.qualname) for gap in gaps)
    target = replace(fakes.target(*gaps), qualname="Cart", parts=parts)
    findings = [
        fakes.finding(
            call=Call(qualname=gap.qualname, receiver="⟨shop.cart:Cart⟩()"),
            action=f"⟨shop.cart:Cart⟩().{gap.qualname.rpartition('.')[2]}()",
            branches=gap.branches,
            reached=gap.lines,
        )
        for gap in gaps
    ]

    made = propose(*findings, task=fakes.task(target=target))[0]

    assert [(one.name, one.gaps) for one in made] == [
        ("test_size_is_zero", ("cart-size",)),
        ("test_total_is_zero", ("cart-total",)),
    ]


def test_one_method_of_several_classes_has_a_test_for_each(fakes, propose):
    gap = fakes.gap("cart-size", 3, qualname="Cart.size", text="return len(self.items)", outcome="entered")
    findings = [
        fakes.finding(
            call=Call(qualname="Cart.size", receiver=f"⟨shop.cart:{name}⟩()"),
            action=f"⟨shop.cart:{name}⟩().size()",
            branches=gap.branches,
            reached=gap.lines,
        )
        for name in ("Cart", "Basket")
    ]
    target = replace(fakes.target(gap), qualname="Cart", parts=(replace(fakes.target(gap), qualname="Cart.size"),))

    made = propose(*findings, task=fakes.task(target=target))[0]

    assert [one.name for one in made] == ["test_size_is_zero", "test_basket_size_is_zero"]


def test_a_broken_test_file_is_as_good_as_a_new_one(fakes, propose):
    (made,), _ = propose(fakes.finding(), task=fakes.task(text="def (:\n"))
    assert made.imports == ("from shop.cart import discount",)


def test_the_job_holds_all_that_is_known(fakes, propose):
    call = Call(qualname="discount")
    other, strange = Call(qualname="total"), Call(qualname="elsewhere")
    part = Call(qualname="discount", receiver="")
    recorded = Recorded(calls=(call, other, strange, part), constructors=(Call(qualname="Cart"),), outcomes=())
    task = near(fakes, "tests/test_cart.py::test_discount[1]", neighbours=("total",), constants=("7",))
    _, sandbox = propose(task=task, recorded=recorded)
    (record,), (job,) = sandbox.asked(Record), sandbox.asked(Explore)
    assert (record.tests, record.qualnames) == (("tests/test_cart.py::test_discount",), ("discount", "total"))
    assert job.entries == (replace(task.target.entries[0], calls=(call,)),)
    assert (job.neighbours, job.constructors, job.constants) == ((other, part), recorded.constructors, ("7",))
    assert (job.branches, job.lines, job.seed, job.executions) == (((3, 4),), (4,), 7, 500)


def test_without_tests_nearby_nothing_is_recorded(fakes, propose):
    made, sandbox = propose(fakes.finding())
    assert (sandbox.asked(Record), len(made)) == ([], 1)


def test_the_search_may_take_longer_than_it_thinks(fakes, propose):
    _, sandbox = propose()
    assert sandbox.timeouts[0] > fakes.task().seconds


def test_what_others_make_of_a_find_comes_first(fakes):
    explored = Explored(findings=(fakes.finding(),), executions=1)
    sandbox = fakes.ScriptedSandbox({Explore: explored, Record: NOTHING})
    seen = []

    def better(task, found):
        seen.append((task, found))
        yield "a row"

    first, second = SearchProposer(sandbox, better).propose(fakes.task())
    assert (first, second.origin.proposer, seen) == ("a row", "search", [(fakes.task(), explored)])


@pytest.mark.parametrize("reason", ["timeout", "crash", "memory", "no answer", "bad answer", "refused"])
def test_a_sandbox_that_fails_leaves_nothing_to_say(fakes, reason):
    sandbox = fakes.ScriptedSandbox({Explore: fakes.failed(reason)})
    assert list(SearchProposer(sandbox).propose(fakes.task())) == []


def test_a_failed_recording_is_no_end(fakes):
    explored = Explored(findings=(fakes.finding(),), executions=1)
    sandbox = fakes.ScriptedSandbox({Explore: explored, Record: fakes.failed()})
    assert len(list(SearchProposer(sandbox).propose(near(fakes, "tests/test_cart.py::test_discount")))) == 1


def test_an_answer_to_another_question_is_none(fakes):
    sandbox = fakes.ScriptedSandbox({Explore: NOTHING})
    assert list(SearchProposer(sandbox).propose(fakes.task())) == []


@pytest.mark.parametrize(("seed", "searched"), [(7, 0), (6, 1)], ids=["the same seed", "another"])
def test_it_searches_once_for_a_target_with_a_seed(fakes, propose, seed, searched):
    made = replace(fakes.candidate(), origin=Origin(proposer="search", seed=seed))
    attempt = Attempt(
        path=fakes.PATH, qualname="discount", digest="d", candidate=made, verdict=Dropped(rung="gains", reason="x")
    )
    again = replace(fakes.task(), attempts=(attempt,))
    made, sandbox = propose(fakes.finding(), task=again)
    assert (len(made), len(sandbox.asked(Explore))) == (searched, searched)


def test_what_cannot_be_called_is_not_searched(fakes, propose):
    made, sandbox = propose(fakes.finding(), task=fakes.task(target=fakes.target(entries=())))
    assert (made, sandbox.jobs) == ([], [])


def test_a_function_that_nobody_can_call_is_reached_through_what_tests_call(fakes, propose):
    target = replace(
        fakes.target(), entries=(), nearest=(NearTest(nodeid="tests/test_cart.py::test_a", shared=1),)
    )
    way = Call(qualname="shop:pay", arguments=())
    finding = replace(fakes.finding(action="⟨shop:pay⟩(-1)"), call=way)
    recorded = replace(NOTHING, through=(way,))
    (made,), sandbox = propose(finding, task=fakes.task(target=target), recorded=recorded)
    assert sandbox.asked(Explore)[0].through == (way,)
    assert made.name == "test_pay_is_zero"
    assert made.title == "pay: gives 0"


def test_without_any_way_in_nothing_is_explored(fakes, propose):
    target = replace(
        fakes.target(), entries=(), nearest=(NearTest(nodeid="tests/test_cart.py::test_a", shared=1),)
    )
    made, sandbox = propose(fakes.finding(), task=fakes.task(target=target))
    assert (made, sandbox.asked(Explore)) == ([], [])


def test_of_several_things_that_may_prove_needless_none_is_in_the_name(fakes, propose):
    seen = Observation(subject="result", value="0"), Observation(subject="state", expression="log", value="[]")
    (made,), _ = propose(fakes.finding(*seen))
    assert made.name == "test_discount_with_negative_total"


def test_that_two_results_are_equal_is_no_result(fakes, propose):
    finding = fakes.finding(
        Observation(subject="result", value="True", form="is"),
        action="hash(⟨shop.cart:Cart⟩(1)) == hash(⟨shop.cart:Cart⟩(1))",
        call=Call(qualname="Cart.__hash__", receiver="⟨shop.cart:Cart⟩(1)"),
    )
    (made,), _ = propose(finding)
    assert made.name == "test_cart_hash"


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (
            Observation(subject="raises", value="⟨builtins:TypeError⟩", message="no"),
            "test_discount_rejects_negative_total",
        ),
        (Observation(subject="result", value="'x'"), "test_discount_without_rate"),
    ],
    ids=["refused", "given"],
)
def test_a_refusal_is_about_the_decision_that_comes_last_and_a_result_about_the_first(fakes, propose, seen, name):
    first = fakes.gap("cart-bbbbbbbb", line=3, text="if rate is None:")
    last = fakes.gap("cart-cccccccc", line=7, text="if total < 0:")
    parameters = (
        Parameter(name="total", kind="positional"),
        Parameter(name="rate", kind="positional", default="1"),
    )
    target = fakes.target(first, last, parameters=parameters)
    target = replace(target, entries=(replace(target.entries[0], parameters=parameters),))
    arguments = (Argument(name="total", value="-1"), Argument(name="rate", value="None"))
    finding = fakes.finding(
        seen,
        action="⟨shop.cart:discount⟩(-1, rate=None)",
        call=Call(qualname="discount", arguments=arguments),
        branches=((3, 4), (7, 8)),
        reached=(4, 8),
    )
    (made,), _ = propose(finding, task=fakes.task(target=target))
    assert made.name == name
