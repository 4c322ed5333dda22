from __future__ import annotations

import coverage
import pytest

from pytest_enrich import gaps

CODE = "def f(x):\n    if x:\n        return 1\n    return 2\n"
PACKAGE = {
    "shop/__init__.py": "",
    "shop/cart.py": CODE,
    "shop/sub/__init__.py": "",
    "shop/sub/deep.py": CODE,
    "shop/data/notes.py": CODE,  # in no package
}
AROUND = {
    "shop/__main__.py": CODE,
    "shop/migrations/__init__.py": "",
    "shop/migrations/first.py": CODE,
    "shop/tests/__init__.py": "",
    "shop/tests/helpers.py": CODE,
    "shop/test_inside.py": CODE,
    "shop/conftest.py": CODE,
    "shop/tests.py": CODE,
    "tests/__init__.py": "",
    "tests/helpers.py": CODE,
    "examples/__init__.py": "",
    "examples/first.py": CODE,
    "docs/conf.py": CODE,
    "setup.py": CODE,
    "noxfile.py": CODE,
    "manage.py": CODE,
}
OWN = ["shop/__init__.py", "shop/cart.py", "shop/sub/__init__.py", "shop/sub/deep.py"]


@pytest.fixture
def measuring(request):
    """A coverage without a file, closed afterwards where the release of coverage knows how."""

    def measuring(**options):
        cov = coverage.Coverage(data_file=None, branch=True, config_file=False, **options)
        if hasattr(cov.get_data(), "close"):
            request.addfinalizer(lambda: cov.get_data().close(force=True))
        return cov

    return measuring


@pytest.fixture
def read(tmp_path, monkeypatch, measuring):
    """The files that count in a project of these texts, and those left out; `ran` are lines by file."""
    (tmp_path / "project").mkdir()
    root = tmp_path / "project"

    def read(texts, *, path=("",), roots=("",), ran=(), tests=("tests/test_cart.py",), **options):
        for name, text in texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for entry in path:
            monkeypatch.syspath_prepend(root / entry)
        cov = measuring(**options)
        if ran:
            cov.get_data().add_arcs({str(root / name): [(-1, 1), (1, -1)] for name in ran})
        return gaps.read(cov, root, tests, (), (), roots)

    return read


def paths(measured):
    return [file.path for file in measured.files]


def test_the_modules_of_a_package_count_and_what_lies_round_it_does_not(read):
    measured = read({**PACKAGE, **AROUND})
    assert (paths(measured), measured.skipped) == (OWN, ())


def test_below_src_it_is_the_same(read):
    texts = {f"src/{name}": text for name, text in PACKAGE.items()} | {"release.py": CODE}
    assert paths(read(texts, path=("src",), roots=("src", ""))) == [f"src/{name}" for name in OWN]


def test_modules_count_where_there_is_no_package(read):
    assert paths(read({"cart.py": CODE, "setup.py": CODE, "test_cart.py": CODE})) == ["cart.py"]


def test_a_folder_whose_name_nobody_can_import_is_no_package(read):
    assert paths(read({"cart.py": CODE, "shop.old/__init__.py": "", "shop.old/cart.py": CODE})) == ["cart.py"]


def test_what_did_not_run_is_missing_as_a_whole_with_its_branches(read):
    (file,) = read({"cart.py": CODE}).files
    assert (file.missing_lines, file.missing_branches) == ((1, 2, 3, 4), ((2, 3), (2, 4)))


def test_what_ran_keeps_its_numbers(read):
    measured = read(PACKAGE, ran=["shop/cart.py"])
    assert paths(measured) == OWN
    assert {file.path: file.missing_lines for file in measured.files}["shop/cart.py"] == (2, 3, 4)


def test_a_module_beside_one_that_ran_counts(read):
    texts = {**PACKAGE, "app/models.py": CODE, "app/views.py": CODE}
    assert paths(read(texts, ran=["app/models.py"])) == ["app/models.py", "app/views.py", *OWN]


@pytest.mark.parametrize(
    ("folder", "is_source"), [("testsuite", False), ("unit_tests", False), ("testing", True), ("load_test", True)]
)
def test_what_stands_beside_tests_in_a_folder_of_tests_is_none(read, folder, is_source):
    texts = {**PACKAGE, f"shop/{folder}/__init__.py": "", f"shop/{folder}/common.py": CODE}
    found = paths(read(texts, ran=[f"shop/{folder}/common.py"], tests=(f"shop/{folder}/test_cart.py",)))
    assert (f"shop/{folder}/common.py" in found) is is_source


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"source": ["shop.sub"]}, OWN[2:]),
        ({"source": ["shop/sub"]}, OWN[2:]),
        ({"source_pkgs": ["shop"]}, OWN),
        ({"source": ["nowhere"]}, []),
        ({"source": ["shop"], "omit": ["*/cart.py"]}, [OWN[0], *OWN[2:]]),
        ({"omit": ["*/sub/*"]}, OWN[:2]),
        ({"include": ["*/sub/*"]}, OWN[2:]),
    ],
)
def test_what_coverage_is_limited_to_limits_this_too(read, monkeypatch, tmp_path, options, names):
    monkeypatch.chdir(tmp_path)
    assert paths(read(PACKAGE, **options)) == names


def test_only_what_was_measured_counts_where_nobody_knows_the_rest(read):
    assert paths(read(PACKAGE, roots=None, ran=["shop/cart.py"])) == ["shop/cart.py"]


def test_what_tests_cannot_import_is_left_out_with_the_way_out(read):
    texts = {f"src/{name}": text for name, text in PACKAGE.items()}
    ((path, why),) = read(texts, path=(), roots=(), tests=()).skipped
    assert path == "src/shop"
    assert 'pythonpath = ["src"]' in why


def test_where_there_are_tests_what_they_ran_tells_what_can_be_imported(read):
    measured = read(PACKAGE, path=(), roots=(), ran=["shop/sub/deep.py"])
    assert (paths(measured), measured.skipped) == (OWN, ())


def test_a_package_of_the_name_of_another_that_comes_first_is_not_what_is_imported(read):
    assert read({"json/__init__.py": CODE}).files == ()


def test_a_script_that_coverage_counts_and_nobody_ran_is_left_alone_unless_it_is_named(tmp_path, measuring):
    cov = measuring()
    (tmp_path / "setup.py").write_text(CODE)
    cov.get_data().add_arcs({})
    cov.get_data().touch_file(str(tmp_path / "setup.py"))
    assert gaps.read(cov, tmp_path).files == ()
    assert paths(gaps.read(cov, tmp_path, (), ["setup.py"])) == ["setup.py"]
