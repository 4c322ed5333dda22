import io
import itertools

import pytest

from pytest_enrich import progress
from pytest_enrich.data import Attempt, Dropped, Kept, NewTest, Origin, Placement, Target
from pytest_enrich.pytest_hooks.terminal import Terminal


class Paper:
    def __init__(self, *, isatty=False):
        self.isatty = isatty
        self.lines = []
        self.shown = []

    def write_line(self, line):
        self.lines.append(line)

    def section(self, title):
        self.lines.append(f"= {title} =")

    def rewrite(self, line):
        self.shown.append(line)


class Clock:
    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


PLACE = Placement(path="tests/test_cart.py")
KEPT = Kept(gaps=("cart-a",), lines=(1,), branches=(), runs=("alone",), seconds=0.1)
DROPPED = Dropped(rung="passes", reason="failed")


def target(qualname="parse", module="shop.cart"):
    return Target(
        path="src/shop/cart.py", qualname=qualname, module=module, kind="function", first_line=1,
        source="", gaps=(), placement=PLACE, digest="d",
    )  # fmt: skip


def attempts(*verdicts):
    test = NewTest(
        name="test_a", code="", imports=(), placement=PLACE, title="", look="", oracle=(),
        origin=Origin(proposer="search"), gaps=(),
    )  # fmt: skip
    return [Attempt(path="", qualname="", digest="", candidate=test, verdict=verdict) for verdict in verdicts]


def test_a_pipe_gets_a_line_for_each_finished_target_with_totals():
    paper = Paper()
    lines = progress.Lines(paper)
    lines.started(17, 5, "5m")
    lines.working(2, target(), "5:00")
    lines.finished(1, 2, target(), attempts(KEPT, DROPPED), "4:10")
    lines.finished(2, 2, target("", "shop"), attempts(KEPT), "3:00")
    assert paper.lines == [
        "gaps      17 in 5 files, budget 5m",
        "search    1/2  shop.cart.parse                   kept 1, dropped 1  4:10 left",
        "search    2/2  shop                              kept 2, dropped 1  3:00 left",
    ]


def test_a_name_of_a_file_cannot_act_on_a_terminal_and_a_budget_without_time_has_none_left():
    paper = Paper()
    progress.Lines(paper).finished(1, 2, target("f", "two\nlines\x1b[2J"), attempts(KEPT), "")
    assert paper.lines == [r"search    1/2  two\nlines\x1b[2J.f               kept 1, dropped 0"]


def test_one_file_is_one():
    paper = Paper()
    progress.Lines(paper).started(1, 1, "20000x")
    assert paper.lines == ["gaps      1 in 1 file, budget 20000x"]


def test_a_terminal_gets_one_line_that_is_rewritten():
    paper = Paper(isatty=True)
    lines = progress.Lines(paper)
    lines.working(1, target(), "5:00")
    lines.finished(1, 1, target(), attempts(KEPT), "4:00")
    assert paper.lines == []
    assert [line.split()[-2] for line in paper.shown] == ["5:00", "4:00"]


def test_a_long_name_loses_its_beginning_and_the_line_fits():
    paper = Paper()
    progress.Lines(paper).finished(111, 222, target("x" * 50 + ".close", "a." * 50), [], "1:00:00")
    assert len(paper.lines[0]) <= 79
    assert ".close  kept" in paper.lines[0]


def test_a_pipe_hears_of_a_long_task_every_30_seconds():
    paper, clock = Paper(), Clock()
    lines = progress.Lines(paper, clock)
    for clock.time in range(0, 100, 5):
        lines.working(9, target(), "4:00")
        lines.pulse()
    assert len(paper.lines) == 3


def test_a_pulse_says_that_it_lives():
    paper, clock = Paper(), Clock()
    lines = progress.Lines(paper, clock)
    lines.finished(1, 9, target(), attempts(KEPT), "0:60")
    clock.time = 31.0
    lines.pulse()
    assert paper.lines[1:] == ["search    still at work, kept 1, dropped 0"]


def test_a_terminal_is_not_pulsed():
    paper, clock = Paper(isatty=True), Clock()
    lines = progress.Lines(paper, clock)
    clock.time = 31.0
    lines.pulse()
    assert paper.lines == []


def test_the_thread_ends_with_the_block():
    paper = Paper()
    with progress.on(paper) as lines:
        lines.started(1, 1, "5m")
    assert not [one for one in progress.threading.enumerate() if one.name == "pytest-enrich progress"]


class Reporter:
    """What pytest's terminal reporter does with a screen."""

    def __init__(self, *, isatty):
        self.isatty = isatty
        self.screen = io.StringIO()

    def write_line(self, line):
        self.screen.write(f"{line}\n")

    def write_sep(self, sep, title):
        self.screen.write(f"{sep} {title} {sep}\n")

    def rewrite(self, line):
        self.screen.write(f"\r{line}")

    def flush(self):
        pass


class Config:
    def __init__(self, reporter):
        self.pluginmanager = self
        self.getplugin = {"terminalreporter": reporter}.get


def displayed(screen):
    """What a person sees: a carriage return goes back to the left edge."""
    rows = []
    for row in screen.getvalue().split("\n"):
        parts = row.split("\r")
        width = max(map(len, parts))
        seen = [next((part[at] for part in reversed(parts) if at < len(part)), " ") for at in range(width)]
        rows.append("".join(seen).rstrip())
    return rows


def test_a_line_takes_the_place_of_what_was_rewritten(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    reporter = Reporter(isatty=True)
    terminal = Terminal(Config(reporter))
    terminal.rewrite("a long line of progress")
    terminal.rewrite("a short one")
    assert displayed(reporter.screen) == ["a short one"]
    terminal.write_line("done")
    terminal.rewrite("more")
    terminal.section("end")
    assert displayed(reporter.screen) == ["done", "= end =", ""]


@pytest.mark.parametrize(("term", "isatty"), [*itertools.product(["xterm", "dumb"], [True, False])])
def test_only_a_terminal_with_a_cursor_is_rewritten(monkeypatch, term, isatty):
    monkeypatch.setenv("TERM", term)
    assert Terminal(Config(Reporter(isatty=isatty))).isatty == (isatty and term != "dumb")


def test_without_a_reporter_nothing_is_said():
    terminal = Terminal(Config(None))
    terminal.section("enrich")
    terminal.write_line("line")
    terminal.rewrite("line")
    assert not terminal.isatty


def test_a_terminal_is_shown_what_the_model_waits_for_until_something_else_is_said():
    paper = Paper(isatty=True)
    lines = progress.Lines(paper)
    lines.waiting("waits for coder:7b: it is loaded")
    lines.working(2, target(), "5:00")
    assert paper.shown[0] == "model     waits for coder:7b: it is loaded"
    assert paper.shown[1].startswith("search")


def test_a_pipe_hears_of_it_when_it_heard_nothing_for_long():
    paper, clock = Paper(), Clock()
    lines = progress.Lines(paper, clock)
    lines.waiting("waits for coder:7b: it is loaded")
    assert paper.lines == []
    clock.time = progress.QUIET_SECONDS
    lines.waiting("waits for " + "x" * 200)
    assert paper.lines == [("model     waits for " + "x" * 200)[: progress.WIDTH]]
