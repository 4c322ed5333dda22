"""Which parts of pytest-enrich no run on projects that others wrote comes to.

    python tests/benchmarks/unreached.py [NAME...] --folder FOLDER [--list FILE] [--budget 100s] [--under PLACE]

Of each project half of the tests are deleted, the rest is enriched by a copy of the package that notes each block
it enters, in whatever process, and what was graded strong is accepted. The table has the modules with lines in
blocks that no run entered; with `--under payload/rules` it has the blocks of these modules, too.

What no run enters costs these projects nothing when it is left out, for certain: special cases are found so. What
these runs have no use for is in the table, too: errors, other commands and options, a model, kernel sandboxes
(theirs would keep processes from noting anything), other platforms and versions of Python.

Runs are kept in FOLDER/unreached, and what was noted in the folder for temporary files. Each call adds to it; a
project that was run is not run again.
"""

from __future__ import annotations

import ast
import hashlib
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

import command
import layout
import msgspec
import projects
import repository
import tables
from msgspec import Struct

HOUR = 3600.0
NOTES = """\
import os as _os
def _enters_block__(number, _known=set(), _os_open=_os.open, _write=_os.write, _close=_os.close):
    if number not in _known:
        _known.add(number)
        try:
            file = _os_open({file!r}, _os.O_APPEND | _os.O_WRONLY | _os.O_CREAT, 0o666)
        except OSError:
            return
        _write(file, b"%d\\n" % number)
        _close(file)
"""
"""What each module gets: one that is entered again is not noted again, and children know what was."""


class Block(Struct, frozen=True, kw_only=True):
    """Statements that are entered together: their module, function, first and last line, and indentation."""

    path: str
    where: str
    first: int
    last: int
    indent: int


def blocks_of(text: str, path: str) -> Iterator[Block]:
    """The blocks of all functions of a module; an `elif` belongs to the `if` before it."""
    lines = text.split("\n")
    for where, block in _blocks(ast.parse(text), "", inside=False):
        # The docstring has to stay the first statement.
        start = next((node for node in block if not _is_text(node)), None)
        if start is None:
            continue
        line = min([start.lineno, *(decorator.lineno for decorator in getattr(start, "decorator_list", ()))])
        indent = len(lines[line - 1]) - len(lines[line - 1].lstrip())
        if indent == start.col_offset and not lines[line - 1].lstrip().startswith("elif"):
            yield Block(path=path, where=where, first=line, last=block[-1].end_lineno or line, indent=indent)


def _blocks(node: ast.AST, where: str, *, inside: bool) -> Iterator[tuple[str, list[ast.stmt]]]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, (*functions, ast.ClassDef)):
        where = f"{where}.{node.name}".lstrip(".")
        inside = not isinstance(node, ast.ClassDef)
    for _, value in ast.iter_fields(node):
        children = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST)]
        statements = [child for child in children if isinstance(child, ast.stmt)]
        if inside and statements:
            yield where, statements
        for child in children:
            yield from _blocks(child, where, inside=inside)


def noting(text: str, blocks: Sequence[Block], first: int, file: Path) -> str:
    """The module with a note into `file` at the beginning of each block; they are numbered from `first` on."""
    lines = text.split("\n")
    notes = [
        (block.first - 1, f"{' ' * block.indent}_enters_block__({number})")
        for number, block in enumerate(blocks, first)
    ]
    for at, note in sorted(notes, reverse=True):
        lines.insert(at, note)
    head = [*takewhile(_comes_first, ast.parse(text).body)]
    lines.insert(head[-1].end_lineno or 0 if head else 0, NOTES.format(file=str(file)))
    return "\n".join(lines)


def _comes_first(node: ast.stmt) -> bool:
    """Whether nothing may stand before it."""
    return _is_text(node) or getattr(node, "module", "") == "__future__"


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def outermost(blocks: Iterable[Block]) -> list[Block]:
    """Those that are in none of the others, in order."""
    found: list[Block] = []
    for block in sorted(blocks, key=lambda block: (block.path, block.first, -block.last)):
        if not found or block.path != found[-1].path or block.first > found[-1].last:
            found.append(block)
    return found


class Copy(Struct, frozen=True, kw_only=True):
    """A copy of the package that notes what it enters; `folder` is on the import path."""

    folder: Path

    @property
    def notes(self) -> Path:
        """Where the numbers of blocks are noted: in the only place in which a candidate may write."""
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"entered-{digest}.txt")

    def make(self) -> list[Block]:
        """All blocks, by their number; what was noted for this state of the package stays."""
        package, blocks, texts = projects.ROOT / "pytest_enrich", list[Block](), dict[str, str]()
        for file in sorted(package.rglob("*.py")):
            text, path = file.read_text(encoding="utf-8"), file.relative_to(package.parent).as_posix()
            own = [*blocks_of(text, path)]
            texts[path] = noting(text, own, len(blocks), self.notes) if own else text
            blocks += own
        state, written = self.folder / "texts.json", msgspec.json.encode(texts)
        if not state.exists() or state.read_bytes() != written:
            shutil.rmtree(self.folder, ignore_errors=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(package, self.folder / package.name, ignore=ignored)
            for path, text in texts.items():
                (self.folder / path).write_text(text, encoding="utf-8")
            self.notes.write_text("", encoding="utf-8")
            state.write_bytes(written)  # last: the rest is there
        return blocks

    def entered(self) -> set[int]:
        """The numbers of the blocks that any run entered."""
        return {int(line) for line in self.notes.read_text(encoding="utf-8").split()}

    def run(self, name: str, folder: Path, listing: projects.Listing, budget: str) -> None:
        """Enrich a project with it and accept what is strong, unless that was done.

        Raises:
            command.CommandError: No run came to its end.
        """
        done = self.folder / f"{name}.log"
        if done.exists():
            return
        bench = layout.prepare(name, folder, listing)
        checkout = repository.make(bench.ablated, self.folder / "runs" / name)
        env = bench.environment(checkout, self.folder)
        measured = (f"--cov={checkout / path}" for path in bench.project.source)
        ours = (
            "--enrich",
            "--enrich-max=0",
            f"--enrich-budget={budget}",
            "--enrich-workers=1",
            "--enrich-sandbox=process",
            "--enrich-model=none",
        )
        argv = [str(bench.python), *bench.project.pytest, "--cov-branch", "--cov-report=", *measured, *ours]
        ended = command.run(argv, cwd=checkout, env=env, timeout=HOUR)
        written = checkout / "enrich-suggestions"
        if not (written / "run.json").exists():
            raise command.CommandError(f"{name}: pytest --enrich ended with status {ended.status}\n{ended.end}")
        accept = [str(bench.python), "-m", "pytest_enrich", "accept", "--all-strong"]
        accepted = command.run(accept, cwd=checkout, env=env, timeout=HOUR)
        done.write_text(ended.output + accepted.output, encoding="utf-8")


def table(blocks: Sequence[Block]) -> str:
    """The modules with most lines in these blocks first."""
    lines: dict[str, int] = defaultdict(int)
    for block in blocks:
        lines[block.path] += block.last - block.first + 1
    rows = sorted(lines.items(), key=lambda row: (-row[1], row[0]))
    return tables.markdown(("module", "lines never entered"), [(path, str(count)) for path, count in rows])


def main() -> int:
    """Run on each project, and print what is left."""
    parser = projects.listed(projects.arguments(__doc__, "projects of the list"))
    parser.add_argument("--budget", default="100s", help="as in --enrich-budget")
    parser.add_argument("--under", metavar="PLACE", help="show the blocks of these modules, such as payload/rules")
    given = parser.parse_args()
    listing = projects.read(given.list)
    copy = Copy(folder=given.folder / "unreached")
    blocks = copy.make()
    for name in projects.chosen(given.names, listing):
        copy.run(name, given.folder, listing, given.budget)
        command.say(f"{name}: {len(blocks) - len(copy.entered())} of {len(blocks)} blocks are left")
    entered = copy.entered()
    left = outermost(block for number, block in enumerate(blocks) if number not in entered)
    if given.under is not None:
        inside = [block for block in left if block.path.startswith(f"pytest_enrich/{given.under}")]
        command.say("\n".join(f"{block.path}:{block.first}-{block.last} {block.where}" for block in inside))
    command.say(f"\n{tables.machine()}; budget {given.budget}\n\n{table(left)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
