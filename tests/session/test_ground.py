from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Collect, Collected, Item, Record, Recorded, TestOutcome
from pytest_enrich.gaps import FileCoverage
from pytest_enrich.session import ground, scope
from pytest_enrich.source.placement import new_file

PARTS, DISCOUNT = "tests/test_cart.py::test_parts", "tests/test_cart.py::test_discount"
COLLECTED = Collected(
    items=tuple(
        Item(
            nodeid=nodeid,
            path="tests/test_cart.py",
            owner=None,
            name=nodeid.partition("::")[2],
            style="function",
            fixtures=("tmp_path",),
        )
        for nodeid in (PARTS, DISCOUNT)
    )
)


def ran(**results):
    outcomes = tuple(
        TestOutcome(nodeid=f"tests/test_cart.py::{name}", result=result, detail="E\n  OSError: no network\n")
        for name, result in results.items()
    )
    return Recorded(calls=(), constructors=(), outcomes=outcomes)


@pytest.fixture
def survey(settings, store, measured, fakes):
    """What a run stands on when the sandbox answers so."""

    def survey(collected=COLLECTED, recorded=None, **more):
        changed = replace(settings, **more)
        found = scope.find(changed, measured(), store)
        recorded = recorded or ran(test_parts="passed", test_discount="passed")
        sandbox = fakes.ScriptedSandbox({Collect: collected, Record: recorded})
        return ground.survey(changed, found.measured, found.texts, found.open, sandbox), sandbox

    return survey


def test_each_function_with_gaps_is_a_target_in_the_order_of_its_gaps(survey):
    stands, _ = survey()
    assert [target.qualname for target in stands.targets] == ["parse_sku", "discount", "Cart.size"]
    assert (stands.left_out, stands.notes) == ((), ())


def test_a_target_knows_the_tests_that_come_near_and_where_a_new_one_goes(survey):
    stands, sandbox = survey()
    parse = next(target for target in stands.targets if target.qualname == "parse_sku")
    assert [near.nodeid for near in parse.nearest] == [PARTS]
    assert (parse.placement.path, parse.placement.anchor) == ("tests/test_cart.py", "test_parts")
    assert parse.module == "shop.cart"
    (record,) = sandbox.asked(Record)
    assert set(record.tests) == {PARTS, DISCOUNT}


def test_a_target_knows_the_modules_beside_it_that_the_suite_imports(settings, store, measured, fakes):
    found = scope.find(settings, measured(), store)
    (cart,) = (file for file in found.measured.files if file.path == "src/shop/cart.py")
    beside = [
        FileCoverage(path=path, statements=(1, 2), missing_lines=missing)
        for path, missing in [
            ("src/shop/tax.py", (2,)),
            ("src/shop/never.py", (1, 2)),
            ("src/shop/__main__.py", ()),
            ("src/bank/coin.py", ()),
        ]
    ]
    sandbox = fakes.ScriptedSandbox({Collect: COLLECTED, Record: ran(test_parts="passed")})
    stands = ground.survey(
        settings, replace(found.measured, files=(cart, *beside)), found.texts, found.open, sandbox
    )
    assert {target.beside for target in stands.targets} == {("shop.tax",)}


def test_a_gap_that_only_failing_tests_reach_is_left_out(survey):
    stands, _ = survey(recorded=ran(test_parts="failed", test_discount="passed"))
    assert [target.qualname for target in stands.targets] == ["discount", "Cart.size"]
    assert [gap.qualname for gap in stands.left_out] == ["parse_sku"]
    assert stands.notes == (f"{PARTS} does not pass inside the sandbox: OSError: no network",)


def test_many_failing_tests_are_counted(survey):
    names = {f"test_{number}": "error" for number in range(5)}
    stands, _ = survey(recorded=ran(**names))
    assert len(stands.notes) == 4
    assert stands.notes[-1] == "and 2 more tests that do not pass inside the sandbox"


def test_a_skipped_test_is_no_failure(survey):
    stands, _ = survey(recorded=ran(test_parts="skipped"))
    assert len(stands.targets) == 3


def test_tests_that_cannot_be_collected_are_told_and_are_no_end(survey, fakes):
    stands, _ = survey(collected=fakes.failed("timeout", "took too long"))
    assert len(stands.targets) == 3
    assert stands.notes == ("the tests could not be collected inside the sandbox: took too long",)


def test_collection_errors_are_told(survey):
    broken = Collected(items=COLLECTED.items, errors=("tests/test_b.py: ImportError",))
    assert survey(collected=broken)[0].notes == ("not collected inside: tests/test_b.py: ImportError",)


def test_a_probe_without_an_answer_leaves_nothing_out(survey, fakes):
    stands, _ = survey(recorded=fakes.failed("timeout"))
    assert len(stands.targets) == 3


@pytest.mark.parametrize("content", [None, b"x = '\xff'\n", b"def (:\n"])
def test_a_test_file_that_cannot_be_read_is_no_end(survey, settings, content):
    path = settings.rootdir / "tests/test_cart.py"
    path.unlink() if content is None else path.write_bytes(content)
    assert len(survey()[0].targets) == 3


def test_where_a_test_would_go_into_a_red_file_it_waits(survey):
    stands, sandbox = survey(test_files=(), red={"tests/test_cart.py": "1 test failed"})
    assert stands.targets == ()
    assert [gap.qualname for gap in stands.left_out] == ["parse_sku", "discount", "Cart.size"]
    assert not sandbox.asked(Collect)


@pytest.fixture
def elsewhere(settings, store, measured, rootdir, fakes):
    """What a run stands on whose tests are in `test_flow.py`, beside which another file has one of them."""
    (rootdir / "tests/test_cart.py").unlink()

    def survey(other, **more):
        def moved(nodeid):
            return nodeid.replace("test_cart", "test_other" if nodeid.endswith(other) else "test_flow")

        found = scope.find(replace(settings, test_files=()), measured(), store)
        files = [
            replace(file, contexts={line: tuple(map(moved, names)) for line, names in file.contexts.items()})
            for file in found.measured.files
        ]
        for name in ("test_flow", "test_other"):
            (rootdir / f"tests/{name}.py").write_text(
                "from shop.cart import discount\n\n\ndef test_discount():\n    assert discount\n"
            )
        changed = replace(settings, test_files=("tests/test_other.py",), **more)
        sandbox = fakes.ScriptedSandbox({Collect: Collected(items=()), Record: ran()})
        return ground.survey(
            changed, replace(found.measured, files=tuple(files)), found.texts, found.open, sandbox
        )

    return survey


def test_what_red_tests_alone_run_waits_and_the_rest_goes_on(elsewhere):
    stands = elsewhere("nothing", red={"tests/test_flow.py": "1 test failed"})
    assert {gap.qualname for gap in stands.left_out} == {"discount", "parse_sku"}
    (size,) = stands.targets
    assert (size.qualname, size.nearest) == ("Cart.size", ())
    assert (size.placement.path, size.placement.new_file) == ("tests/test_cart.py", True)


def test_what_a_green_test_runs_too_is_worked_on_from_that_one(elsewhere):
    stands = elsewhere("test_discount", red={"tests/test_flow.py": "1 test failed"})
    assert [gap.qualname for gap in stands.left_out] == ["parse_sku"]
    by_name = {target.qualname: target for target in stands.targets}
    assert [near.nodeid for near in by_name["discount"].nearest] == ["tests/test_other.py::test_discount"]
    assert by_name["discount"].placement.path == "tests/test_other.py"


def test_nothing_is_learnt_from_a_test_that_fails_in_a_file_where_others_pass(elsewhere):
    stands = elsewhere("test_discount", failed=("tests/test_other.py::test_discount",))
    assert not {near.nodeid for target in stands.targets for near in target.nearest} & {
        "tests/test_other.py::test_discount"
    }


def test_a_file_that_is_there_and_is_no_file_of_the_suite_is_not_written_over(elsewhere, rootdir):
    (rootdir / "tests/test_cart.py").mkdir()
    stands = elsewhere("nothing", red={"tests/test_flow.py": "1 test failed"})
    assert not stands.targets


@pytest.mark.parametrize(
    ("folders", "testpaths", "path"),
    [
        ([], (), "tests/test_cart.py"),
        (["test"], (), "test/test_cart.py"),
        (["test", "tests"], (), "tests/test_cart.py"),
        (["tests"], ("checks",), "checks/test_cart.py"),
        (["src/shop/tests"], ("src/*/tests",), "src/shop/tests/test_cart.py"),
        ([], ("src", "tests"), "tests/test_cart.py"),
        ([], ("../outside", "/nowhere/at/all"), "tests/test_cart.py"),
    ],
)
def test_the_first_test_goes_where_tests_belong(settings, rootdir, folders, testpaths, path):
    (rootdir / "tests/test_cart.py").unlink()
    (rootdir / "tests").rmdir()
    for name in folders:
        (rootdir / name).mkdir(parents=True)
    known = ground.suite(replace(settings, test_files=(), testpaths=testpaths))
    assert new_file("src/shop/cart.py", known) == path
