import pytest

from pytest_enrich.config import Budget, private
from pytest_enrich.pytest_hooks import setting


@pytest.fixture
def read(pytester):
    return lambda *args: setting.read(pytester.parseconfig("-p", "no:asyncio", *args))


def test_defaults_are_those_of_the_documentation(pytester, read):
    settings = read()
    assert (settings.rootdir, settings.directory) == (pytester.path, pytester.path / "enrich-suggestions")
    assert (settings.with_, settings.maximum, settings.seed) == (("auto",), 10, 0)
    assert (settings.budget, settings.timeout) == (Budget(seconds=300), 10)
    assert 1 <= settings.workers <= 4
    assert (settings.include, settings.exclude, settings.only, settings.env) == ((), (), (), ())
    assert (settings.grade, settings.sandbox, str(settings.shard)) == ("good", "auto", "")
    assert (settings.fresh, settings.listing) == (False, False)


def test_the_command_line_is_read(pytester, read, write):
    write("src/a.py", "")
    settings = read(
        "--enrich-with=search", "--enrich-max=0", "--enrich-budget=20000x", "--enrich-timeout=1.5s",
        "--enrich-workers=3", "--enrich-seed=7", "--enrich-dir=out/here", "--enrich-include=src/*",
        "--enrich-include=b",
        "--enrich-exclude=*_pb2.py", "--enrich-only=src/a.py::A.f", "--enrich-sandbox=process", "--enrich-fresh",
        "--enrich-list", "--enrich-grade=strong", "--enrich-shard=2/4",
    )  # fmt: skip
    assert (settings.with_, settings.maximum, settings.seed) == (("search",), 0, 7)
    assert (settings.budget, settings.timeout) == (Budget(executions=20000), 1.5)
    assert (settings.workers, settings.directory) == (3, pytester.path / "out/here")
    assert (settings.include, settings.exclude) == (("src/*", "b"), ("*_pb2.py",))
    assert (settings.only, settings.sandbox) == (("src/a.py::A.f",), "process")
    assert (settings.grade, str(settings.shard)) == ("strong", "2/4")
    assert settings.fresh
    assert settings.listing


PROPOSERS = "auto or rows or search or ollama"
KEYS = {"max": "3", "budget": "90s", "exclude": "a/*", "env": "API_TOKEN", "dir": "out"}
INI = "\n".join(f"enrich_{name} = {value}" for name, value in KEYS.items())
STRINGS = "\n".join(f'enrich_{name} = "{value}"' for name, value in KEYS.items())
TOML = """
enrich_max = 3
enrich_budget = "90s"
enrich_exclude = ["a/*"]
enrich_env = ["API_TOKEN"]
enrich_dir = "out"
"""
NATIVE = pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest 9 reads it")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", f"[pytest]\n{INI}\n"),
        ("tox.ini", f"[pytest]\n{INI}\n"),
        ("setup.cfg", f"[tool:pytest]\n{INI}\n"),
        ("pyproject.toml", f"[tool.pytest.ini_options]\n{STRINGS}\n"),
        pytest.param("pyproject.toml", f"[tool.pytest]\n{TOML}\n", marks=NATIVE),
        pytest.param("pytest.toml", f"[pytest]\n{TOML}\n", marks=NATIVE),
    ],
)
def test_every_file_that_pytest_reads_is_read(pytester, read, write, name, text):
    write(name, text)
    settings = read("--strict-config")
    assert (settings.maximum, settings.budget) == (3, Budget(seconds=90))
    assert (settings.exclude, settings.env) == (("a/*",), ("API_TOKEN",))
    assert settings.directory == pytester.path / "out"


def test_the_command_line_wins_over_an_override_and_that_over_the_file(read, write):
    write("pytest.ini", "[pytest]\nenrich_max = 3\nenrich_seed = 3\n")
    settings = read("-o", "enrich_max=4", "-o", "enrich_seed=4", "--enrich-seed=5")
    assert (settings.maximum, settings.seed) == (4, 5)


@pytest.mark.parametrize(
    ("option", "accepted"),
    [
        ("with=gpt", f"there is no proposer 'gpt' in this version; accepted is {PROPOSERS}"),
        ("with=search,gpt", f"there is no proposer 'gpt' in this version; accepted is {PROPOSERS}"),
        ("with=", f"there is no proposer '' in this version; accepted is {PROPOSERS}"),
        ("max=-1", "accepted is a whole number from 0 (no limit)"),
        ("max=many", "accepted is a whole number from 0 (no limit)"),
        ("budget=5", "accepted is a time such as 90s, 5m or 1h, or a number of executions such as 20000x"),
        ("budget=0x", "accepted is a time such as 90s, 5m or 1h, or a number of executions such as 20000x"),
        ("timeout=0s", "accepted is a time such as 10s, 1.5m or 1h"),
        ("timeout=20x", "accepted is a time such as 10s, 1.5m or 1h"),
        ("workers=0", "accepted is auto, or a whole number from 1"),
        ("seed=4294967296", "accepted is a whole number from 0 to 4294967295"),
        ("sandbox=docker", "accepted is auto, strict, process"),
        ("grade=fine", "accepted is strong, good, weak"),
        ("shard=5/4", "accepted is K/N, such as 1/4 for the first of four parts"),
        ("shard=", "accepted is K/N, such as 1/4 for the first of four parts"),
        ("dir=.", "accepted is a folder of its own, such as enrich-suggestions"),
        ("dir=..", "accepted is a folder of its own, such as enrich-suggestions"),
    ],
)
def test_a_value_that_is_not_accepted_is_named_with_what_is(read, option, accepted):
    with pytest.raises(pytest.UsageError) as raised:
        read(f"--enrich-{option}")
    assert str(raised.value) == f"--enrich-{option}: {accepted}"


def test_a_file_is_no_folder(read, write):
    path = write("out", "")
    with pytest.raises(pytest.UsageError, match=r"--enrich-dir=out: .* is a file") as raised:
        read("--enrich-dir=out")
    assert str(path) in str(raised.value)


def test_a_bad_value_in_the_file_is_named_by_its_key(read, write):
    write("pytest.ini", "[pytest]\nenrich_budget = long\n")
    with pytest.raises(pytest.UsageError, match=r"enrich_budget = long: accepted is a time such as"):
        read()


def test_a_bad_number_in_the_file_is_wrong_use_on_every_pytest(read, write):
    write("pytest.ini", "[pytest]\nenrich_max = many\n")
    with pytest.raises(pytest.UsageError, match="many"):
        read()


@pytest.mark.parametrize("path", ["nowhere.py", "src", "../outside.py"])
def test_a_limit_to_what_is_not_there_is_wrong_use(pytester, read, write, path):
    write("src/a.py", "")
    (pytester.path.parent / "outside.py").touch()
    with pytest.raises(pytest.UsageError, match=f"--enrich-only={path}: there is no such file below"):
        read(f"--enrich-only={path}")


def test_a_limit_is_relative_to_where_pytest_was_started(pytester, read, write, monkeypatch):
    write("pytest.ini", "[pytest]\n")
    write("src/a.py", "")
    monkeypatch.chdir(pytester.path / "src")
    assert read("--enrich-only=a.py").only == ("src/a.py",)
    assert read("--enrich-only=src/a.py::f").only == ("src/a.py::f",)


def test_wrong_use_ends_pytest_before_a_test_runs(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-with=gpt")
    result.stderr.fnmatch_lines(["ERROR: --enrich-with=gpt: there is no proposer 'gpt' in this version; *"])
    result.stdout.no_fnmatch_line("*passed*")
    assert result.ret == 4


def test_a_model_is_asked_unless_none_is_wanted(read):
    assert "ollama" in read().asked
    assert "ollama" not in read("--enrich-model=none").asked
    assert read("--enrich-with=ollama").asked == ("ollama",)
    assert read("--enrich-with=search", "--enrich-model=coder:7b").asked == ("search",)


def test_a_model_named_beside_auto_comes_after_all_others(read):
    settings = read("--enrich-with=ollama,auto")
    assert settings.with_ == ("ollama", "auto")
    assert (settings.asked[0], settings.asked[-1]) == ("rows", "ollama")


def test_what_may_be_told_to_a_model_is_read(read, write):
    always = (*private.FILES, *private.FOLDERS)
    assert read().prompt_exclude == (*always, "*secret*")
    assert (read().model, read().host, read().allow_remote, read().think) == ("", "", False, False)
    words = (
        "enrich_model = m:1",
        "enrich_think = yes",
        "enrich_allow_remote = yes",
        "enrich_prompt_exclude = a/*",
    )
    write("pytest.ini", "\n".join(("[pytest]", *words, "")))
    settings = read("--enrich-host=gpu:1")
    assert (settings.model, settings.host, settings.allow_remote) == ("m:1", "gpu:1", True)
    assert settings.think
    assert settings.prompt_exclude == (*always, "a/*")


@pytest.mark.parametrize("text", ["two words", "caf\u00e9", "a\x1b[2Jb"])
def test_a_model_is_one_plain_word(read, text):
    with pytest.raises(pytest.UsageError, match="accepted is one word, such as"):
        read(f"--enrich-model={text}")


def kinds(settings):
    return [(one.format, one.destination) for one in settings.reports]


def test_a_report_is_a_page_unless_somebody_says_otherwise(read, write, monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    assert kinds(read()) == [("html", "")]
    write("pytest.ini", "[pytest]\nenrich_report =\n    md\n    json:out/a.json\n")
    assert kinds(read()) == [("md", ""), ("json", "out/a.json")]
    assert kinds(read("--enrich-report=md", "--enrich-report=html:a.html")) == [("md", ""), ("html", "a.html")]
    assert kinds(read("--enrich-report=none")) == []


def test_a_report_that_cannot_be_written_is_wrong_use_before_a_test_runs(shop):
    for option, told in (
        ("pdf", "*--enrich-report=pdf: accepted is none, html, md, *"),
        ("html:-", "*--enrich-report=html:-: a run prints no report; *"),
        ("md:tests/test_cart.py", "*test_cart.py is there and is no md report of ours*"),
    ):
        result = shop.runpytest_inprocess("--enrich", f"--enrich-report={option}")
        result.stderr.fnmatch_lines([told])
        assert result.ret == 4
