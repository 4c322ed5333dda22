import html
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from pytest_enrich.data import ChangedPart, Report
from pytest_enrich.reporters import md
from pytest_enrich.reporters.md import code, fenced, plain
from pytest_enrich.reporters.words import visible, visible_lines

HOSTILE = "\n```\n</details>|<script>x</script>[a](https://evil.example) @team #1 **b** `c` <!--\u202e\x1b"
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(text):
    """What a reader of this inline Markdown sees."""
    return html.unescape(re.sub(r"<!-- -->", "", GFM.renderInline(text)))


def kinds(report):
    """What the document is made of; of an HTML block, its tags."""
    tokens = GFM.parse(md.render(report))
    return [
        (token.type, re.findall(r"</?\w+", token.content) if token.type == "html_block" else "")
        for token in tokens
    ]


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_a_plain_text_is_read_as_it_is(text):
    line = f"x {plain(text)} x"
    assert shown(line) == f"x {visible(text)} x".strip()


@given(st.text(alphabet="`|\\ a\n*_[]<&@#", min_size=1))
@settings(max_examples=200, deadline=None)
def test_a_code_span_holds_its_text_also_in_a_table(text):
    (inline,) = (one for one in GFM.parse(f"x {code(text)}") if one.type == "inline")
    assert [one.type for one in inline.children] == ["text", "code_inline"]
    table = GFM.parse(f"| a | b |\n|---|---|\n| {code(text, in_cell=True)} | end |\n")
    cells = [one for one in table if one.type == "inline"]
    assert cells[-1].content == "end"
    assert cells[-2].children[0].content == inline.children[1].content


@given(st.text(alphabet="`~ a\n<>|", min_size=1))
@settings(max_examples=200, deadline=None)
def test_a_fence_holds_its_text(text):
    (block,) = GFM.parse(fenced(text, "diff"))
    assert block.type == "fence"
    assert block.content.rstrip("\n") == visible_lines(text).rstrip("\n")


def test_a_plain_text_begins_no_list_and_no_heading():
    for text in ("1. a", "- a", "+ a", "# a", "= a", "> a", "2) a", "~~~"):
        (first, *_) = GFM.parse(plain(text))
        assert first.type == "paragraph_open", text
        assert shown(plain(text)) == text


def test_addresses_and_names_are_not_linked():
    text = plain("see https://evil.example, www.evil.example, @team, a@b.example and #12")
    assert re.findall(r"://|www\.|@\w|#\w", text) == []


def test_a_hostile_text_anywhere_changes_nothing_of_the_documents_form(fakes):
    assert kinds(fakes.spoiled(fakes.report(), HOSTILE)) == kinds(fakes.report())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.sampled_from("`~|<>&@#*_[](){}!\\\n\r\t -=+1.a\u2028\x00"), min_size=1))
def test_whatever_the_texts_are_the_document_has_the_same_form(fakes, text):
    assert kinds(fakes.spoiled(fakes.report(1), text)) == kinds(fakes.report(1))


def test_the_summary_has_the_table_the_tests_and_the_commands(fakes):
    text = md.render(fakes.report(2))
    assert "### Suggested tests: 2 (advice, does not block)" in text
    assert "84% of lines now, up to 86% with all accepted." in text
    assert (
        "| `cart-aaaaaaaa` | `src/shop/cart.py:9-10` | gives 0 when total &lt; 0 | strong "
        "| kills 3 of 4 mutants, 1 survives (1 perhaps equivalent) |" in text
    )
    assert "+def test_negative():\n+    assert discount(-1) == 0\n```" in text
    assert "`pytest-enrich accept cart-aaaaaaaa`" in text
    assert "git apply enrich-suggestions/all.patch" in text


def test_the_summary_of_a_second_push_tells_what_is_new_and_how_much_of_the_change_is_tested(fakes):
    report = fakes.report(1)
    part = ChangedPart(since="origin/main*", lines=38, missing=11)
    run = replace(
        report.run, changed=part, known=("a-22222222", "a-33333333"), closed=("a-44444444",), candidates=1
    )
    text = md.render(replace(report, run=run))
    assert r"11 of 38 changed lines since origin/main\* have no test." in text
    assert f"Waiting: {len(run.suggestions)} new, 2 known, 1 closed (tests cover it now)." in text


def test_nothing_to_suggest_is_short():
    text = md.render(Report())
    assert "### Suggested tests: 0\n" in text
    assert "Take them home" not in text
    assert len(text) < 200


def test_what_has_no_room_is_counted(fakes):
    text = md.render(fakes.report(200), largest=40_000)
    whole, rows = text.count("<details>"), text.count("\n| `cart-")
    assert len(text.encode()) <= 40_000
    assert rows == 200
    assert 0 < whole < 200
    assert f"**Of 200, {200 - whole} are not shown with their tests**" in text


def test_thousands_do_not_fit_and_that_is_said(fakes):
    text = md.render(fakes.report(500), largest=30_000)
    assert len(text.encode()) <= 30_000
    rows = text.count("\n| `cart-")
    assert f"{500 - rows} are not in the table and 500 are not shown with their tests" in text


def test_a_long_title_is_cut_in_the_table(fakes):
    each = fakes.report(1).suggestions[0]
    long = replace(each, suggestion=replace(each.suggestion, title="a" * 5000))
    row = next(
        line for line in md.render(fakes.report(1, suggestions=(long,))).splitlines() if line.startswith("| `")
    )
    assert len(row) < 400
