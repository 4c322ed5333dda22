from __future__ import annotations

import ast
import itertools
import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from pytest_enrich.data import Answered, Call, Entry, Explore, Explored, Parameter
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

T = TypeVar("T")


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


class Place(NamedTuple):
    """A folder whose modules are explored in forks of one process, and the `names` for these modules."""

    root: Path
    sandbox: ForkserverSandbox
    names: Iterator[str]


@contextmanager
def placed(root: Path, names: Iterator[str]) -> Iterator[Place]:
    (root / "pytest.ini").write_text("[pytest]\npythonpath = .\n", encoding="utf-8")
    with closing(ForkserverSandbox(ProcessSandbox(root))) as sandbox:
        yield Place(root, sandbox, names)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all tests: a fresh process for each takes longer than its search. A name is as long as `sample`."""
    with placed(tmp_path_factory.mktemp("explored"), (f"s{number:05}" for number in itertools.count())) as place:
        yield place


@pytest.fixture
def own_place(tmp_path: Path) -> Iterator[Place]:
    """One whose modules are really called `sample`, for those that others import."""
    with placed(tmp_path, itertools.repeat("sample")) as place:
        yield place


@pytest.fixture
def explore(place: Place) -> Callable[..., Explored]:
    def explore(
        text: str,
        qualname: str,
        kind: str = "function",
        *,
        calls: tuple[Call, ...] = (),
        spares: bool = False,
        **changes: object,
    ) -> Explored:
        """Explore a module through one function, for the lines that end in `# here`; tests made `calls`.

        To the test it is `sample`, whatever it is called inside.
        """
        text = textwrap.dedent(text).lstrip("\n")
        name = next(place.names)
        (place.root / f"{name}.py").write_text(text, encoding="utf-8")
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
        job = renamed(Explore(**{**plain, **changes}), "sample", name)
        execution = place.sandbox.execute(job, timeout=60)
        assert isinstance(execution, Answered), execution
        assert isinstance(execution.answer, Explored)
        answer = renamed(execution.answer, name, "sample")
        return (
            answer if spares else replace(answer, findings=tuple(one for one in answer.findings if not one.spare))
        )

    return explore


def renamed(value: T, old: str, new: str) -> T:
    """The same about a module of another name."""
    said = re.sub(rf"(?<![A-Za-z0-9_]){old}(?![A-Za-z0-9_])", new, msgspec.json.encode(value).decode())
    return msgspec.json.decode(said, type=type(value))
