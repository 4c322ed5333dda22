import json

import pytest

SUGGESTED = """
from shop.cart import parse

def test_suggested(word):
    assert parse(word) == "WORD"
"""


@pytest.fixture
def suggest(write):
    def into(name="cart-6e2m3fea", target="tests/test_cart.py", text=SUGGESTED):
        folder = f"enrich-suggestions/pending/{name}"
        write(f"{folder}/suggestion.json", json.dumps({"id": name, "target": {"path": target}}))
        return write(f"{folder}/suggestion_{name.replace('-', '_')}.py", text)

    return into


@pytest.fixture
def project(shop, write):
    write("conftest.py", "")
    write(
        "tests/conftest.py",
        """
        import pytest

        def pytest_addoption(parser):
            parser.addoption("--word", default="word")

        @pytest.fixture
        def word(request):
            return request.config.getoption("word")
        """,
    )
    write("tests/test_neighbour.py", "raise ImportError('nobody needs this one')\n")
    return shop


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_a_suggestion_sees_the_fixtures_of_its_target(project, suggest, mode):
    suggest()
    result = project.runpytest_subprocess("--enrich-run=cart-6e2m3fea", f"--import-mode={mode}", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["tests/suggestion_cart_6e2m3fea.py::test_suggested PASSED*"])
    assert result.ret == 0


def test_options_of_the_targets_conftest_are_known(project, suggest):
    suggest()
    result = project.runpytest_subprocess("--enrich-run=cart-6e2m3fea", "--word=other")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 'OTHER' == 'WORD'"])  # rewritten, as in a test of the suite


def test_it_is_run_by_the_workers_of_xdist(project, suggest):
    pytest.importorskip("xdist")
    suggest()
    project.runpytest_subprocess("--enrich-run=cart-6e2m3fea", "-p", "xdist", "-n1").assert_outcomes(passed=1)


def test_it_lies_where_the_option_says_and_paths_beside_it_are_not_run(project, suggest):
    suggest()
    (project.path / "enrich-suggestions").rename(project.path / "elsewhere")
    result = project.runpytest_subprocess(
        "--enrich-run=cart-6e2m3fea", "--enrich-dir=elsewhere", "tests/test_cart.py"
    )
    result.assert_outcomes(passed=1)


def test_a_package_of_tests_is_no_obstacle(project, suggest, write):
    write("tests/__init__.py", "")
    write("tests/unit/__init__.py", "")
    write("tests/unit/test_cart.py", "raise ImportError\n")
    suggest(target="tests/unit/test_cart.py")
    result = project.runpytest_subprocess("--enrich-run=cart-6e2m3fea", "-v")
    result.stdout.fnmatch_lines(["tests/unit/suggestion_cart_6e2m3fea.py::test_suggested PASSED*"])


def test_a_target_at_the_top_is_no_obstacle(project, suggest):
    suggest(target="test_top.py", text="def test_suggested():\n    pass\n")
    result = project.runpytest_subprocess("--enrich-run=cart-6e2m3fea", "-v")
    result.stdout.fnmatch_lines(["suggestion_cart_6e2m3fea.py::test_suggested PASSED*"])
    result.assert_outcomes(passed=1)


def test_a_folder_that_the_suggestion_would_make_is_no_obstacle(project, suggest):
    suggest(target="tests/new/deep/test_cart.py")
    project.runpytest_subprocess("--enrich-run=cart-6e2m3fea").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "*suggestion.json cannot be read: JSONDecodeError(*"),
        ('{"target": {"path": "../../etc/test_x.py"}}', "*names ../../etc/test_x.py, outside the project"),
        ('{"target": {"path": 3}}', "*suggestion.json cannot be read: *"),
    ],
)
def test_a_broken_suggestion_is_wrong_use(project, suggest, write, text, message):
    suggest()
    write("enrich-suggestions/pending/cart-6e2m3fea/suggestion.json", text)
    result = project.runpytest_subprocess("--enrich-run=cart-6e2m3fea")
    result.stderr.fnmatch_lines([message])
    result.stderr.no_fnmatch_line("*Traceback*")
    assert result.ret == 4
