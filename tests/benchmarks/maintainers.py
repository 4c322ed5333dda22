"""The ideal model: a fake Ollama that answers with the very tests that maintainers wrote and that were deleted.

What a question is about it reads from what every question has in a fixed form: `# target: PATH::QUALNAME`, and the
function below it, whose missing lines end in `  # <== ` and what never happened there.
"""

from __future__ import annotations

import ast
import json
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import command
import layout
import measured
import msgspec
from measured import Branch
from msgspec import Struct
from projects import Bench

MODEL = "maintainer:30b"
WINDOW = 32768
CHARACTERS = 3.5
"""A token's."""
MARK, TARGET = "  # <== ", "# target: "
SILENT = "I know of no test that gets there."
EXAMPLE = "example.py::shorten\n"
SHOWN = "```python\ndef test_a_long_text_is_cut():\n    assert shorten('abcdef', 3) == 'abc...'\n```"
"""To the small task by which a model shows that it writes tests."""
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
MOST = 3
"""Tests in one reply."""
_RAN = """
import json, sys
from coverage import Coverage
from coverage.results import analysis_from_file_reporter
found = {}
coverage = Coverage(data_file=sys.argv[1], config_file=sys.argv[2])
coverage.load()
data = coverage.get_data()
for context in sorted(data.measured_contexts() - {""}):
    data.set_query_context(context)
    for file in data.measured_files():
        if data.lines(file):
            analysis = analysis_from_file_reporter(data, 2, coverage._get_file_reporter(file), file)
            arcs = [(start, end) for start, ends in analysis.executed_branch_arcs().items() for end in ends]
            found.setdefault(context, {})[file] = {"lines": sorted(analysis.executed), "branches": arcs}
json.dump(found, sys.stdout)
"""
"""What each test function ran, said by the project's own coverage.py."""


class Deleted(Struct, frozen=True, kw_only=True):
    """A deleted test: its text, dedented, and what it runs that the tests which are left do not."""

    nodeid: str
    code: str
    branches: frozenset[Branch] = frozenset()
    lines: frozenset[tuple[str, int]] = frozenset()


class _Ran(Struct, frozen=True):
    lines: tuple[int, ...]
    branches: tuple[tuple[int, int], ...]


def deleted(bench: Bench) -> tuple[Deleted, ...]:
    """The deleted tests of a project that is laid out; worked out once.

    Raises:
        command.CommandError: The whole suite did not come to its end.
    """
    file = bench.folder / "measured" / "maintainers.json"
    if not file.exists():
        file.write_bytes(msgspec.json.encode(_look(bench, file.parent), order="deterministic"))
    return msgspec.json.decode(file.read_bytes(), type=tuple[Deleted, ...])


def _look(bench: Bench, place: Path) -> tuple[Deleted, ...]:
    missing = measured.kept(bench, "ablated")
    checkout, scratch = layout.copy(bench.full, place / "contexts"), place / "contexts-data"
    measured.measure(bench, checkout, scratch, contexts=True)
    argv = [bench.python, "-c", _RAN, scratch / "coverage.data", scratch / "coveragerc"]
    ended = command.run(argv, cwd=checkout, env=bench.environment(checkout), apart=True)
    ran = msgspec.json.decode(ended.output, type=dict[str, dict[str, _Ran]])
    laid = msgspec.json.decode((bench.folder / "laid-out.json").read_bytes(), type=layout.Laid)
    return tuple(_of(bench, nodeid, ran, missing) for nodeid in laid.removed)


def _of(bench: Bench, nodeid: str, ran: dict[str, dict[str, _Ran]], missing: measured.Missing) -> Deleted:
    path, *names = nodeid.split("::")
    # A context is the dotted name of a function; of what a class inherits it is the class above.
    wanted = ".".join((Path(path).stem, *names))
    own = [files for context, files in ran.items() if f".{context}".endswith(f".{wanted}")]
    if not own:
        own = [files for context, files in ran.items() if context.rpartition(".")[2] == names[-1]]
    branches = {(file, *arc) for files in own for file, one in files.items() for arc in one.branches}
    lines = {(file, line) for files in own for file, one in files.items() for line in one.lines}
    return Deleted(
        nodeid=nodeid,
        code=code_of(bench, nodeid),
        branches=frozenset(branches) & missing.branches,
        lines=frozenset(lines) & missing.lines,
    )


def code_of(bench: Bench, nodeid: str) -> str:
    """The text of a deleted test, dedented."""
    path, *names = nodeid.split("::")
    text = (bench.full / path).read_text(encoding="utf-8")
    nodes: Sequence[ast.stmt] = ast.parse(text).body
    found: ast.stmt | None = None
    for name in names:
        found = [node for node in _all(nodes) if getattr(node, "name", "") == name][-1]
        nodes = getattr(found, "body", ())
    assert isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef)
    first = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)])
    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : found.end_lineno])) + "\n"


def _all(nodes: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in nodes:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            yield from _all([*node.body, *getattr(node, "orelse", ())])


class Ideal:
    """The model: it knows the tests, and gives each once for a function."""

    def __init__(self, bench: Bench, tests: Sequence[Deleted]) -> None:
        self._checkout = bench.ablated
        self._tests = [test for test in tests if test.lines or test.branches]
        self._given: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        self.asked: list[dict[str, object]] = []

    def reply(self, content: str) -> str:
        """What it answers to the chat's first question."""
        if f"{TARGET}{EXAMPLE}" in content:
            return SHOWN
        target, lines = self._marked(content)
        if not lines:  # as of the tasks that a model gets at first contact, which are of no project
            return SILENT
        with self._lock:
            given = self._given.setdefault(target, set())
            picked: list[Deleted] = []
            path = target.partition("::")[0]
            wanted = {(path, line) for line in lines}
            while len(picked) < MOST and (best := self._best(wanted, given)) is not None:
                picked.append(best)
                given.add(best.nodeid)
                wanted -= _closed(best, wanted)
            self.asked.append({"target": target, "lines": lines, "given": [test.nodeid for test in picked]})
        return "```python\n" + "\n\n".join(test.code for test in picked) + "```" if picked else SILENT

    def _best(self, wanted: set[tuple[str, int]], given: set[str]) -> Deleted | None:
        """The test that closes most of what is marked, the shortest of these."""
        useful = [test for test in self._tests if test.nodeid not in given and _closed(test, wanted)]
        return max(useful, key=lambda test: (len(_closed(test, wanted)), -len(test.code)), default=None)

    def _marked(self, content: str) -> tuple[str, list[int]]:
        """The target, and the lines of its file that are marked."""
        _, _, rest = content.rpartition(TARGET)
        target, _, shown = rest.partition("\n")
        path, _, qualname = target.partition("::")
        file = self._checkout / path
        if not file.is_file():
            return target, []
        text = file.read_text(encoding="utf-8").splitlines()
        first, last = _extent("\n".join(text), qualname)
        found, at = [], first
        for line in shown.splitlines():
            bare, mark, _ = line.partition(MARK)
            same = [n for n in range(at, last + 1) if bare.strip() and text[n - 1].strip() == bare.strip()]
            if same:
                at = same[0] + 1
                found += [same[0]] if mark else []
        return target, found


def _closed(test: Deleted, wanted: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """What a test closes of the marked lines: it runs them, or takes a branch there."""
    return wanted & (test.lines | {(path, line) for path, line, _ in test.branches})


def _extent(text: str, qualname: str) -> tuple[int, int]:
    nodes: Sequence[ast.stmt] = ast.parse(text).body
    first, last = 1, len(text.splitlines())
    for name in qualname.split(".") if qualname else []:
        inner = [node for node in ast.walk(ast.Module([*nodes], [])) if isinstance(node, SCOPES)]
        defined = [node for node in inner if node.name == name]
        if not defined:
            break
        nodes = defined[-1].body
        lines = [defined[-1].lineno, *(decorator.lineno for decorator in defined[-1].decorator_list)]
        first, last = min(lines), defined[-1].end_lineno or last
    return first, last


class Server(ThreadingHTTPServer):
    """Serves the model on a free port of this machine."""

    daemon_threads = True

    def __init__(self, model: Ideal, seconds: float = 0.0) -> None:
        self.model, self.seconds = model, seconds
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_said: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        details = {"family": "qwen3moe", "parameter_size": "30.5B", "context_length": WINDOW}
        model = {"name": MODEL, "model": MODEL, "size": 18_000_000_000, "digest": "a" * 64, "details": details}
        answers = {
            "/api/version": {"version": "0.33.0"},
            "/api/tags": {"models": [{**model, "capabilities": ["completion"]}]},
            "/api/status": {"cloud": {"disabled": True, "source": "env"}},
        }
        self._send(json.dumps(answers.get(self.path, {})).encode())

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        if self.path == "/api/show":
            self._send(json.dumps({"capabilities": ["completion"], "details": {}, "model_info": {}}).encode())
            return
        contents = [message["content"] for message in asked.get("messages", ())]
        time.sleep(self.server.seconds)
        question = next((content for content in contents if TARGET in content), "")
        text, reason = (self.server.model.reply(question), "stop") if question else ("", "load")
        most = int(asked.get("options", {}).get("num_predict", 128) * CHARACTERS)
        text, reason = (text[:most], "length") if len(text) > most else (text, reason)
        counts = {"prompt_eval_count": int(sum(map(len, contents)) / CHARACTERS) + 1, "eval_count": len(text) // 3}
        durations = {"total_duration": 10**7, "prompt_eval_duration": 10**6, "eval_duration": 10**6}
        message = {"role": "assistant", "content": text}
        said = {"model": MODEL, "message": message, "done": True, "done_reason": reason, **counts, **durations}
        self._send(json.dumps(said).encode() + b"\n", "application/x-ndjson")

    def _send(self, body: bytes, kind: str = "application/json; charset=utf-8") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
