"""The comment on a pull request, made by the action's program, and a server that answers as GitHub's API does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pytest_enrich.data import Report
from pytest_enrich.reporters import formats
from pytest_enrich.reporters.machine import MARK

PROGRAM = Path(__file__).resolve().parent.parent / ".github/actions/comment/comment.py"
BODY = f"{MARK}\n### Suggested tests: 1\n"
OURS = {"id": 7, "user": {"login": "github-actions[bot]"}, "body": BODY}


class GitHub:
    """Pull requests and their comments; `refuses` is the status that writing is answered with."""

    def __init__(self):
        self.pulls = [{"number": 3, "head": {"sha": "abc"}}]
        self.comments = []
        self.written = []
        self.asked = []
        self.refuses = 0

    def get(self, path, query):
        self.asked.append((path, query))
        if path == "pulls":
            return self.pulls
        start = 100 * (int(query["page"]) - 1)
        return self.comments[start : start + 100]


@pytest.fixture
def github():
    answers = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status, value):
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            place = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(place.query))
            self.answer(200, answers.get(place.path.removeprefix("/repos/o/r/").partition("?")[0], query))

        def do_POST(self):
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if answers.refuses or self.headers["Authorization"] != "Bearer t0ken":
                self.answer(answers.refuses, {})
            else:
                answers.written.append((self.command, self.path.removeprefix("/repos/o/r/"), data["body"]))
                self.answer(201, {})

        do_PATCH = do_POST  # noqa: N815 - the same

        def log_message(self, *_): ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    answers.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def comment(github, tmp_path):
    """Run it as the action does; answers its status and what it said."""

    def comment(body, status=0, conclusion="success"):
        file, event = tmp_path / "github-comment.md", tmp_path / "event.json"
        if body is not None:
            file.write_text(body, "utf-8")
        head = {"owner": {"login": "fork"}}
        run = {"head_repository": head, "head_branch": "a&b=c #1", "head_sha": "abc", "conclusion": conclusion}
        event.write_text(json.dumps({"workflow_run": run}))
        said = {
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_API_URL": github.address,
            "GITHUB_REPOSITORY": "o/r",
            "ENRICH_TOKEN": "t0ken",
        }
        done = subprocess.run(
            [sys.executable, "-S", PROGRAM, file],
            env={"PATH": os.environ["PATH"], **said},
            check=False,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (status, "")
        return done.stdout

    return comment


def test_there_is_one_comment_which_the_next_run_changes(github, comment):
    assert comment(BODY) == "Commented on pull request 3.\n"
    assert github.written == [("POST", "issues/3/comments", BODY)]
    assert github.asked[0] == ("pulls", {"state": "open", "head": "fork:a&b=c #1"})
    mine = {"id": 1, "user": {"login": "someone"}, "body": BODY}  # nobody else's is touched
    github.comments = [*[mine] * 120, OURS]
    assert comment(f"{BODY}more") == "Changed the comment of pull request 3.\n"
    assert github.written[1:] == [("PATCH", "issues/comments/7", f"{BODY}more")]


@pytest.mark.parametrize("body", [None, "", "what somebody else has written"])
def test_where_there_is_nothing_to_say_no_comment_is_made(github, comment, body):
    assert comment(body) == "Nothing to say.\n"
    assert github.written == []


def test_a_comment_that_is_over_says_so(github, comment):
    github.comments = [OURS]
    comment(None)
    assert github.written[0][:2] == ("PATCH", "issues/comments/7")
    assert "Nothing is suggested here any more." in github.written[0][2]


def test_a_run_whose_tests_failed_takes_no_comment_back(github, comment):
    github.comments = [OURS]
    assert comment(None, conclusion="failure") == "The run ended early: what was said before stays.\n"
    assert github.written == []


def test_a_run_that_a_push_has_overtaken_says_nothing(github, comment):
    github.pulls = [{"number": 3, "head": {"sha": "def"}}]
    assert comment(BODY) == "No open pull request has this commit as its last: nothing to say.\n"
    assert github.written == []


def test_a_job_that_may_not_write_is_told_what_it_lacks(github, comment):
    github.refuses = 403
    told = comment(BODY, status=1)
    assert told == "GitHub refused with 403; the job needs permissions: { pull-requests: write }\n"


def test_no_more_is_sent_than_github_takes(github, comment):
    comment(BODY + "\u00e9" * 100_000)
    assert len(github.written[0][2]) == 60_000


def test_the_report_and_the_program_know_the_same_mark():
    assert f'MARK = "{MARK}"' in PROGRAM.read_text("utf-8")
    assert formats.FORMATS["github-comment"].mark == MARK
    assert formats.render("github-comment", Report()) == ""
