import subprocess

import msgspec
import pytest

from pytest_enrich.data import Decision, Finished, RunSummary
from pytest_enrich.data.run import MadeSuggestion
from pytest_enrich.errors import StoreError, UsageError
from pytest_enrich.store import last_run, rebuild


def is_fixed(path):
    """Whether it is a file whose content does not tell how often something was written."""
    return path.is_file() and path.parent.name != "evidence"


def accept(one, **more):
    return Decision(id=one.id, verb="accept", body=one.test.body_sha256, at="2026-11-25T00:00:00Z", **more)


def undo(one):
    return Decision(id=one.id, verb="undo", body=one.test.body_sha256, at="2026-11-25T00:00:01Z", why="asked")


def test_a_saved_suggestion_is_read_back_equal(store, make_suggestion):
    store.save(make_suggestion(), "patch text", "module text")
    assert store.pending() == (make_suggestion(),)


def test_a_suggestion_is_three_files_with_an_importable_module_name(store, make_suggestion):
    place = store.save(make_suggestion(), "patch text", "module text")
    names = ["suggestion.json", "suggestion.patch", "suggestion_cart_6e2m3fea.py"]
    assert sorted(path.name for path in place.iterdir()) == names


def test_patches_keep_the_line_endings_they_came_with(store, make_suggestion):
    place = store.save(make_suggestion(), "a\r\nb\n", "module")
    assert (place / "suggestion.patch").read_bytes() == b"a\r\nb\n"


def test_git_does_not_see_the_folder(filled):
    subprocess.run(["git", "init", "-q"], cwd=filled.rootdir, check=True)
    status = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=filled.rootdir, check=True, capture_output=True, text=True
    )
    assert "enrich" not in status.stdout


def test_nothing_to_say_makes_no_folder(store):
    last_run.write(store, RunSummary(gaps={"turned down": 4}))
    assert not store.directory.exists()


def test_what_a_run_did_not_come_to_is_kept_although_nothing_was_found(store, fakes):
    late = Finished(gap=fakes.gap(), digest="", proposer="", outcome="not tried", detail="the budget was used up")
    last_run.write(store, RunSummary(gaps={"not tried": 1}, left=(late,)))
    assert last_run.read(store).left == (late,)


def test_a_run_is_written_with_a_readme_that_says_how_to_review(filled):
    last_run.write(filled, RunSummary(suggestions=(MadeSuggestion(id="cart-6e2m3fea", grade="ungraded"),)))
    assert last_run.read(filled).suggestions[0].id == "cart-6e2m3fea"
    assert "`pytest-enrich review`" in (filled.directory / "README.md").read_text()


def test_the_same_run_and_suggestions_give_the_same_bytes(filled):
    last_run.write(filled, RunSummary(candidates=1))
    before = {path: path.read_bytes() for path in filled.directory.rglob("*") if is_fixed(path)}
    filled.save(filled.pending()[0], "patch", "module")
    last_run.write(filled, RunSummary(candidates=1))
    assert {path: path.read_bytes() for path in filled.directory.rglob("*") if is_fixed(path)} == before


def test_a_decided_suggestion_no_longer_waits(filled):
    one = filled.pending()[0]
    filled.decide(accept(one))
    assert (filled.pending(), filled.lying("decided")) == ((), (one,))


def test_a_noted_decision_counts_before_anything_is_moved(filled):
    one = filled.pending()[0]
    filled.note(accept(one))
    assert filled.pending() == ()
    assert filled.lying("pending") == (one,)


def test_an_undone_decision_waits_again(filled):
    one = filled.pending()[0]
    filled.decide(accept(one))
    filled.decide(undo(one))
    assert filled.pending() == (one,)


def test_another_idea_for_a_rejected_gap_waits(filled, make_suggestion):
    one = filled.pending()[0]
    filled.decide(Decision(id=one.id, verb="reject", body=one.test.body_sha256, at="2026"))
    other = make_suggestion(body="1" * 64)
    filled.save(other, "patch", "module")
    assert filled.pending() == (other,)


def test_the_same_test_made_again_waits_again(filled):
    one = filled.pending()[0]
    filled.decide(accept(one))
    filled.save(one, "patch", "module")
    assert filled.pending() == (one,)


def test_an_older_decided_suggestion_of_the_same_id_is_kept(filled, make_suggestion):
    one = filled.pending()[0]
    filled.decide(accept(one))
    other = make_suggestion(body="1" * 64)
    filled.save(other, "patch", "module")
    filled.decide(accept(other))
    assert filled.decided_names() == ("cart-6e2m3fea", "cart-6e2m3fea~1")


@pytest.mark.parametrize("prefix", ["cart-6e2m3fea", "cart", "c", "cart-6", "6e2m", "6"])
def test_any_unique_beginning_of_either_part_finds_it(filled, make_suggestion, prefix):
    filled.save(make_suggestion("orders-aa5mzq2x"), "patch", "module")
    assert filled.find(prefix).id == "cart-6e2m3fea"


def test_an_ambiguous_beginning_is_answered_with_the_ids(filled, make_suggestion):
    filled.save(make_suggestion("cart-k2v7q4bd"), "patch", "module")
    with pytest.raises(UsageError, match="begins 2 ids:\n  cart-6e2m3fea\n  cart-k2v7q4bd"):
        filled.find("cart")


def test_a_mistyped_id_is_answered_with_the_nearest(filled):
    with pytest.raises(UsageError, match="Near to it:  cart-6e2m3fea"):
        filled.find("cart-6e2n3fea")


def test_an_empty_prefix_finds_nothing(filled):
    with pytest.raises(UsageError, match="no suggestion ''"):
        filled.find("")


def test_unknown_keys_are_ignored(filled):
    path = filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json"
    data = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode({**data, "mutants": {"killed": 2}}))
    assert len(filled.pending()) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"id": "cart-6e2m3fea"}'])
def test_a_broken_suggestion_is_named_and_passed_over(filled, make_suggestion, content):
    filled.save(make_suggestion("orders-aa5mzq2x"), "patch", "module")
    (filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json").write_bytes(content)
    shelf = filled.shelf()
    assert [one.id for one in shelf.suggestions] == ["orders-aa5mzq2x"]
    assert len(shelf.problems) == 1
    assert shelf.problems[0].startswith("pending/cart-6e2m3fea/suggestion.json cannot be read")


def test_a_suggestion_half_written_is_not_pending(filled):
    place = filled.directory / "pending" / "orders-aa5mzq2x"
    place.mkdir()
    (place / "suggestion.patch").write_text("patch")
    assert [one.id for one in filled.pending()] == ["cart-6e2m3fea"]


def test_a_missing_gitignore_is_put_back(filled):
    (filled.directory / ".gitignore").unlink()
    filled.prepare()
    assert (filled.directory / ".gitignore").read_text() == "# Created by pytest-enrich.\n*\n"


def test_a_folder_of_someone_else_is_not_taken_over(rootdir, store):
    foreign = type(store)(rootdir / "tests", rootdir)
    with pytest.raises(StoreError, match="holds files that are not ours"):
        foreign.prepare()
    assert [path.name for path in (rootdir / "tests").iterdir()] == ["test_cart.py"]


@pytest.mark.parametrize("directory", [".", "..", "/"])
def test_the_project_itself_is_no_suggestions_folder(rootdir, store, directory):
    with pytest.raises(StoreError, match="not ours"):
        type(store)(rootdir / directory, rootdir).prepare()


def test_the_patch_of_all_goes_when_nothing_is_pending(filled):
    (filled.directory / "all.patch").write_text("diff")
    for one in filled.lying("pending"):
        filled.withdraw(one)
    rebuild.texts(filled)
    assert not (filled.directory / "all.patch").exists()


def test_a_crash_is_kept_in_the_hidden_part(filled):
    assert last_run.write_crash(filled, "Traceback").relative_to(filled.directory).as_posix() == ".cache/crash.txt"
