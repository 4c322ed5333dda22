from __future__ import annotations

import json
import threading

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Dropped, Kept, Origin
from pytest_enrich.proposers.ollama.asking import (
    FIRST_WORDS,
    FULL,
    IDLE,
    LEFT,
    NEEDED,
    PATIENCE,
    UNASKED,
    Asker,
    Pace,
    fold_attempts,
)
from pytest_enrich.proposers.ollama.gate import Model, Pulled
from pytest_enrich.proposers.ollama.protocol import Counts, Message, Options
from pytest_enrich.proposers.ollama.question import Question

CHAT = "POST /api/chat"
BEGINNING = (Message(role="system", content="You write tests. " * 9),)
CODER = Pulled(name="coder:7b", digest="d" * 64, capabilities=frozenset({"completion"}))
THINKER = Pulled(name="thinker:7b", digest="e" * 64, capabilities=frozenset({"completion", "thinking"}))


class Shelf(dict):
    put = dict.__setitem__

    def __init__(self):
        super().__init__()
        self.noted = []

    def note(self, content):
        self.noted.append(json.loads(content))


def question(text="which?", **changes):
    plain = {"strategy": "scenario", "about": "a.py::f", "messages": (Message(role="user", content=text),)}
    options = Options(**{name: changes.pop(name) for name in {*changes} & {"predict", "seed", "temperature"}})
    return Question(**{**plain, "options": options, **changes})


@pytest.fixture
def kept():
    return Shelf()


@pytest.fixture
def asker(client, kept):
    def asker(pulled=CODER, left=lambda: 60.0, scan=lambda _line: ()):
        return Asker(client, Model(pulled=pulled, name=f"{pulled.name}:local"), kept, left, scan)

    return asker


def test_a_question_without_a_reply_is_evidence_and_no_reply(asker, server, ollama, kept):
    server.answer(CHAT, ollama.said({"error": "no such model"}, status=404))
    assert asker().ask(question()) is None
    assert not kept
    (noted,) = kept.noted
    assert noted["question"]["messages"] == [{"role": "user", "content": "which?"}]
    assert len(noted["prompt"]) == 64
    assert "no such model" in noted["failure"]


def test_a_reply_is_kept_with_all_that_was_sent(asker, server, ollama, kept):
    server.answer(CHAT, ollama.reply("yes"))
    made = asker()
    answered = made.ask(question())
    assert answered.text == "yes"
    (content,) = kept.values()
    evidence = json.loads(content)
    assert evidence["question"]["messages"] == [{"role": "user", "content": "which?"}]
    assert (evidence["model"], evidence["digest"], evidence["text"]) == ("coder:7b", "d" * 64, "yes")
    assert list(kept) == [answered.prompt]


def test_what_was_asked_before_is_not_asked_again(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes"))
    asker().ask(question())
    again = asker(left=lambda: 0.0)
    assert again.ask(question()).text == "yes"
    assert len(server.asked) == 1
    assert again.tally["from before"] == 1


@pytest.mark.parametrize(
    "changes",
    [{"text": "other?"}, {"seed": 1}, {"temperature": 0.9}, {"predict": 9}],
)
def test_another_question_is_another(asker, server, ollama, changes):
    server.answer(CHAT, ollama.reply("yes"))
    made = asker()
    made.ask(question())
    made.ask(question(**changes))
    assert len(server.asked) == 2


def test_another_model_is_asked_anew(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes"))
    asker().ask(question())
    asker(Pulled(name="coder:7b", digest="f" * 64)).ask(question())
    assert len(server.asked) == 2


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[1]", b'{"model": 7}', b"\xff" * 9])
def test_a_kept_reply_that_cannot_be_read_is_asked_again(asker, server, ollama, kept, rubbish):
    server.answer(CHAT, ollama.reply("yes"))
    made = asker()
    name = made.ask(question()).prompt
    kept[name] = rubbish
    made.ask(question())
    assert len(server.asked) == 2


def test_nothing_is_asked_when_the_time_is_up(asker, server):
    assert asker(left=lambda: 0.0).ask(question()) is None
    assert server.asked == []


def test_a_secret_is_not_sent_and_not_kept(asker, server, ollama, kept):
    server.answer(CHAT, ollama.reply("yes"))
    made = asker(scan=lambda line: [("Password", "hunter2")] if "hunter2" in line else [])
    made.ask(question('x = 1\nkey = "hunter2"'))
    assert server.bodies("/chat")[0]["messages"][0]["content"] == 'x = 1\nkey = "REDACTED"'
    assert b"hunter2" not in b"".join(kept.values())
    (content,) = kept.values()
    assert json.loads(content)["redactions"] == [{"sort": "Password", "line": 2}]
    assert made.tally["secrets taken out"] == 1


def test_a_model_that_can_think_is_told_not_to(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes"))
    asker(THINKER).ask(question())
    assert server.bodies("/chat")[0]["think"] is False


@pytest.fixture
def thinker(client, kept):
    """A model that can think, and may."""
    return Asker(client, Model(pulled=THINKER, name="thinker:7b:local", may_think=True), kept, lambda: 60.0)


def test_a_model_that_may_think_does_with_room_for_it(thinker, server, ollama):
    server.answer(CHAT, ollama.stream(ollama.line(thinking="hm"), ollama.line("yes"), ollama.done()))
    assert thinker.ask(question(predict=100)).text == "yes"
    (sent,) = server.bodies("/chat")
    assert (sent["think"], sent["options"]["num_predict"]) == (True, 400)


def test_what_has_to_be_answered_in_seconds_is_not_thought_about(thinker, server, ollama):
    server.answer(CHAT, ollama.reply("yes"))
    thinker.ask(question(predict=100, within=8.0))
    (sent,) = server.bodies("/chat")
    assert (sent["think"], sent["options"]["num_predict"]) == (False, 100)


def test_a_model_that_thought_until_its_room_was_used_up_is_not_asked_again(thinker, server, ollama):
    server.answer(CHAT, ollama.stream(ollama.line(thinking="hm"), ollama.done(done_reason="length")))
    assert thinker.ask(question()).text == ""
    assert len(server.bodies("/chat")) == 1


def test_thinking_is_another_question_than_not_thinking(asker, thinker, server, ollama):
    server.answer(CHAT, ollama.reply("quick"), ollama.reply("thought through"))
    assert asker(THINKER).ask(question()).text == "quick"
    assert thinker.ask(question()).text == "thought through"


def test_a_model_that_cannot_think_is_told_nothing_of_it(client, kept, server, ollama):
    server.answer(CHAT, ollama.reply("yes"))
    Asker(client, Model(pulled=CODER, name="m", may_think=True), kept, lambda: 60.0).ask(question())
    assert "think" not in server.bodies("/chat")[0]


# --- what has to be answered in seconds


def slow(writing, reading=1.0):
    """The figures of a reply of ten tokens."""
    nano = 10**9
    return {"prompt_eval_duration": int(reading * nano), "eval_duration": int(writing * nano), "eval_count": 10}


def test_a_slow_server_is_asked_for_less(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **slow(writing=2.0)))
    made = asker()
    made.ask(question("a" * 40, predict=100))
    made.ask(question("a" * 40 + "b" * 40, predict=100, within=8.0))
    sent = [body["options"]["num_predict"] for body in server.bodies("/chat")]
    assert sent[0] == 100
    assert 30 <= sent[1] < 40


def test_a_server_that_is_too_slow_for_it_is_not_asked(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **slow(writing=10.0)))
    made = asker()
    made.ask(question())
    assert made.ask(question("next?", within=8.0)) is None
    assert (len(server.bodies("/chat")), made.unasked) == (1, set())


def test_what_a_slow_server_was_asked_is_the_same_question_for_a_quick_one(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **slow(writing=2.0)))
    made = asker()
    made.ask(question())
    made.ask(question("next?", within=8.0))
    again = asker()
    again.ask(question("next?", within=8.0))
    assert again.tally["from before"] == 1


def test_what_is_the_same_for_all_questions_of_a_kind_is_no_part_of_their_time(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **slow(writing=1.0, reading=1.0)))
    made = asker()
    made.ask(question("a" * 100))
    long = (Message(role="system", content="s" * 4000), Message(role="user", content="short"))
    assert made.ask(question(messages=long, within=8.0)) is not None


def test_a_model_that_thinks_all_the_same_gets_room_for_it(asker, server, ollama):
    thought = ollama.stream(ollama.line(thinking="hm"), ollama.done(done_reason="length"))
    server.answer(CHAT, thought, ollama.reply("yes"), ollama.reply("and"))
    made = asker(THINKER)
    assert made.ask(question(predict=100)).text == "yes"
    made.ask(question("next?", predict=100))
    sent = server.bodies("/chat")
    assert [one["think"] for one in sent] == [False, "low", "low"]
    assert [one["options"]["num_predict"] for one in sent] == [100, 400, 400]


def test_what_was_learned_of_thinking_changes_nothing_for_a_second_run(asker, server, ollama):
    thought = ollama.stream(ollama.line(thinking="hm"), ollama.done())
    server.answer(CHAT, thought, ollama.reply("yes"))
    first = asker(THINKER)
    first.ask(question())
    first.ask(question("next?"))
    asked = len(server.asked)
    second = asker(THINKER)
    second.ask(question())
    second.ask(question("next?"))
    assert (len(server.asked), second.tally["from before"]) == (asked, 2)


def test_a_prompt_that_the_server_cut_is_noticed(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", prompt_eval_count=130))
    made = asker()
    assert made.ask(question("word " * 1000)) is None
    assert made.tally["failed: cut"] == 1


def test_a_real_servers_cut_is_noticed(asker, server, ollama):
    server.answer(CHAT, ollama.recorded("50-ctx-overflow-single-msg-default"))
    made = asker()
    asked = "".join(f"The quick brown fox jumps over the lazy dog number {number}. " for number in range(60))
    assert made.ask(question(asked)) is None
    assert made.tally["failed: cut"] == 1


def test_a_server_that_is_gone_is_left_alone(asker, server, ollama):
    server.answer(CHAT, ollama.plain(500, b'{"error":"oops"}'))
    made = asker()
    for number in range(PATIENCE + 2):
        assert made.ask(question(str(number))) is None
    assert len(server.asked) == PATIENCE
    assert made.problem.startswith("server error")


def test_a_reply_in_between_shows_that_the_server_is_there(asker, server, ollama):
    bad, good = ollama.plain(500, b'{"error":"oops"}'), ollama.reply("yes")
    server.answer(CHAT, bad, bad, good, bad, bad, good)
    made = asker()
    for number in range(6):
        made.ask(question(str(number)))
    assert made.problem == ""


def test_a_reply_from_elsewhere_ends_it_at_once(asker, server, ollama, kept):
    server.answer(CHAT, ollama.stream(ollama.line("yes", remote_host="https://ollama.com"), ollama.done()))
    made = asker()
    assert made.ask(question()) is None
    assert made.ask(question("next?")) is None
    assert (len(server.asked), kept) == (1, {})
    assert made.problem.startswith("remote")


def test_a_refused_question_is_no_reason_to_ask_no_other(asker, server, ollama):
    server.answer(CHAT, ollama.plain(400, b'{"error":"bad schema"}'), ollama.reply("yes"))
    made = asker()
    assert made.ask(question()) is None
    assert made.ask(question("next?")).text == "yes"


def test_a_closed_asker_asks_nothing_and_remembers(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes"))
    made = asker()
    made.ask(question())
    made.close()
    assert made.ask(question("next?")) is None
    assert made.ask(question()).text == "yes"
    assert made.problem == ""


def test_a_question_that_is_under_way_when_it_is_closed_is_no_fault_of_the_server(asker, server, ollama):
    server.answer(CHAT, ollama.stream(ollama.line("a"), "hang"))
    made = asker()
    threading.Timer(0.2, made.close).start()
    assert made.ask(question()) is None
    assert made.problem == ""


def test_warming_loads_the_model_with_the_options_of_the_run(asker, server, ollama):
    server.answer(CHAT, ollama.recorded("35-chat-empty-messages-load"))
    asker().warm()
    (sent,) = server.bodies("/chat")
    assert (sent["messages"], sent["options"]["num_ctx"], sent["shift"]) == ([], 4096, False)


def test_what_all_questions_begin_with_is_read_while_the_model_loads(asker, server, ollama):
    server.answer(CHAT, ollama.recorded("35-chat-empty-messages-load"), ollama.reply("yes", prompt_eval_count=90))
    made = asker(THINKER)
    made.warm(BEGINNING)
    empty, sent = server.bodies("/chat")
    first = [{"role": one.role, "content": one.content} for one in BEGINNING]
    assert (empty["messages"], sent["messages"], sent["think"]) == ([], first, False)
    assert {**sent["options"], "num_predict": 0, "temperature": 0} == {
        **empty["options"], "num_predict": 0, "temperature": 0,
    }  # fmt: skip
    assert (sent["options"]["num_predict"], made.tally["questions"]) == (FIRST_WORDS, 0)
    assert made.seconds["server"] == 1.0


def test_a_server_that_cannot_load_a_model_is_told_nothing_more(asker, server, ollama):
    server.answer(CHAT, ollama.plain(500, b'{"error":"out of memory"}'))
    assert asker().warm(BEGINNING).kind == "server error"
    assert len(server.asked) == 1


SLOW = {"prompt_eval_duration": 10 * 10**9, "eval_duration": 2 * 10**9, "eval_count": 20}


def test_a_question_is_not_asked_when_less_time_is_left_than_one_takes(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **SLOW))
    left = [60.0]
    made = asker(left=lambda: left[0])
    made.ask(question("x" * 1000))
    left[0] = 13.0  # it would read for 10 seconds and write for 2, and those before it may have been quick
    assert made.ask(question("y" * 1000, about="b.py::g")) is None
    assert (len(server.asked), made.unasked) == (1, {"b.py::g"})
    assert made.tally[UNASKED] == 1
    assert (made.seconds[NEEDED], made.seconds[LEFT]) == (pytest.approx(14.4, abs=0.2), 13.0)


def test_a_question_of_which_most_was_read_before_needs_less_time(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **SLOW))
    left = [60.0]
    made = asker(left=lambda: left[0])
    made.ask(question("x" * 1000))
    left[0] = 13.0
    assert made.ask(question("x" * 1000 + "and?")).text == "yes"


def test_the_first_question_is_not_asked_when_loading_showed_that_there_is_no_time(asker, server, ollama):
    server.answer(CHAT, ollama.reply(""), ollama.reply("yes", **SLOW), ollama.reply("yes"))
    left = [100.0]
    made = asker(left=lambda: left[0])
    made.warm(BEGINNING)
    left[0] = 20.0
    long = (*BEGINNING, Message(role="user", content="x" * 3000))
    assert made.ask(question(messages=long)) is None
    assert made.unasked == {"a.py::f"}
    assert len(server.asked) == 2


def test_when_a_long_question_does_not_fit_a_short_one_still_may(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **SLOW), ollama.reply("yes", eval_count=2, eval_duration=10**8))
    left = [60.0]
    made = asker(left=lambda: left[0])
    made.ask(question("x" * 1000))
    made.ask(question("x" * 1000 + "?"))
    left[0] = 10.0
    assert made.ask(question("y" * 3000, about="b.py::g")) is None
    assert not made.is_barren("scenario")
    assert made.ask(question("x" * 1000 + "!")).text == "yes"


def test_with_time_again_what_was_not_asked_is(asker, server, ollama):
    server.answer(CHAT, ollama.reply("yes", **SLOW))
    left = [60.0]
    made = asker(left=lambda: left[0])
    made.ask(question("a"))
    left[0] = 1.0
    assert made.ask(question("b")) is None
    assert made.unasked
    made.resume()
    left[0] = 60.0
    assert made.ask(question("b")).text == "yes"
    assert (made.unasked, made.tally[UNASKED]) == (set(), 0)


def test_a_question_that_the_server_did_not_answer_is_left_for_later(asker, server, ollama):
    server.answer(CHAT, ollama.said({"error": "out of order"}, status=500), ollama.reply("yes"))
    made = asker()
    assert made.ask(question("a", about="a.py::f")) is None
    assert made.unasked == {"a.py::f"}


def test_a_question_that_the_server_refuses_is_not_left_for_later(asker, server, ollama):
    server.answer(CHAT, ollama.said({"error": "bad schema"}, status=400))
    made = asker()
    assert made.ask(question("a")) is None
    assert made.unasked == set()


def test_the_figures_tell_the_first_question_of_a_module_from_the_later(asker, server, ollama):
    first = ollama.reply("yes", prompt_eval_duration=5 * 10**9)
    server.answer(CHAT, first, ollama.reply("yes", prompt_eval_duration=10**9))
    made = asker()
    for text in ("a", "b", "c"):
        made.ask(question(text))
    assert made.seconds["reading, first of a module"] == 5
    assert (made.seconds["reading, later"], made.tally["reading, later"]) == (2, 2)
    assert (made.tally["questions"], made.tally["tokens written"]) == (3, 36)


KEPT = Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.0)
DROPPED = Dropped(rung="gains", reason="closes no gap")


@pytest.fixture
def attempts(fakes):
    def attempts(*verdicts, strategy="scenario", model="m:1", prompt="a"):
        origin = Origin(proposer="ollama", model=model, strategy=strategy, prompt=prompt)
        made = replace(fakes.candidate(), origin=origin)
        return [Attempt(path="", qualname="", digest="", candidate=made, verdict=one) for one in verdicts]

    return attempts


def test_what_a_strategy_came_to_is_in_its_attempts(attempts):
    done = [*attempts(DROPPED, KEPT, DROPPED), *attempts(DROPPED, strategy="repair")]
    assert fold_attempts(done, "m:1") == {
        "scenario tried": 3, "scenario kept": 1, "repair tried": 1, "repair kept": 0,
    }  # fmt: skip


def test_attempts_of_others_are_none_of_it(attempts):
    assert fold_attempts([*attempts(KEPT, model="m:2"), *attempts(KEPT, model="", strategy="")], "m:1") == {}


def test_a_strategy_whose_questions_took_long_and_led_nowhere_is_left(client, server, ollama, attempts, kept):
    server.answer(CHAT, ollama.reply("yes"))
    done = []
    coder = Model(pulled=Pulled(name="m:1"), name="m:1")
    made = Asker(client, coder, kept, lambda: 60.0, attempts=lambda: done)
    answered = made.ask(question("a"))
    assert not made.is_barren("scenario")
    made._took["scenario"][answered.prompt] = IDLE
    assert made.is_barren("scenario")
    done += attempts(DROPPED, prompt=answered.prompt)
    assert made.is_barren("scenario")
    done += attempts(KEPT, prompt=answered.prompt)
    assert not made.is_barren("scenario")
    made._took["scenario"]["another"] = IDLE
    assert made.is_barren("scenario")
    assert not made.is_barren("repair")


# --- how fast a server is


@pytest.fixture
def pace():
    """Reads 100 characters and writes 10 tokens a second."""
    made = Pace()
    made.learn("scenario", 500, Counts(reading=5.0, writing=6.0, reply=60))
    return made


def test_nothing_is_expected_before_there_was_a_figure():
    pace = Pace()
    assert pace.expect("scenario", 9999, 320) == 0.0
    pace.learn("scenario", 500, Counts())
    assert pace.expect("scenario", 9999, 320) == 0.0


def test_a_reply_is_expected_to_be_as_long_as_those_of_its_strategy(pace):
    assert pace.expect("scenario", 1000, 320) == pytest.approx(10.0 + 6.0)


def test_a_reply_of_another_strategy_is_expected_to_fill_a_part_of_its_room(pace):
    assert pace.expect("name", 0, 400) == pytest.approx(0.1 * FULL * 400)
