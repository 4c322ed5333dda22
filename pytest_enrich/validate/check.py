"""What can be said of a candidate by reading it."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from functools import lru_cache

from pytest_enrich import gaps
from pytest_enrich.data import Candidate, Dropped, NewRow, NewTest
from pytest_enrich.imports.text import split
from pytest_enrich.protocols import Task
from pytest_enrich.validate import falsifiable, row
from pytest_enrich.validate.telling import is_telling

# What no honest test of a team's code needs, and what could make a run lie about itself.
FORBIDDEN = frozenset(
    {
        "__builtins__", "__import__", "breakpoint", "compile", "eval", "exec", "exit", "globals", "input", "quit",
        "importlib.import_module", "inspect.currentframe", "inspect.stack", "inspect.trace",
        "operator.attrgetter", "operator.methodcaller",
        "os.abort", "os.execv", "os.fork", "os.kill", "os.killpg", "os.popen", "os.system", "os._exit", "os.write",
        "pytest.exit", "pytest.importorskip", "pytest.skip", "pytest.xfail", "signal.signal",
        "sys.addaudithook", "sys.exit", "sys.meta_path", "sys.modules", "sys.monitoring", "sys.setprofile",
        "sys.settrace", "sys._current_frames", "sys._getframe", "threading.setprofile", "threading.settrace",
        "unittest.skip",
    }
)  # fmt: skip
FORBIDDEN_MODULES = frozenset(
    {
        "_pytest", "atexit", "builtins", "coverage", "ctypes", "gc", "multiprocessing", "pytest_enrich", "runpy",
        "socket", "subprocess",
    }
)  # fmt: skip
INNER = frozenset(
    {
        "__builtins__", "__closure__", "__code__", "__getattribute__", "__globals__", "__loader__", "__spec__",
        "__subclasses__", "__traceback__", "f_back", "f_builtins", "f_globals", "f_locals", "tb_frame", "gi_frame",
        "cr_frame", "ag_frame", "pluginmanager",
    }
)  # fmt: skip
"""Attributes through which code reaches what runs it."""
BY_NAME = frozenset({"delattr", "getattr", "hasattr", "setattr"})


def text(task: Task, candidate: Candidate) -> Dropped | None:
    """The first of the reading rungs that the candidate misses, or None."""
    return _row(task, candidate) if isinstance(candidate, NewRow) else _test(task, candidate)


def _row(task: Task, candidate: NewRow) -> Dropped | None:
    """A row asserts what its test asserts."""
    try:
        trees = [row.read(candidate), *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no case of a test", detail=str(error))
    if forbidden := next(_forbidden(trees), ""):
        return Dropped(rung="allowed", reason=f"uses {forbidden}")
    if not row.asserts(task, candidate, _tells):
        return Dropped(rung="asserts", reason="its test asserts nothing about the code")
    if row.is_known(task, candidate):
        return Dropped(rung="new", reason="repeats an existing case")
    return None


def _test(task: Task, candidate: NewTest) -> Dropped | None:
    try:
        function = _function(candidate.code)
        trees = [function, *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no test function", detail=str(error))
    if function.name != candidate.name or not function.name.startswith("test"):
        return Dropped(rung="parses", reason="is not the test that it says it is", detail=function.name)
    if forbidden := next(_forbidden([*trees]), ""):
        return Dropped(rung="allowed", reason=f"uses {forbidden}")
    if not falsifiable.asserts(function):
        return Dropped(rung="asserts", reason="asserts nothing about the code")
    if _is_known(task, candidate):
        return Dropped(rung="new", reason="repeats an existing test")
    return None


def _function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    body = ast.parse(textwrap.dedent(code)).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        raise ValueError("not exactly one function")
    return body[0]


def _forbidden(trees: list[ast.AST]) -> Iterator[str]:
    nodes = [node for tree in trees for node in ast.walk(tree)]
    known: dict[str, str] = {}
    for node in nodes:
        known |= _bound(node)
    for node in nodes:
        names = _names(node, known)
        yield from (name for name in names if name in FORBIDDEN or name.rpartition(".")[2] in INNER)
        yield from (name for name in names if name.partition(".")[0] in FORBIDDEN_MODULES)
        if isinstance(node, ast.Call) and _dotted(node.func) in BY_NAME and not _attribute(node):
            yield f"{_dotted(node.func)} with a name that is not there to read"


def _bound(node: ast.AST) -> dict[str, str]:
    """The names that an import binds, and what they stand for (`o` for `os`)."""
    if isinstance(node, ast.Import):
        return {alias.asname: alias.name for alias in node.names if alias.asname}
    if isinstance(node, ast.ImportFrom) and not node.level:
        return {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {}


def _names(node: ast.AST, known: dict[str, str]) -> list[str]:
    """What a node names, in full."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Name | ast.Attribute):
        return [_full(_dotted(node), known)]
    if isinstance(node, ast.Call) and _dotted(node.func) in BY_NAME and node.args:
        return [_full(f"{_dotted(node.args[0])}.{_attribute(node)}", known)]
    return []


def _full(name: str, known: dict[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return f"{known.get(first, first)}{dot}{rest}"


def _attribute(node: ast.Call) -> str:
    """The attribute's name that `getattr` and its like are given as a text, "" when it is anything else."""
    second = node.args[1] if len(node.args) > 1 else None
    return second.value if isinstance(second, ast.Constant) and isinstance(second.value, str) else ""


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _tells(node: ast.AST) -> bool:
    """Whether it is an assertion that could fail: on a name or a call, or an expected exception."""
    if isinstance(node, ast.Assert):
        return any(isinstance(part, ast.Call | ast.Name) for part in ast.walk(node.test))
    return is_telling(node)


def _is_known(task: Task, candidate: NewTest) -> bool:
    """Whether a test with the same body, whatever its name, is in the file or was thought of before."""
    body = gaps.body_digest(candidate.code)
    if any(gaps.body_digest(attempt.candidate.code) == body for attempt in task.attempts):
        return True
    return body in _bodies(task.test_text)


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def _bodies(text: str) -> frozenset[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    lines = split(text)
    tests = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    sources = ("".join(lines[node.lineno - 1 : node.end_lineno]) for node in tests)
    return frozenset(gaps.body_digest(textwrap.dedent(source)) for source in sources)
