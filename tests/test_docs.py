"""The pages say what the code does: whatever they name is there, and whatever is there is named."""

import re
from pathlib import Path

import pytest

from pytest_enrich import cli, plugin

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/*.md")])
TEST_COMMAND = 'pip install -e ".[test]" && pytest -n 2'


class Parser:
    """Notes what the plugin adds to pytest's parser."""

    def __init__(self):
        self.options = set()
        self.keys = set()

    def getgroup(self, *_):
        return self

    def addoption(self, *names, **_):
        self.options |= set(names)

    def addini(self, name, *_, **__):
        self.keys.add(name)


@pytest.fixture
def parser():
    known = Parser()
    plugin.pytest_addoption(known)
    return known


@pytest.fixture
def verbs():
    return {name: cli.verb(name) for name in cli._VERBS}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def options(verb):
    own = {text for one in verb.params for text in one.opts if text.startswith("--")}
    return own.union(*map(options, getattr(verb, "commands", {}).values()))


def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_the_reference_has_every_option_and_no_other(parser):
    assert set(re.findall(r"`(--enrich[a-z-]*)", read("docs/reference/options.md"))) == parser.options


def test_the_reference_has_every_key_and_no_other(parser):
    assert set(re.findall(r"`(enrich_[a-z_]+)`", read("docs/reference/options.md"))) == parser.keys


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_options_that_exist(page, parser):
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"(?<![\w-])--enrich[a-z-]*", text)) <= parser.options
    assert set(re.findall(r"\benrich_[a-z]+(?:_[a-z]+)*\b", text)) <= parser.keys


def test_the_reference_shows_the_defaults_that_the_plugin_has():
    rows = dict(
        re.findall(
            r"^\| `--enrich-([a-z]+)=\w+` \| `\w+` \| `([^`]+)`", read("docs/reference/options.md"), re.MULTILINE
        )
    )
    assert rows == {name: default for name, default, *_ in plugin._VALUES if default}


def test_the_reference_has_every_verb_in_the_order_of_the_program(verbs):
    assert re.findall(r"^\| `pytest-enrich ([a-z]+)", read("docs/reference/command.md"), re.MULTILINE) == list(
        verbs
    )


def test_the_reference_has_every_option_of_each_verb_and_no_other(verbs):
    rows = re.findall(r"^\| `pytest-enrich ([a-z]+)(.*)$", read("docs/reference/command.md"), re.MULTILINE)
    told = {verb: set(re.findall(r"--[a-z]+(?:-[a-z]+)*", row)) for verb, row in rows}
    assert told == {name: options(verb) - {"--json", "--dir"} for name, verb in verbs.items()}


def test_the_reference_says_which_verbs_answer_in_json(verbs):
    without = [name for name, verb in verbs.items() if "--json" not in options(verb)]
    assert without == ["review", "run", "hook"]
    assert "Each command but `review`, `run` and `hook` has `--json`" in read("docs/reference/command.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_verbs_and_verbs_options_that_exist(page, verbs):
    for verb, rest in re.findall(r"(?:`|\$ )pytest-enrich ([a-z]+)([^`\n|]*)", page.read_text(encoding="utf-8")):
        assert verb in verbs
        assert set(re.findall(r"--[a-z]+(?:-[a-z]+)*", rest.partition(" -- ")[0])) <= options(verbs[verb])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_leads_only_to_what_is_there(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        if name.startswith(("http://", "https://")):
            continue
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        assert not anchor or anchor in map(slug, headings), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_no_path_of_a_machine(page):
    assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|usr|var|opt|Users)/", page.read_text(encoding="utf-8"))


def test_each_guard_of_the_threat_model_has_a_test():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", read("docs/explanation/security.md"))
    assert named
    missing = [name for path, name in named if f"def {name}(" not in read(path)]
    assert missing == []


def test_every_page_of_the_documentation_can_be_reached_from_its_index():
    found, waiting = set(), [ROOT / "docs/index.md"]
    while waiting:
        page = waiting.pop()
        if page not in found and page.suffix == ".md":
            found.add(page)
            waiting += [
                (page.parent / name).resolve() for name in re.findall(r"\]\(([^)#\s]+\.md)", page.read_text())
            ]
    assert set(ROOT.glob("docs/**/*.md")) <= found


def test_the_architecture_shows_the_layers_that_are_checked():
    drawn = re.search(r"<!-- layers.*?-->\n```text\n(.*?)```", read("docs/explanation/architecture.md"), re.DOTALL)
    checked = re.search(r"^layers =\n((?:    .+\n)+)", read(".importlinter"), re.MULTILINE)
    assert drawn
    assert checked
    assert drawn[1].split() == checked[1].split()


def test_the_readme_has_exactly_two_commands_to_set_up():
    blocks = re.findall(r"^```sh\n(.*?)^```", read("README.md"), re.MULTILINE | re.DOTALL)
    assert [len(block.splitlines()) for block in blocks] == [1, 1]


def test_ci_ends_with_the_test_command_of_the_readme():
    blocks = re.findall(r"^```sh\n(.*?)\n```", read("README.md"), re.MULTILINE | re.DOTALL)
    assert blocks[1] == TEST_COMMAND
    assert read(".ci/run").splitlines()[-1] == TEST_COMMAND


def test_the_changelog_names_the_released_version_or_what_is_to_come():
    assert re.search(r"^## \[Unreleased\]$", read("CHANGELOG.md"), re.MULTILINE)
