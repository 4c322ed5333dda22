import pytest
from msgspec.structs import replace

from pytest_enrich.commands import show
from pytest_enrich.data import Finished, Gap, MutantsPart, RunSummary, Tried
from pytest_enrich.data.suggestion import OriginPart
from pytest_enrich.reporters.words import columns
from pytest_enrich.store import last_run


def test_list_shows_what_is_pending_and_the_next_command(project, no_dash):
    answer = project.run("list")
    assert answer.status == 0
    assert answer.out.splitlines() == [
        f"  {no_dash}  ungraded  parse_sku: line 3  +1 line",
        "",
        "Next:  pytest-enrich review",
        f"       pytest-enrich show {no_dash}",
    ]


def test_list_says_which_are_stale(project, no_dash):
    project.source.write_text(project.source.read_text().replace("if not sep", "if not tail"))
    assert f"stale: {no_dash}: parse_sku changed since" in project.run("list").out
    assert project.run("list", "--json").json["suggestions"][0]["stale"] is True


def test_list_without_anything(project):
    assert project.run("list").out == "Nothing is pending.\nNext:  pytest --enrich\n"
    assert project.run("list", "--json").json == {"suggestions": []}
    assert not project.store.directory.exists()


def test_check_answers_1_when_something_is_pending(project):
    assert project.run("list", "--check").status == 0
    project.suggest("parse_sku", 3, "def test_a():\n    assert parse_sku\n")
    assert project.run("list", "--check").status == 1


def test_what_cannot_be_read_is_named_on_stderr(project, no_dash):
    (project.store.directory / "pending" / no_dash / "suggestion.json").write_text("{")
    answer = project.run("list", "--json")
    assert answer.json == {"suggestions": []}
    assert f"passed over: pending/{no_dash}/suggestion.json" in answer.err


def test_gaps_without_a_test_are_listed_once_with_the_reason(project):
    gap = Gap(id="cart-aaaaaaaa", path="src/shop/cart.py", qualname="f", line=3, outcome="true", text="if x:")
    line = Finished(gap=gap, digest="d", proposer="search", outcome="nothing found", detail="no input reaches it")
    project.store.journal(line, line)
    out = project.run("list", "--gaps").out
    assert out.count("cart-aaaaaaaa") == 1
    assert "nothing found: no input reaches it" in out
    assert project.run("list", "--gaps", "--json").json["gaps"][0]["gap"]["id"] == "cart-aaaaaaaa"


def test_gaps_that_the_last_run_did_not_come_to_are_listed_with_the_reason(project):
    first, second = (
        Gap(id=f"cart-{sign * 8}", path="src/shop/cart.py", qualname="f", line=line, outcome="true", text="if x:")
        for sign, line in (("a", 9), ("b", 3))
    )
    vain = Finished(gap=first, digest="d", proposer="search", outcome="nothing found")
    late = Finished(gap=second, digest="", proposer="", outcome="not tried", detail="the budget was used up")
    project.store.journal(vain)
    last_run.write(project.store, RunSummary(gaps={"nothing found": 1, "not tried": 1}, left=(late,)))
    out = project.run("list", "--gaps").out
    assert out.index("cart-bbbbbbbb") < out.index("not tried: the budget was used up") < out.index("cart-aaaaaaaa")
    listed = project.run("list", "--gaps", "--json").json["gaps"]
    assert [one["outcome"] for one in listed] == ["not tried", "nothing found"]


def test_a_long_reason_is_listed_to_its_end(project):
    gap = Gap(id="cart-aaaaaaaa", path="src/shop/cart.py", qualname="f", line=3, outcome="true", text="if x:")
    reason = (
        "its test reads less well than those that wait, as readers have said so often; --enrich-max=0 shows it"
    )
    project.store.journal(Finished(gap=gap, digest="d", proposer="search", outcome="held back", detail=reason))
    out = project.run("list", "--gaps").out
    assert " ".join(out.split()).endswith(f"held back: {reason}")


def test_rejections_are_listed(project, no_dash):
    project.run("reject", no_dash, "--reason", "trivial", "--note", "obvious")
    out = project.run("list", "--rejected").out
    assert f"{no_dash}  idea  trivial" in out
    assert f"pytest-enrich allow {no_dash}" in out
    assert project.run("list", "--rejected", "--json").json["rejected"][0]["note"] == "obvious"


def test_show_has_all_that_a_decision_needs(project, no_dash):
    out = project.run("show", no_dash).out
    assert '!     4          raise ValueError("missing dash")' in out
    assert "into  tests/test_cart.py, after test_parts" in out
    assert '  +         parse_sku("AB12")' in out
    assert "look  is this value meant?" in out
    assert max(columns(line) for line in out.splitlines()) <= 80


def test_show_lists_the_mutants_with_those_that_stay_alive(project, no_dash):
    one = project.store.find(no_dash)
    tried = (
        Tried(line=3, change="not sep -> sep", killed=True, killed_before=True),
        Tried(line=4, change="raise ValueError -> pass", killed=True),
        Tried(line=4, change="a -> b", killed=False),
        Tried(line=4, change="b -> c", killed=False, equivalent=True),
    )
    proof = replace(one.proof, mutants=MutantsPart(killed=2, of=4, list=tried))
    out = "\n".join(show.screen(project.store, replace(one, proof=proof)))
    assert (
        "kills 2 of 4 mutants, 2 survive (1 perhaps equivalent)\n"
        "      * an existing test kills it; ? perhaps equivalent\n"
        "          3  killed*  not sep -> sep\n"
        "          4  killed   raise ValueError -> pass\n"
        "          4  alive    a -> b\n"
        "          4  alive?   b -> c\n"
    ) in out


@pytest.mark.parametrize(
    ("fates", "told"),
    [
        ("kk", "2 of 2 mutants"),
        ("k", "1 of 1 mutant"),
        ("kkbb", "2 of 4 mutants, existing tests 2 more"),
        ("kka", "2 of 3 mutants, 1 survives"),
        ("kbaae", "1 of 5 mutants, existing tests 1 more, 3 survive (1 perhaps equivalent)"),
    ],
)
def test_what_becomes_of_the_other_mutants_is_told(fates, told):
    of = {
        "k": (True, False, False),
        "b": (False, True, False),
        "a": (False, False, False),
        "e": (False, False, True),
    }
    tried = tuple(
        Tried(line=1, change="a -> b", killed=killed, killed_before=before, equivalent=alike)
        for killed, before, alike in map(of.__getitem__, fates)
    )
    assert MutantsPart(killed=fates.count("k"), of=len(fates), list=tried).told() == told


def test_show_says_why_there_are_no_mutants(project, no_dash):
    one = project.store.find(no_dash)
    assert "kills" not in "\n".join(show.screen(project.store, one))
    proof = replace(one.proof, mutants=MutantsPart(note="no mutant could be made of the gap's code"))
    told = show.screen(project.store, replace(one, proof=proof))
    assert "kills no mutant could be made of the gap's code" in told


def test_show_marks_the_lines_where_they_are_now(project, no_dash):
    project.source.write_text("# moved\n\n" + project.source.read_text())
    assert '!     6          raise ValueError("missing dash")' in project.run("show", no_dash).out


def test_show_says_that_it_is_stale(project, no_dash):
    project.source.unlink()
    assert "stale: parse_sku changed since" in project.run("show", no_dash).out


def test_show_can_be_parsed_and_applied(project, no_dash):
    assert project.run("show", no_dash, "--json").json["id"] == no_dash
    assert "diff --git a/tests/test_cart.py b/tests/test_cart.py" in project.run("show", no_dash, "--patch").out


def test_escapes_in_a_suggestion_do_not_reach_the_terminal(project):
    code = "def test_a():\n    assert parse_sku  # \x1b[2J\n"
    one = project.suggest("parse_sku", 3, code, title="a\x1b[2Jb")
    for words in (["list"], ["show", one]):
        assert "\x1b" not in project.run(*words).out


@pytest.mark.parametrize(
    "words", [["list", "--gaps", "--check"], ["show"], ["show", "x"], ["nothing"], ["list", "--no"]]
)
def test_wrong_use_is_2_and_says_so_on_stderr(project, words):
    answer = project.run(*words)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err
    assert "Traceback" not in answer.err


def test_show_names_the_ways_in_which_it_was_not_run(project, no_dash):
    one = next(one for one in project.store.pending() if one.id == no_dash)
    why = "in its file, reversed: existing tests do not pass so: OSError: \x1b[31mno"
    runs = replace(one.proof.runs, left_out=(why,))
    told = "\n".join(show.screen(project.store, replace(one, proof=replace(one.proof, runs=runs))))
    assert "left out: in its file, reversed: existing tests do not pass so" in told
    assert "\x1b" not in told


def test_show_has_a_name_in_the_import_that_it_goes_into(project):
    code = "def test_zip():\n    assert ZIP\n"
    name = project.suggest("discount", 11, code, imports=("from shop.cart import ZIP",), anchor="test_discount")
    lines = project.run("show", name).out.splitlines()
    first = lines.index("  - from shop.cart import discount, parse_sku")
    assert lines[first + 1 : first + 4] == [
        "  + from shop.cart import ZIP, discount, parse_sku",
        "  + def test_zip():",
        "  +     assert ZIP",
    ]


def test_what_a_model_named_is_told_in_the_list_and_of_the_one(project, no_dash):
    one = project.store.find(no_dash)
    named = OriginPart(proposer="search", model="m:1", prompt="d" * 64, worded=("name",))
    project.store.save(replace(one, origin=named), "", "")
    assert project.run("list", "--json").json["suggestions"][0]["from"] == "inputs by search, name by m:1, seed 0"
    assert "from  inputs by search, name by m:1, seed 0; ran in:" in project.run("show", no_dash).out
