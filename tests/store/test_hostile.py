"""A suggestions folder can come from a machine that nobody trusts."""

import json
import os

import msgspec
import pytest

from pytest_enrich.data import Decision, RunSummary
from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, identity, last_run


def rewrite(store, **target):
    path = store.directory / "pending" / "cart-6e2m3fea" / "suggestion.json"
    data = msgspec.json.decode(path.read_bytes())
    data["target"].update(target)
    path.write_bytes(msgspec.json.encode(data))


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x-aaaaaaaa", "cart", "cart-6e2m3fe", "cart-6e2m3fea/..", "cart-6e2m3fea\n", "a b-aaaaaaaa",
     "cart-6E2M3FEA", "cart-6e2m3fe1", "-aaaaaaaa", "x" * 101 + "-aaaaaaaa"],
)  # fmt: skip
def test_odd_ids_are_no_ids(name):
    assert not identity.is_valid(name)


@pytest.mark.parametrize("name", ["cart-6e2m3fea", "__init__-aaaaaaaa", "Cart2-77777777"])
def test_ids_are_ids(name):
    assert identity.is_valid(name)


@pytest.mark.parametrize(
    "path",
    ["/etc/x.py", "../x.py", "tests/../../x.py", "tests/test_cart.txt", "", ".py", "tests", ".git/hooks/x.py",
     "tests/.hidden/x.py", "C:\\x.py",
     "C:/x.py", "tests\\x.py", "tests/a\nb.py", "tests/\x00.py", "tests/\u202ex.py"],
)  # fmt: skip
def test_a_target_outside_the_project_is_refused(filled, path):
    rewrite(filled, path=path)
    shelf = filled.shelf()
    assert shelf.suggestions == ()
    assert "no Python file of this project" in shelf.problems[0]


def test_a_target_through_a_link_out_of_the_project_is_refused(filled, tmp_path):
    (tmp_path / "outside").mkdir()
    (filled.rootdir / "tests" / "link").symlink_to(tmp_path / "outside")
    rewrite(filled, path="tests/link/test_x.py")
    assert filled.pending() == ()


def test_a_target_through_a_link_inside_the_project_is_fine(filled):
    (filled.rootdir / "more").symlink_to(filled.rootdir / "tests")
    rewrite(filled, path="more/test_cart.py")
    assert len(filled.pending()) == 1


def test_a_linked_suggestion_is_not_followed(filled, tmp_path):
    place = filled.directory / "pending" / "cart-6e2m3fea"
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert filled.shelf().problems == ("pending/cart-6e2m3fea is a symbolic link: not followed",)


def test_nothing_is_written_through_a_linked_folder(store, make_suggestion, tmp_path):
    store.prepare()
    (tmp_path / "outside").mkdir()
    (store.directory / "pending").symlink_to(tmp_path / "outside")
    with pytest.raises(StoreError, match="symbolic link"):
        store.save(make_suggestion(), "patch", "module")
    assert list((tmp_path / "outside").iterdir()) == []


def test_nothing_is_appended_through_a_linked_log(filled, tmp_path):
    (tmp_path / "outside").write_text("")
    (filled.directory / "decisions.jsonl").symlink_to(tmp_path / "outside")
    with pytest.raises(StoreError, match="symbolic link"):
        filled.note(Decision(id="cart-6e2m3fea", verb="accept", body="", at=""))
    assert (tmp_path / "outside").read_text() == ""


def test_a_link_in_place_of_a_file_is_replaced_not_followed(filled, tmp_path):
    (tmp_path / "outside").write_text("theirs")
    (filled.directory / "README.md").symlink_to(tmp_path / "outside")
    last_run.write(filled, RunSummary())
    assert (tmp_path / "outside").read_text() == "theirs"


def test_a_suggestion_under_another_name_is_not_used(filled):
    pending = filled.directory / "pending"
    (pending / "cart-6e2m3fea").rename(pending / "orders-aa5mzq2x")
    assert filled.shelf().problems == (
        "pending/orders-aa5mzq2x/suggestion.json says that it is 'cart-6e2m3fea': not used",
    )


@pytest.mark.parametrize("identifier", ["../../x-aaaaaaaa", "/tmp/x-aaaaaaaa", ""])
def test_a_decision_with_an_odd_id_moves_nothing(filled, identifier):
    with pytest.raises(StoreError, match="cannot be the name"):
        filled.settle(Decision(id=identifier, verb="accept", body="", at=""))


@pytest.mark.parametrize(
    ("names", "code", "imports"),
    [
        ([], "def test_x(): pass\n", []),
        (["test_x"], "def test_y(): pass\n", []),
        (["test_x"], "import os\n", []),
        (["test_x"], "def test_x(:\n", []),
        (["test_x"], "def test_x(): pass\n", ["import os; os.remove('x')"]),
        (["test_x"], "def test_x(): pass\n", ["x = ("]),
    ],
)
def test_what_is_no_test_is_not_used(filled, names, code, imports):
    path = filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json"
    data = msgspec.json.decode(path.read_bytes())
    data["test"].update(names=names, code=code, imports=imports)
    path.write_bytes(msgspec.json.encode(data))
    assert filled.shelf().problems == ("pending/cart-6e2m3fea/suggestion.json holds no test: not used",)


def test_a_pipe_in_place_of_a_file_does_not_stop_the_reader(filled):
    path = filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json"
    path.unlink()
    os.mkfifo(path)
    assert "no regular file" in filled.shelf().problems[0]


def test_a_huge_file_is_not_read(filled):
    path = filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json"
    os.truncate(path, 1 << 30)
    assert "larger than any" in filled.shelf().problems[0]


@pytest.mark.parametrize(
    ("part", "key", "value", "told"),
    [
        (None, "title", "x" * 60_000, "title has more than 50000 characters"),
        ("test", "code", "#" * 60_000, "code has more than 50000 characters"),
        ("gap", "lines", [1] * 20_000, "lines has more than 10000 parts"),
        ("origin", "seed", 1 << 70, ""),
        (None, "unknown", [[[]]] * 10, None),
    ],
)
def test_what_is_larger_than_any_that_we_write_is_named_and_the_rest_is_read(  # noqa: PLR0913, PLR0917 - a table
    filled, make_suggestion, part, key, value, told
):
    path = filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json"
    filled.save(make_suggestion("cart-aaaaaaaa"), "patch", "module")
    data = msgspec.json.decode(path.read_bytes())
    (data if part is None else data[part])[key] = value
    path.write_bytes(json.dumps(data).encode())
    shelf = filled.shelf()
    assert len(shelf.suggestions) == (1 if told is not None else 2)
    assert all(told in problem for problem in shelf.problems) if told else True
    assert bool(shelf.problems) == (told is not None)


@pytest.mark.parametrize("content", [b"[" * 900_000, b'{"a":' * 150_000, b'{"id":' + b"[" * 500_000])
def test_json_that_is_too_deep_is_unreadable_and_no_more(filled, content):
    (filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json").write_bytes(content)
    assert "cannot be read" in filled.shelf().problems[0]


@pytest.mark.parametrize("field", ["owner", "anchor"])
def test_what_becomes_part_of_a_file_has_to_be_a_name(filled, field):
    rewrite(filled, **{field: "X:\n    import os\nclass Y"})
    assert "holds no test" in filled.shelf().problems[0]


def test_what_stands_beside_a_test_is_no_test(filled):
    path = filled.directory / "pending" / "cart-6e2m3fea" / "suggestion.json"
    data = msgspec.json.decode(path.read_bytes())
    data["test"]["code"] += "\nimport os\n"
    path.write_bytes(msgspec.json.encode(data))
    assert "holds no test" in filled.shelf().problems[0]


def test_a_pipe_that_is_to_be_removed_does_not_stop_us(filled):
    os.mkfifo(filled.directory / "all.patch")
    disk.remove(filled.directory / "all.patch")
    assert not (filled.directory / "all.patch").exists()
