"""The HTML report in a real browser, started once."""

import pytest

from pytest_enrich.reporters import html

HOSTILE = "\"'></pre></script><script>told=1</script><img src=x onerror=told=2>"
SHOWN = 'Array.from(document.querySelectorAll("article")).filter((one) => !one.hidden).map((one) => one.id)'
FOCUSED = "document.activeElement.id"
COMMANDS = 'document.getElementById("commands").textContent'


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    if chromium.find() is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with chromium.page(tmp_path_factory.mktemp("profile")) as found:
        found.look(1000, 800)
        yield found


@pytest.fixture
def opened(page, fakes, tmp_path):
    """Open a report, by default of three suggestions; answers the page and the ids."""

    def opened(report=None, fragment=""):
        report = report or fakes.report(3)
        path = tmp_path / "report.html"
        path.write_text(html.render(report), encoding="utf-8")
        page.go(path.as_uri() + fragment)
        return page, [each.suggestion.id for each in report.suggestions]

    return opened


def test_the_console_is_empty(opened, fakes):
    for report in (fakes.report(3), fakes.report(0), fakes.report(1, bugs=(fakes.bug(),))):
        page, _ = opened(report)
        page.press("?")
        assert page.told == []


def test_hostile_texts_are_shown_and_do_nothing(opened, fakes):
    page, _ = opened(fakes.spoiled(fakes.report(3, bugs=(fakes.bug(),)), HOSTILE))
    assert page.run("[typeof told, document.images.length, document.scripts.length]") == ["undefined", 0, 1]
    assert page.run("document.body.innerText.split('onerror=told=2>').length") > 60
    assert page.told == []


def test_keys_go_from_suggestion_to_suggestion(opened):
    page, ids = opened()
    went = []
    for key in "jjkjjj":
        page.press(key)
        went.append(page.run(FOCUSED))
    assert went == [ids[0], ids[1], ids[0], ids[1], ids[2], ids[2]]


def test_the_filter_hides_what_has_not_all_words_and_counts(opened):
    page, ids = opened()
    page.press("/")
    assert page.run(FOCUSED) == "filter"
    page.run(
        'let box = document.activeElement; box.value = "discount_1 GIVES"; box.dispatchEvent(new Event("input"))'
    )
    assert page.run(SHOWN) == ids[2:]
    assert page.run('document.getElementById("count").textContent') == "1 of 3 shown"
    page.press("Escape")
    page.press("j")
    assert page.run(FOCUSED) == ids[2]


def test_keys_that_are_typed_into_the_filter_go_nowhere_else(opened):
    page, _ = opened()
    for key in "/j/?":
        page.press(key)
    assert page.run("[document.activeElement.value, document.getElementById('help').open]") == ["j/?", False]
    assert page.run(SHOWN) == []


def test_the_table_is_sorted_by_its_heads(opened):
    page, ids = opened()
    order = 'Array.from(document.querySelectorAll("#table tbody a")).map((one) => one.textContent)'
    head = 'document.querySelectorAll("#table th")[1]'
    page.run(f'{head}.querySelector("button").click()')
    assert (page.run(order), page.run(f'{head}.getAttribute("aria-sort")')) == (sorted(ids), "ascending")
    page.run(f'{head}.querySelector("button").click()')
    assert (page.run(order), page.run(f'{head}.getAttribute("aria-sort")')) == (sorted(ids)[::-1], "descending")


def test_a_possible_bug_is_gone_to_and_has_nothing_to_tick(opened, fakes):
    bug = fakes.bug()
    page, ids = opened(fakes.report(1, bugs=(bug,)))
    page.press("j")
    assert page.run(FOCUSED) == bug.id
    assert page.run(f'document.querySelectorAll("#{bug.id} input").length') == 0
    page.press("j")
    assert page.run(FOCUSED) == ids[0]


def test_ticks_become_commands_that_a_reload_keeps(opened):
    page, ids = opened()
    tick = 'document.querySelector("#{} input[data-verb={}]").click()'
    for identity, verb in ((ids[0], "accept"), (ids[1], "reject"), (ids[2], "reject"), (ids[2], "accept")):
        page.run(tick.format(identity, verb))
    expected = f"pytest-enrich accept {ids[0]} {ids[2]}\npytest-enrich reject {ids[1]} --reason wrong"
    assert page.run(COMMANDS) == expected
    page.press("j")
    fragment = page.run("location.hash")
    assert fragment == f"#{ids[0]}&accept={ids[0]},{ids[2]}&reject={ids[1]}"
    page, _ = opened(fragment=fragment)
    assert page.run(COMMANDS) == expected


def test_a_link_of_the_table_can_be_gone_back_from(opened):
    page, ids = opened()
    page.run(f"document.querySelector(\"#table a[href='#{ids[1]}']\").click()")
    assert (page.run("location.hash"), page.run(FOCUSED)) == (f"#{ids[1]}", ids[1])
    page.run("new Promise((done) => { addEventListener('popstate', done, {once: true}); history.back(); })")
    assert page.run("location.hash") == ""


def test_without_script_all_is_there_and_nothing_pretends(opened, page):
    page.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        _, ids = opened()
        assert page.run(SHOWN) == ids
        assert page.run('document.querySelectorAll("button, input").length') == 4
        assert page.run('Array.from(document.querySelectorAll("button, input")).every((one) => !one.offsetHeight)')
    finally:
        page.ask("Emulation.setScriptExecutionDisabled", value=False)


def test_an_address_ticks_only_what_there_is(opened):
    page, ids = opened(fragment=f"#accept={ids_of(2)},x;rm&reject=<b>&%zz")
    assert page.run(COMMANDS) in {"", f"pytest-enrich accept {ids[2]}"}
    assert page.told == []


def test_nothing_makes_the_page_scroll_sideways_at_320_pixels(opened, page, fakes):
    page.look(320, 800)
    try:
        opened(fakes.report(3, bugs=(fakes.bug(),)))
        page.run('document.querySelectorAll("details").forEach((one) => { one.open = true; })')
        assert page.run("document.documentElement.scrollWidth") == 320
    finally:
        page.look(1000, 800)


def test_on_paper_everything_is_open_and_nothing_is_a_button(opened, page):
    page.look(1000, 800, media="print")
    try:
        opened()
        heights = (
            'Array.from(document.querySelectorAll("details")).map((one) => one.lastElementChild.offsetHeight > 0)'
        )
        assert set(page.run(heights)) == {True}
        buttons = (
            'Array.from(document.querySelectorAll("button, input")).filter((one) => one.offsetHeight > 0).length'
        )
        assert page.run(buttons) == page.run('document.querySelectorAll("th button").length')
    finally:
        page.look(1000, 800)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_colour_scheme(opened, page, scheme):
    page.look(1000, 800, scheme=scheme)
    try:
        opened()
        shade = page.run("getComputedStyle(document.body).backgroundColor")
        assert shade == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]
    finally:
        page.look(1000, 800)


def ids_of(index):
    return f"cart-{index:08}".translate(str.maketrans("0189", "abcd"))
