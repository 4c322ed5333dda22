"""A module that was imported before coverage began."""

import importlib.util
import sys
import textwrap

import coverage
import pytest

from pytest_enrich import gaps

TEXT = textwrap.dedent('''\
    """Prices."""

    import enum

    if enum:
        LIMIT = 3
    else:
        LIMIT = 4


    class Odd(Warning):
        """A warning."""

        level = 1

        @property
        def name(self):
            return "odd"


    def cut(total):
        if total > LIMIT:
            return LIMIT
        return total
    ''')


IN_FUNCTIONS = [(17, "Odd.name"), (22, "cut")]


@pytest.fixture
def found(tmp_path, monkeypatch):
    """The gaps where `act` runs with the module; whether its import is measured, and whether it stays loaded."""

    def found(act, *, is_measured=False, stays=True):
        path = tmp_path / "prices.py"
        path.write_text(TEXT)
        spec = importlib.util.spec_from_file_location("enrich_prices", path)
        module = importlib.util.module_from_spec(spec)
        cov = coverage.Coverage(
            data_file=None, branch=True, include=[str(path)], config_file=False, messages=False
        )
        cov.set_option("run:disable_warnings", ["no-data-collected"])
        if not is_measured:
            spec.loader.exec_module(module)
        with cov.collect():
            if is_measured:
                spec.loader.exec_module(module)
            act(module)
        cov.get_data().touch_file(str(path))
        if stays:
            monkeypatch.setitem(sys.modules, "enrich_prices", module)
        (file,) = gaps.read(cov, tmp_path).files
        return [(gap.line, gap.qualname) for gap in gaps.find("prices.py", TEXT, file)]

    return found


def nothing(_module): ...


def cut(module):
    module.cut(1)


def test_what_its_import_ran_is_no_gap_where_a_function_of_it_ran(found):
    assert found(cut, stays=False) == IN_FUNCTIONS


def test_what_its_import_ran_is_no_gap_where_it_is_loaded(found):
    assert {name for _, name in found(nothing)} == {"Odd.name", "cut"}


def test_what_was_never_imported_is_a_gap_as_a_whole(found):
    assert (3, "") in found(nothing, stays=False)


def test_of_an_import_that_was_measured_what_did_not_run_is_a_gap(found):
    assert found(cut, is_measured=True) == [(5, ""), *IN_FUNCTIONS]
