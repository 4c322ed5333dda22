"""What can be said of a candidate by reading it."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from pytest_enrich import gaps
from pytest_enrich.data import Candidate, Dropped
from pytest_enrich.protocols import Task

# What no honest test of a team's code needs, and what could make a run lie about itself.
FORBIDDEN = frozenset(
    {
        "__import__", "breakpoint", "compile", "eval", "exec", "exit", "globals", "input", "quit",
        "os.abort", "os.execv", "os.fork", "os.kill", "os.killpg", "os.popen", "os.system", "os._exit",
        "pytest.exit", "pytest.importorskip", "pytest.skip", "pytest.xfail", "signal.signal",
        "sys.addaudithook", "sys.exit", "sys.setprofile", "sys.settrace", "threading.setprofile",
        "threading.settrace", "unittest.skip",
    }
)  # fmt: skip
FORBIDDEN_MODULES = frozenset(
    {"_pytest", "coverage", "ctypes", "multiprocessing", "pytest_enrich", "socket", "subprocess"}
)


def text(task: Task, candidate: Candidate) -> Dropped | None:
    """The first of the reading rungs that the candidate misses, or None."""
    try:
        function = _function(candidate.code)
        trees = [function, *(ast.parse(statement) for statement in candidate.imports)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Dropped(rung="parses", reason="is no test function", detail=str(error))
    if function.name != candidate.name or not function.name.startswith("test"):
        return Dropped(rung="parses", reason="is not the test that it says it is", detail=function.name)
    if forbidden := next((name for tree in trees for name in _forbidden(tree)), ""):
        return Dropped(rung="allowed", reason=f"uses {forbidden}")
    if not any(_tells(node) for node in ast.walk(function)):
        return Dropped(rung="asserts", reason="asserts nothing about the code")
    if _is_known(task, candidate):
        return Dropped(rung="new", reason="repeats an existing test")
    return None


def _function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    body = ast.parse(textwrap.dedent(code)).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        raise ValueError("not exactly one function")
    return body[0]


def _forbidden(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := _dotted(node)) in FORBIDDEN:
            yield name
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (module for module in modules if module.partition(".")[0] in FORBIDDEN_MODULES)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _tells(node: ast.AST) -> bool:
    """Whether it is an assertion that could fail: on a name or a call, or an expected exception."""
    if isinstance(node, ast.Assert):
        return any(isinstance(part, ast.Call | ast.Name) for part in ast.walk(node.test))
    if isinstance(node, ast.Call):
        name = _dotted(node.func)
        return name in {"pytest.raises", "pytest.warns", "raises"} or name.startswith("self.assert")
    return False


def _is_known(task: Task, candidate: Candidate) -> bool:
    """Whether a test with the same body, whatever its name, is in the file or was thought of before."""
    body = gaps.body_digest(candidate.code)
    if any(gaps.body_digest(attempt.candidate.code) == body for attempt in task.attempts):
        return True
    return body in _bodies(task.test_text)


def _bodies(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    tests = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    sources = (ast.get_source_segment(text, node, padded=True) or "" for node in tests)
    return {gaps.body_digest(textwrap.dedent(source)) for source in sources if source}
