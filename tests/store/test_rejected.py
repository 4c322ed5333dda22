import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.errors import RefusedError, StoreError
from pytest_enrich.store import rejected
from pytest_enrich.store.rejected import Rejection

BODY = "9c1e22ab" + "0" * 56
FILE = """\
# pytest-enrich: suggestions this team turned down. Commit this file.
cart-6e2m3fea     idea      wrong      2026-11-24  src/shop/cart.py::parse_sku body=9c1e22ab message is no contract
orders-m4x2c7ye   gap       trivial    2026-11-24  src/shop/orders.py::total
src/shop/_pb2.py  file      generated  2026-11-25  -
src/shop/stock.py::reserve function other 2026-11-25 -
<<<<<<< a line that nobody understands
"""


@pytest.fixture
def known(rootdir):
    (rootdir / ".enrich-rejected").write_text(FILE)
    return rejected.read(rootdir)


def test_nothing_is_rejected_without_the_file(rootdir):
    assert not rejected.read(rootdir).is_rejected("cart-6e2m3fea", BODY, "src/shop/cart.py", "parse_sku")


def test_an_idea_is_rejected_by_its_body_only(known):
    assert known.is_rejected("cart-6e2m3fea", BODY, "src/shop/cart.py", "parse_sku")
    assert not known.is_rejected("cart-6e2m3fea", "1" * 64, "src/shop/cart.py", "parse_sku")


def test_a_gap_is_rejected_with_every_body(known):
    assert known.is_rejected("orders-m4x2c7ye", "1" * 64, "src/shop/orders.py", "total")
    assert not known.is_rejected("orders-aaaaaaaa", "1" * 64, "src/shop/orders.py", "total")


def test_a_file_is_rejected_with_all_its_gaps(known):
    assert known.is_rejected("_pb2-aaaaaaaa", "1" * 64, "src/shop/_pb2.py", "anything")


def test_a_function_is_rejected_and_its_neighbour_is_not(known):
    assert known.is_rejected("stock-aaaaaaaa", "1" * 64, "src/shop/stock.py", "reserve")
    assert not known.is_rejected("stock-aaaaaaaa", "1" * 64, "src/shop/stock.py", "release")


def test_without_a_body_it_says_whether_to_look_at_all(known):
    assert not known.is_rejected("cart-6e2m3fea", "", "src/shop/cart.py", "parse_sku")
    assert known.is_rejected("orders-m4x2c7ye", "", "src/shop/orders.py", "total")


def test_notes_are_read(known):
    assert known.lines[0].note == "message is no contract"


def test_the_first_rejection_makes_the_file_with_its_explanation(rootdir, make_suggestion):
    line = rejected.of(make_suggestion(), scope="idea", reason="wrong", when="2026-11-24", note="no contract")
    rejected.append(rootdir, line)
    text = (rootdir / ".enrich-rejected").read_text()
    assert text.startswith("# pytest-enrich: suggestions this team turned down. Commit this file.\n")
    assert text.splitlines()[-1] == (
        "cart-6e2m3fea     idea      wrong      2026-11-24  src/shop/cart.py::parse_sku body=9c1e22ab no contract"
    )


def test_appending_keeps_every_other_byte(rootdir):
    before = FILE.encode().replace(b"\n", b"\r\n") + b"\xff no utf-8, and no end"
    (rootdir / ".enrich-rejected").write_bytes(before)
    rejected.append(rootdir, Rejection(what="a.py", scope="file", reason="other", when="2026-11-25"))
    after = (rootdir / ".enrich-rejected").read_bytes()
    assert after.startswith(before + b"\r\n")
    assert after.count(b"\r\n") == before.count(b"\r\n") + 2


@pytest.mark.usefixtures("known")
def test_removing_keeps_comments_and_unknown_lines(rootdir):
    gone = rejected.remove(rootdir, lambda line: line.scope == "idea")
    assert [line.what for line in gone] == ["cart-6e2m3fea"]
    lines = FILE.splitlines(keepends=True)
    assert (rootdir / ".enrich-rejected").read_text() == "".join([lines[0], *lines[2:]])


def test_a_note_cannot_make_a_second_line(rootdir):
    note = "first\nsrc/shop/cart.py file other 2026-11-25 -"
    rejected.append(rootdir, Rejection(what="a.py", scope="file", reason="other", when="2026-11-25", note=note))
    assert [line.what for line in rejected.read(rootdir).lines] == ["a.py"]


def test_a_link_out_of_the_project_is_neither_read_nor_written(rootdir, tmp_path):
    (tmp_path / "outside").write_text(FILE)
    (rootdir / ".enrich-rejected").symlink_to(tmp_path / "outside")
    with pytest.raises(RefusedError, match="leads out of the project"):
        rejected.append(rootdir, Rejection(what="a.py", scope="file", reason="other", when="2026-11-25"))
    assert (tmp_path / "outside").read_text() == FILE


def test_a_symbolic_link_to_itself_is_said(rootdir):
    (rootdir / ".enrich-rejected").symlink_to(".enrich-rejected")
    with pytest.raises(StoreError, match="it is a symbolic link"):
        rejected.read(rootdir)


@given(what=st.text(min_size=1), where=st.text(min_size=1), note=st.text())
def test_whatever_is_written_is_one_line_that_is_read_back(what, where, note):
    one = Rejection(what=what, scope="gap", reason="wrong", when="2026-11-25", where=where, note=note)
    line = rejected._text(one)
    assert line.isprintable()
    read = rejected.parse(line)
    assert (read.what, read.where, read.scope) == (what, where, "gap")


def test_the_reasons_for_a_file_are_those_of_its_lines_whatever_their_scope(known):
    assert known.reasons("src/shop/cart.py") == ("wrong",)
    assert known.reasons("src/shop/orders.py") == ("trivial",)
    assert known.reasons("src/shop/_pb2.py") == ("generated",)
    assert known.reasons("src/shop/stock.py") == ()
