from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from msgspec.structs import replace

from pytest_enrich.proposers.ollama.client import WAITS, Client, parse_host
from pytest_enrich.proposers.ollama.protocol import LONGEST_LINE, Failure, Limits, Options, Reply, lines_of

CHAT = "POST /api/chat"
LONG = 60.0
SHORT = Limits(connect=0.5, first=2.0, gap=0.4, total=5.0)


@pytest.fixture
def ask(server, client, request_of):
    """The answer to a question, when the server does this (one answer a try)."""

    def ask(*answers, seconds=LONG, **changes):
        server.answer(CHAT, *answers)
        return client.ask(request_of(**changes), seconds)

    return ask


# --- what is sent


def test_all_that_decides_about_a_reply_is_sent(ask, server, ollama):
    ask(
        ollama.reply("yes"),
        options=Options(window=2048, predict=50, temperature=0.5, seed=3),
    )
    (sent,) = server.bodies("/chat")
    assert (sent["truncate"], sent["shift"], sent["stream"]) == (False, False, True)
    assert sent["options"] == {
        "num_ctx": 2048, "num_predict": 50, "temperature": 0.5, "seed": 3,
        "top_k": 40, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0,
    }  # fmt: skip
    assert "keep_alive" not in sent  # how long a model stays is the server's own setting
    assert "think" not in sent


@pytest.mark.parametrize("predict", [0, -1, -2])
def test_a_reply_is_never_without_a_bound(ask, server, ollama, predict):
    ask(ollama.reply("yes"), options=Options(predict=predict))
    assert server.bodies("/chat")[0]["options"]["num_predict"] == 1


@pytest.mark.parametrize("think", [False, "low"])
def test_thinking_is_sent_when_it_is_said(ask, server, ollama, think):
    ask(ollama.reply("yes"), think=think)
    assert server.bodies("/chat")[0]["think"] == think


def test_no_proxy_and_no_key_takes_part(server, ollama, request_of, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("OLLAMA_API_KEY", "very-secret")
    server.answer(CHAT, ollama.reply("yes"))
    client = Client(parse_host(server.url), Limits())
    assert isinstance(client.ask(request_of(), LONG), Reply)
    client.close()
    headers = server.asked[0][2]
    assert "authorization" not in headers
    assert "very-secret" not in json.dumps(headers)


def test_it_is_not_sent_on_to_another_address(ask):
    elsewhere = b"HTTP/1.1 307 X\r\nLocation: http://evil.example/api/chat\r\nContent-Length: 0\r\n\r\n"
    answer = ask([elsewhere])
    assert (answer.kind, answer.status) == ("refused", 307)


# --- a reply


def test_a_reply_is_what_its_parts_say(ask, ollama):
    answer = ask(ollama.recorded("10-chat-stream"))
    assert answer.text == "1. Red\n2. Blue\n3. Green"
    assert (answer.reason, answer.counts.prompt, answer.counts.reply) == ("stop", 13, 12)
    assert answer.counts.load == pytest.approx(1.073, abs=0.001)


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_chunks_end_anywhere(ask, ollama, size):
    assert ask(ollama.recorded("10-chat-stream", pieces=size)).text == "1. Red\n2. Blue\n3. Green"


@pytest.mark.parametrize("text", ["жё", "日本", "\u2028 \x85 \x0b", "🙂"])
def test_a_chunk_ends_inside_a_character(ask, ollama, text):
    whole = ollama.line(text) + ollama.done()
    pieces = [whole[at : at + 1] for at in range(len(whole))]
    assert ask(ollama.stream(*pieces)).text == text


def test_the_last_line_needs_no_end(ask, ollama):
    assert ask(ollama.stream(ollama.line("a"), ollama.done().rstrip(b"\n"))).text == "a"


def test_a_reply_in_one_piece_is_one(ask, ollama):
    assert ask(ollama.recorded("11-chat-nostream")).text.startswith("1. Red")


def test_counts_may_be_absent(ask, ollama):
    last = b'{"message":{"role":"assistant","content":""},"done":true}\n'
    answer = ask(ollama.stream(ollama.line("a"), last))
    assert (answer.counts.prompt, answer.counts.reply, answer.reason) == (None, None, "")


def test_a_reply_that_was_cut_off_says_so(ask, ollama):
    assert ask(ollama.recorded("16-chat-format-truncated-by-num_predict")).reason == "length"
    assert ask(ollama.recorded("58-output-beyond-ctx-shift-false")).reason == "length"


def test_a_load_is_a_reply_without_text(ask, ollama):
    answer = ask(ollama.recorded("35-chat-empty-messages-load"))
    assert (answer.text, answer.reason) == ("", "load")


def test_thinking_is_told_apart(ask, ollama):
    answer = ask(ollama.recorded("47b-think-never-closed-content-empty"))
    assert (answer.text, answer.thinking.split("\n")[0]) == ("", "The three colors are:")


def test_a_schema_may_be_lost_in_thoughts(ask, ollama):
    answer = ask(ollama.recorded("47c-think-never-closed-with-format"))
    assert (answer.text, answer.reason) == ("", "stop")
    assert answer.thinking


def test_a_reply_that_waited_behind_others_is_one(ask, ollama):
    assert ask(ollama.recorded("91-queue-burst-loaded-1")).reason == "length"


def test_what_comes_after_the_end_is_nothing(ask, ollama):
    assert ask(ollama.stream(ollama.done("a"), ollama.line("b"), b"rubbish\n")).text == "a"


# --- what only looks like a reply


def test_a_stream_that_ends_without_done_is_none(ask, ollama, waited):
    answer = ask(ollama.recorded("64-token-repeat-abort-stream-NO-DONE-LINE"))
    assert (answer.kind, waited) == ("aborted", [])


def test_a_reply_in_one_piece_that_is_not_done_is_none(ask, ollama):
    assert ask(ollama.recorded("65-token-repeat-abort-nostream")).kind == "aborted"


@pytest.mark.parametrize("value", ["true", 1, "yes", None])
def test_only_true_is_done(ask, ollama, value):
    assert isinstance(ask(ollama.stream(ollama.line("a", done=value))), Failure)


def test_a_line_that_is_longer_than_any_replys_is_not_read_even_if_it_ends():
    with pytest.raises(ValueError, match="a line without an end"):
        next(lines_of([b"[" * (LONGEST_LINE + 1) + b"\n"]))


def test_an_error_in_the_last_line_is_one(ask, ollama, waited, server):
    answer = ask(ollama.recorded("49-midstream-runner-killed"))
    assert (answer.kind, answer.status) == ("server error", -1)
    assert (len(waited), len(server.asked)) == (1, 2)


def test_a_stall_ends(ask, ollama):
    began = time.monotonic()
    assert ask(ollama.stream(ollama.line("a"), "hang")).kind == "timeout"
    assert time.monotonic() - began < 2


def test_a_first_byte_that_never_comes_ends(ask):
    assert ask(["hang"], seconds=0.3).kind == "timeout"


def test_a_reply_that_goes_on_and_on_ends(ask, ollama):
    parts = [part for _ in range(40) for part in (ollama.line("a"), 0.1)]
    began = time.monotonic()
    assert ask(ollama.stream(*parts), seconds=0.5).kind == "timeout"
    assert time.monotonic() - began < 2


def test_a_slow_first_byte_is_waited_for_longer_than_a_gap(ask, ollama):
    assert ask([0.8, *ollama.reply("late")]).text == "late"


def test_a_broken_connection_is_no_reply(ask, ollama):
    assert ask(ollama.stream(ollama.line("a"), "reset")).kind == "aborted"
    assert ask([*ollama.stream(ollama.line("a"), end=False), b"50\r\nhalf a chu", "reset"]).kind == "aborted"


def test_a_page_of_html_is_no_reply(ask, ollama):
    page = b"<!DOCTYPE html><html><title>Login</title>..."
    answer = ask(ollama.plain(200, page, "text/html"))
    assert (answer.kind, answer.message) == ("bad answer", "a page of HTML (Login): no Ollama answers there")
    answer = ask(ollama.plain(502, page, "text/html"))
    assert (answer.kind, answer.status) == ("server error", 502)


@pytest.mark.parametrize(
    "sent",
    [
        b"[]\n",
        b"null\n",
        b"7\n",
        b"not json\n",
        b"{\n",
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
        b'{"message":"text"}\n',
        b'{"message":{"content":7}}\n',
        b'{"prompt_eval_count":"many"}\n',
        b'{"x":' + b"[" * 100_000,
    ],
)
def test_rubbish_is_no_reply(ask, ollama, sent):
    assert ask(ollama.stream(sent)).kind == "bad answer"


def test_a_call_of_a_tool_says_nothing(ask, ollama):
    part = json.dumps({"message": {"content": None, "tool_calls": [{}]}, "done": True}).encode()
    assert ask(ollama.stream(part)).text == ""


def test_a_reply_without_measure_is_cut(ask, ollama):
    assert ask(ollama.stream(*[ollama.line("x" * 100_000)] * 3)).kind == "bad answer"


def test_a_reply_from_another_machine_is_none(ask, ollama):
    answer = ask(ollama.recorded("79d-chat-innocent-stub"))
    assert (answer.kind, answer.message) == (
        "remote",
        "the reply came from http://127.0.0.1:11599",
    )


# --- errors and tries


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("20-chat-unknown-model", 404, "not found"),
        ("28-chat-think-unsupported", 400, "unsupported"),
        ("31-chat-tools-unsupported", 400, "unsupported"),
        ("32-generate-suffix-unsupported", 400, "unsupported"),
        ("22-chat-no-model", 400, "refused"),
        ("23-chat-bad-json", 400, "refused"),
        ("24-chat-empty-body", 400, "refused"),
        ("25-chat-wrong-type", 400, "refused"),
        ("30-chat-think-bad", 400, "refused"),
        ("42-embed-unsupported", 501, "unsupported"),
        ("36-wrong-path", 404, "not found"),
        ("37-wrong-method", 405, "not found"),
        ("17-chat-format-bad-string", 500, "server error"),
        ("18-chat-format-bad-schema", 400, "refused"),
        ("18b-chat-format-bad-regex-pattern", 400, "refused"),
        ("18c-chat-format-bad-schema-stream", 400, "refused"),
        ("26-chat-option-wrong-type", 500, "server error"),
        ("51-ctx-overflow-single-msg-truncate-false", 400, "too long"),
        ("52-ctx-overflow-single-msg-truncate-false-stream", 400, "too long"),
        ("53-ctx-overflow-shift-false", 400, "too long"),
        ("54-ctx-overflow-truncate-false-shift-false", 400, "too long"),
        ("N-overflow-default", 400, "too long"),
        ("70-cloud-suffix-disabled", 403, "refused"),
        ("71-cloud-tag-disabled", 403, "refused"),
        ("77-chat-remote-disabled", 403, "refused"),
        ("79b-show-cloud", 401, "refused"),
        ("79a-cloud-suffix-forwarded-without-pull", 401, "refused"),
        ("85-keepalive-bad", 400, "refused"),
        ("95-host-evil", 403, "refused"),
        ("96-origin-evil", 403, "refused"),
    ],
)
def test_an_error_is_what_its_status_says_and_not_tried_again(  # noqa: PLR0913, PLR0917 - fixtures and a table
    ask, ollama, server, name, status, kind
):
    answer = ask(ollama.recorded(name))
    assert (answer.kind, answer.status) == (kind, status)
    assert len(server.asked) == 1


def test_the_runners_message_is_found_inside_the_servers(ask, ollama):
    answer = ask(ollama.recorded("51-ctx-overflow-single-msg-truncate-false"))
    assert answer.message.startswith("request (842 tokens) exceeds the available context size (256 tokens)")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"error":7}', b'{"error":{"message":"x"}}', b"[", b'{"error":"[1]"}']
)
def test_an_error_of_any_shape_is_one(ask, ollama, body):
    assert isinstance(ask(ollama.plain(400, body)), Failure)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b'{"error":"timed out waiting for llama-server to start"}', ("server error", 500)),
        (b'{"error":"ollama.com is unreachable"}', ("server error", 502)),
        (b"<html><title>Proxy</title></html>", ("refused", 407)),
        (b"", ("refused", 413)),
    ],
)
def test_an_error_that_was_not_recorded_is_one_too(ask, ollama, server, body, failure):
    answer = ask(ollama.plain(failure[1], body))
    assert ((answer.kind, answer.status), len(server.asked)) == (failure, 1)


def test_an_error_does_nothing_to_a_terminal_or_a_log(ask, ollama):
    answer = ask(ollama.said({"error": "a\x1b[31m\n::add-mask::x"}, 400))
    assert "\x1b" not in answer.message
    assert "::" not in answer.message


def test_a_full_queue_is_tried_again(ask, ollama, waited, server):
    busy = ollama.recorded("90-queue-burst-while-loading-1")
    server.answer(CHAT, busy, busy, ollama.reply("at last"))
    assert ask(busy, busy, ollama.reply("at last"), seconds=100).text == "at last"
    assert waited == list(WAITS[:2])


def test_a_queue_that_stays_full_is_left(ask, ollama, server):
    answer = ask(ollama.recorded("90-queue-burst-while-loading-1"), seconds=100)
    assert (answer.kind, answer.status) == ("busy", 503)
    assert len(server.asked) <= len(WAITS) + 1


def test_a_dead_runner_is_tried_once_more(ask, ollama, server):
    dead = ollama.recorded("49b-nostream-runner-killed")
    assert ask(dead, ollama.reply("again")).text == "again"
    server.asked.clear()
    assert ask(dead).kind == "server error"
    assert len(server.asked) == 2


def test_nobody_listening_is_said(request_of, waited):
    client = Client(parse_host("127.0.0.1:1"), Limits(), wait=waited.append)
    answer = client.ask(request_of(), LONG)
    assert (answer.kind, waited) == ("unreachable", list(WAITS))
    client.close()


def test_no_try_begins_after_the_deadline(ask, ollama, server, waited):
    assert ask(ollama.recorded("90-queue-burst-while-loading-1"), seconds=0.2).kind == "busy"
    assert (len(server.asked), waited) == (1, [])


def test_waiting_for_a_question_before_takes_nothing_of_the_limit(server, ollama, request_of):
    client = Client(parse_host(server.url), Limits(first=1.0, total=1.2))
    server.answer(CHAT, [0.8, *ollama.reply("first")], [0.8, *ollama.reply("second")])
    before = threading.Thread(target=client.ask, args=(request_of(), LONG))
    before.start()
    time.sleep(0.1)
    assert client.ask(request_of(), LONG).text == "second"
    before.join()
    client.close()


# --- ending it


@pytest.mark.parametrize("begun", [True, False])
def test_closing_ends_what_is_under_way(server, ollama, request_of, begun):
    client = Client(parse_host(server.url), Limits())
    server.answer(CHAT, ollama.stream(ollama.line("a"), "hang") if begun else ["hang"])
    threading.Timer(0.1, client.close).start()
    began = time.monotonic()
    assert isinstance(client.ask(request_of(), LONG), Failure)
    assert time.monotonic() - began < 2


def test_a_closed_client_asks_nothing(client, request_of):
    client.close()
    assert client.ask(request_of(), LONG).kind == "stopped"
    assert client.get("/api/tags").kind == "stopped"
    client.close()


# --- short questions


def test_a_short_answer_is_an_object(server, client, ollama):
    server.answer("GET /api/version", ollama.recorded("00-version"))
    assert client.get("/api/version") == {"version": "0.33.0-rc2"}


@pytest.mark.parametrize("sent", [b"[]", b"Ollama is running", b"<html>", b"", b"[" * 100_000])
def test_a_short_answer_of_another_shape_is_none(server, client, ollama, sent):
    server.answer("GET /api/tags", ollama.plain(200, sent))
    assert client.get("/api/tags").kind == "bad answer"


def test_a_short_question_to_the_wrong_place_is_said(client):
    assert client.get("/api/nothing") == Failure(kind="not found", message="404 page not found", status=404)


@pytest.mark.parametrize("text", ["127.0.0.1:x", "http://[::1"])
def test_a_bad_address_in_the_environment_is_no_reason_to_fail(text):
    code = "import os, pytest_enrich.proposers.ollama.client; print(os.environ['OLLAMA_HOST'])"
    environment = {**os.environ, "OLLAMA_HOST": text}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (found.stdout, found.returncode) == (f"{text}\n", 0), found.stderr


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("[::1]:8", "http://[::1]:8/api/tags"),
        ("https://gpu.example/ollama/", "https://gpu.example/ollama/api/tags"),
    ],
)
def test_a_request_goes_where_the_address_says(text, url):
    client = Client(parse_host(text), Limits())
    assert str(client._http.build_request("GET", "/api/tags").url) == url
    client.close()


# --- waiting


def noticing(server, limits=SHORT):
    told = []
    return Client(parse_host(server.url), limits, wait=lambda _seconds: None, notice=told.append), told


def test_a_question_that_keeps_waiting_says_so(server, ollama, request_of):
    server.answer(CHAT, [0.2, *ollama.reply("yes")])
    asking, told = noticing(server, replace(SHORT, quiet=0.05))
    assert asking.ask(request_of(), 5.0).text == "yes"
    assert told == ["waits for m: its prompt is read, or others are before"]


def test_a_model_that_takes_long_to_load_says_so(server, ollama, request_of):
    server.answer(CHAT, [0.2, *ollama.recorded("35-chat-empty-messages-load")])
    asking, told = noticing(server, replace(SHORT, quiet=0.05))
    asking.ask(request_of(messages=()), 5.0)
    assert told == ["waits for m: it is loaded"]


def test_a_full_queue_is_said(server, ollama, request_of):
    server.answer(CHAT, ollama.recorded("90-queue-burst-while-loading-1"), ollama.reply("yes"))
    asking, told = noticing(server)
    assert asking.ask(request_of(), 5.0).text == "yes"
    assert told == ["waits for m: the server's queue is full"]


def test_what_is_quick_is_not_talked_about(server, ollama, request_of):
    server.answer(CHAT, ollama.reply("yes"))
    asking, told = noticing(server)
    asking.ask(request_of(), 5.0)
    assert told == []


def test_a_models_name_does_nothing_to_a_terminal(server, ollama, request_of):
    server.answer(CHAT, ollama.recorded("90-queue-burst-while-loading-1"), ollama.reply("yes"))
    asking, told = noticing(server)
    asking.ask(request_of(model="m\x1b[2J\nx"), 5.0)
    assert told[0].isprintable()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("example.org", "http://example.org:11434"),
        ("http://example.org", "http://example.org:80"),
        ("https://example.org", "https://example.org:443"),
        ("https://example.org:8443/ollama/", "https://example.org:8443/ollama"),
        (":1234", "http://127.0.0.1:1234"),
        (' "127.0.0.1:9" ', "http://127.0.0.1:9"),
        ("127.0.0.1:x", "http://127.0.0.1:11434"),
        ("127.0.0.1:99999", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:80", "http://127.0.0.1:80"),
        ("::", "http://[::1]:11434"),
        ("[::]:7", "http://[::1]:7"),
        ("[::1]", "http://[::1]:11434"),
        ("fe80::1", "http://[fe80::1]:11434"),
        ("ftp://somewhere", "http://somewhere:11434"),
        ("http://127.0.0.1@evil.example:80", "http://evil.example:80"),
    ],
)
def test_a_host_is_read_as_ollama_reads_it(text, url):
    assert parse_host(text).url == url


@pytest.mark.parametrize("text", ["", "127.0.0.1", "127.8.8.8:80", "[::1]:80", "0.0.0.0", "localhost"])
def test_this_machine_is_loopback(text):
    assert parse_host(text).is_loopback()


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1",
        "gpu.corp.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "[fe80::1]",
    ],
)
def test_what_may_be_elsewhere_is_not_loopback(text):
    assert not parse_host(text).is_loopback()


def test_a_localhost_that_is_elsewhere_is_not_loopback(monkeypatch):
    elsewhere = [(socket.AF_INET, None, None, "", ("10.0.0.7", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: elsewhere)
    assert not parse_host("localhost").is_loopback()


def test_no_name_is_looked_up_but_localhost(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked up"))
    assert not parse_host("gpu.corp.example").is_loopback()


@pytest.mark.parametrize(
    ("text", "cloud"), [("https://ollama.com", True), ("api.OLLAMA.com.", True), ("notollama.com", False)]
)
def test_ollamas_own_service_is_known(text, cloud):
    assert parse_host(text).is_cloud() is cloud


@pytest.mark.parametrize(("text", "shown"), [("", "127.0.0.1:11434"), ("[::1]:8", "[::1]:8")])
def test_people_read_name_and_port(text, shown):
    assert str(parse_host(text)) == shown
