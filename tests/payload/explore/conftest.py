from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Answered, Call, Entry, Explore, Explored, Parameter
from pytest_enrich.sandboxes.process import ProcessSandbox


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool) -> Iterator[Parameter]:
    """The parameters as the source declares them."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + [ast.unparse(one) for one in given.defaults]
    kinds = ["positional only"] * len(given.posonlyargs) + ["positional"] * len(given.args)
    for argument, default, kind in list(zip(positional, defaults, kinds, strict=True))[bound:]:
        yield Parameter(name=argument.arg, kind=kind, default=default)
    if given.vararg:
        yield Parameter(name=given.vararg.arg, kind="variadic")
    for argument, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield Parameter(name=argument.arg, kind="keyword only", default=value and ast.unparse(value))
    if given.kwarg:
        yield Parameter(name=given.kwarg.arg, kind="keywords")


def entry(tree: ast.Module, qualname: str, kind: str) -> Entry:
    body = tree.body
    for part in qualname.split("."):
        node = next(one for one in body if getattr(one, "name", None) == part)
        body = node.body
    bound = kind in {"method", "property", "classmethod"}
    return Entry(qualname=qualname, kind=kind, parameters=tuple(parameters(node, bound=bound)))


@pytest.fixture
def explore(tmp_path: Path) -> Callable[..., Explored]:
    def explore(
        text: str,
        qualname: str,
        kind: str = "function",
        *,
        calls: tuple[Call, ...] = (),
        spares: bool = False,
        **changes: object,
    ) -> Explored:
        """Explore `sample.py` through one function, for the lines that end in `# here`; tests made `calls`."""
        (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n", encoding="utf-8")
        text = textwrap.dedent(text).lstrip("\n")
        (tmp_path / "sample.py").write_text(text, encoding="utf-8")
        lines = [at for at, line in enumerate(text.splitlines(), 1) if line.endswith("# here")]
        plain = {
            "path": "sample.py",
            "module": "sample",
            "entries": (replace(entry(ast.parse(text), qualname, kind), calls=calls),),
            "branches": (),
            "lines": tuple(lines),
            "executions": 400,
            "seconds": 10.0,
        }
        execution = ProcessSandbox(tmp_path).execute(Explore(**{**plain, **changes}), timeout=60)
        assert isinstance(execution, Answered), execution
        answer = execution.answer
        assert isinstance(answer, Explored)
        return (
            answer if spares else replace(answer, findings=tuple(one for one in answer.findings if not one.spare))
        )

    return explore
