"""What is done to an object before the call: one thing after the other, and coroutines to their end."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Argument, Call

STORE = """
    class Store:
        def __init__(self):
            self._items = {}
            self._is_open = False

        ASYNC def connect(self) -> None:
            self._is_open = True

        ASYNC def put(self, key: str, value: int) -> bool:
            if not self._is_open:
                raise ConnectionError("not connected")
            if key in self._items:
                return False  # 14
            self._items[key] = value
            return True

        ASYNC def get(self, key: str) -> int | None:
            if not self._is_open:
                raise ConnectionError("not connected")
            if key in self._items:
                return self._items[key]  # 22
            return None
"""
CONNECT = Call(qualname="Store.connect")
PUT = Call(
    qualname="Store.put",
    arguments=(Argument(name="key", value="'a'"), Argument(name="value", value="1")),
    receiver="⟨sample:Store⟩()",
    setup=(CONNECT,),
)


@pytest.fixture
def lines(explore):
    """The program that was found for a line of the store, by calls of one of its methods."""

    def lines(kind, name, line, calls):
        text = STORE.replace("ASYNC ", kind).replace(f"# {line}", "# here")
        (finding,) = explore(text, f"Store.{name}", "method", calls=calls, neighbours=(PUT,)).findings
        return [*finding.lines, finding.action], finding.consume

    return lines


@pytest.mark.parametrize(("kind", "run"), [("", "{}"), ("async ", "⟨asyncio:run⟩({})")])
def test_all_that_a_test_did_to_an_object_is_done_before_another_call(lines, kind, run):
    found, consume = lines(kind, "get", 22, ())
    assert found[:2] == ["store = ⟨sample:Store⟩()", run.format("store.connect()")]
    assert found[2].startswith(run.format("store.put(")[:20])
    assert found[3].startswith("store.get(")
    assert consume == ("await" if kind else "")


def test_a_method_is_called_before_itself(lines):
    found, _ = lines("", "put", 14, (PUT,))
    assert [line.partition("(")[0] for line in found[1:]] == ["store.connect", "store.put", "store.put"]


def test_what_only_a_step_reaches_that_nobody_looks_at_is_left_to_a_call_of_its_own(explore):
    text = """
        class Ordinals:
            def __init__(self):
                self.asked = 0

            def of(self, number: int) -> str:
                if number == 6:
                    return "sixth"  # here
                if number < 0:
                    return "none"  # here
                return f"{number}th"
        """
    numbers = [(Argument(name="number", value=value),) for value in ("5", "-2", "6")]
    steps = tuple(Call(qualname="Ordinals.of", arguments=one) for one in numbers[:2])
    last = Call(qualname="Ordinals.of", arguments=numbers[2], receiver="⟨sample:Ordinals⟩()", setup=steps)
    findings = explore(text, "Ordinals.of", "method", calls=(last,)).findings
    assert {(one.lines, one.observations[0].value) for one in findings} == {
        (("ordinals = ⟨sample:Ordinals⟩()",), "'sixth'"),
        (("ordinals = ⟨sample:Ordinals⟩()",), "'none'"),
    }


@pytest.mark.parametrize("before", [("6",), ("6", "6")])
def test_a_call_made_smaller_still_shows_what_its_steps_are_for(explore, before):
    text = """
        class Ordinals:
            def __init__(self):
                self.asked = 0

            def of(self, number: int, most: int = 0) -> str:
                if number == 6:
                    self.asked += 1
                    return "sixth"  # here
                if most:
                    return f"{number} of {self.asked}"
                return "none"
        """
    steps = tuple(Call(qualname="Ordinals.of", arguments=(Argument(name="number", value=one),)) for one in before)
    given = (Argument(name="number", value="5"), Argument(name="most", value="3"))
    last = Call(qualname="Ordinals.of", arguments=given, receiver="⟨sample:Ordinals⟩()", setup=steps)
    findings = explore(text, "Ordinals.of", "method", calls=(last,)).findings
    assert [(one.lines, one.observations[0].value) for one in findings] == [
        (("ordinals = ⟨sample:Ordinals⟩()", "ordinals.of(6)"), "'5 of 1'"),
    ]


def test_a_question_is_no_step(explore):
    text = """
        class Box:
            def __init__(self):
                self.asked = 0

            def __contains__(self, name: str) -> bool:
                self.asked += 1
                return False

            def put(self, name: str) -> int:
                if self.asked:
                    return self.asked  # here
                return 0
        """
    name = (Argument(name="name", value="'a'"),)
    question = Call(qualname="Box.__contains__", arguments=name)
    put = Call(qualname="Box.put", arguments=name, receiver="⟨sample:Box⟩()", setup=(question,))
    asked = replace(question, receiver="⟨sample:Box⟩()")
    assert explore(text, "Box.put", "method", calls=(put,), neighbours=(asked,)).findings == ()


@pytest.mark.parametrize(
    ("read", "values"),
    [
        ('os.environ.get("SHOP_MODE") == "dev"', {"'dev'"}),
        ('os.getenv("SHOP_MODE", "live") in ("dev", "test")', {"'dev'", "'test'"}),
        ('os.environ.get(VARIABLE) == "dev"', {"'dev'"}),
        ('"SHOP_MODE" in os.environ', {"'1'"}),
        ('"SHOP_MODE" in os.environ and os.environ["SHOP_MODE"] == "dev"', {"'dev'"}),
    ],
)
def test_a_variable_of_the_environment_is_set_where_the_code_reads_it(explore, read, values):
    text = f"""
        import os

        VARIABLE = "SHOP_MODE"

        def rate(number: int) -> int:
            if {read}:
                return number * 2  # here
            return number
        """
    (finding,) = explore(text, "rate").findings
    (line,) = finding.lines
    assert line in {f"monkeypatch.setenv('SHOP_MODE', {value})" for value in values}
    assert finding.rules == ("environment",) or "environment" in finding.rules


@pytest.mark.parametrize("asked", ["not HAS_LXML", "fast and not HAS_LXML"])
def test_what_a_module_found_when_it_was_imported_is_switched(explore, asked):
    text = f"""
        HAS_LXML = True

        def parsed(text: str, fast: bool = True) -> list[str]:
            if {asked}:
                raise ImportError("install lxml")  # here
            return text.split()
        """
    (finding,) = explore(text, "parsed").findings
    assert finding.lines == ("monkeypatch.setattr('sample.HAS_LXML', False)",)


def test_a_variable_that_does_not_matter_is_not_set(explore):
    text = """
        import os

        def rate(number: int) -> int:
            if os.environ.get("SHOP_MODE") == "dev":
                return 0
            if number > 100:
                return number * 2  # here
            return number
        """
    (finding,) = explore(text, "rate").findings
    assert finding.lines == ()


def test_the_user_at_the_terminal_answers(explore):
    text = """
        def confirmed(question: str) -> bool:
            if input(question).strip().lower() in ("yes", "y"):
                return True  # here
            return False
        """
    (finding,) = explore(text, "confirmed").findings
    assert finding.lines == ("monkeypatch.setattr('builtins.input', lambda *_: 'yes')",)
    assert finding.observations[0].value == "True"


PROGRAM = """
    import argparse
    import sys

    def parser():
        made = argparse.ArgumentParser()
        made.add_argument("text")
        made.add_argument("-u", "--upper", action="store_true")
        made.add_argument("--times", type=int, default=1)
        return made

    def main():
        args = parser().parse_args()
        if args.upper:
            print(args.text.upper())  # upper
            return 0
        if args.times < 1:
            raise ValueError("too few times")  # times
        print(args.text * args.times)  # plain
        return 0

    def shout():
        if len(sys.argv) < 2:
            return "usage"  # nothing
        return sys.argv[1].upper()  # word
    """


@pytest.mark.parametrize(
    ("name", "where", "words"),
    [
        ("main", "upper", ["--upper", "abc"]),
        ("main", "times", ["--times", "0", "abc"]),
        ("main", "plain", ["abc"]),
        ("shout", "nothing", []),
        ("shout", "word", ["abc"]),
    ],
)
def test_a_program_is_started_with_the_options_that_it_has(explore, name, where, words):
    text = PROGRAM.replace(f"# {where}\n", "# here\n")
    branches = ((16, 17),) if where == "times" else ()
    (finding,) = explore(text, name, branches=branches).findings
    assert finding.lines == (f"monkeypatch.setattr('sys.argv', {['prog', *words]})",)


def test_a_program_shows_what_it_prints_and_how_it_ends(explore):
    (finding,) = explore(PROGRAM.replace("# plain\n", "# here\n"), "main").findings
    seen = [(one.expression, one.value) for one in finding.observations]
    assert seen == [("{result}", "0"), ("capsys.readouterr().out", r"'abc\n'")]


def test_what_a_context_manager_gives_is_seen_inside(explore):
    text = """
        from contextlib import contextmanager

        @contextmanager
        def quoted(text: str):
            if not text:
                raise ValueError("nothing to quote")
            yield f"<{text}>"  # here
        """
    (finding,) = explore(text, "quoted").findings
    assert finding.consume == "with"
    assert finding.observations[0].value.startswith("'<")


@pytest.mark.parametrize("name", ["__enter__", "__exit__"])
def test_an_object_that_is_a_context_is_entered_and_left(explore, name):
    text = """
        class Door:
            def __init__(self, name: str) -> None:
                self.name, self.state = name, "new"

            def __enter__(self):
                if self.state == "new":  # here
                    self.state = "open"
                return self

            def __exit__(self, kind, error, trace):
                self.state = "closed"  # here
        """
    (finding,) = explore(text, f"Door.{name}", "method").findings
    assert (finding.action, finding.consume) == ("door", "with")
    (observed,) = finding.observations
    assert (observed.expression, observed.value) == ("door.state", "'closed'")


@pytest.mark.parametrize(
    ("signature", "action"),
    [
        ("__round__(self)", "round(money)"),
        ("__ceil__(self)", "⟨math:ceil⟩(money)"),
        ("__divmod__(self, other: int)", "divmod(money, 2)"),
    ],
)
def test_a_special_method_is_called_as_people_call_it(explore, signature, action):
    text = f"""
        class Money:
            def __init__(self, cents: int) -> None:
                self.cents = cents

            def {signature}:
                if self.cents > 3:
                    return self.cents  # here
                return 0
        """
    (finding,) = explore(text, f"Money.{signature.partition('(')[0]}", "method").findings
    assert finding.action.partition("(")[0] == action.partition("(")[0]


def test_what_depends_on_the_season_is_not_shown(explore):
    text = """
        import datetime as dt

        STARTED = dt.date.today().timetuple().tm_yday

        def rise(latitude: float) -> float:
            away = abs(dt.date.today().timetuple().tm_yday - STARTED)
            if latitude > 60 and min(away, 365 - away) < 91:
                raise ValueError("the sun is always below the horizon")  # here
            return latitude
        """
    explored = explore(text, "rise")
    assert explored.findings == ()
    assert explored.dropped["not the same each time"] > 0


def test_what_a_module_holds_is_not_asked_for_its_class(explore):
    text = """
        import os

        class Proxy:
            @property
            def __class__(self):
                raise RuntimeError("outside of any request")

        request = Proxy()

        def rate(number: int) -> int:
            if os.environ.get("SHOP_MODE") == "dev":
                return number * 2  # here
            return number
        """
    (finding,) = explore(text, "rate").findings
    assert finding.lines == ("monkeypatch.setenv('SHOP_MODE', 'dev')",)
