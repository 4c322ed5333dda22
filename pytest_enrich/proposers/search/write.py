"""A finding as the test that a person would have written, in the style of the file it goes into."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import Finding, Gap, NewTest, Origin, Target, Template
from pytest_enrich.errors import RefusedError
from pytest_enrich.proposers.closing import closed
from pytest_enrich.proposers.search import awaiting, body, looks, names, prepared
from pytest_enrich.protocols import Task

LONGEST_LINE = 110
FIXTURES = ("tmp_path", "capsys", "caplog")
"""What a test asks for when its lines name it."""


class Desk(Struct, frozen=True, kw_only=True):
    """Where tests for one target are written: the file's bindings, and the names that are taken there.

    `coroutines` are the decorators of a test there that awaits, None where none does; `is_prepared` is whether
    something is done before each test there.
    """

    target: Target
    bindings: imports.Bindings
    aliases: tuple[tuple[str, str], ...]
    taken: frozenset[str]
    origin: Origin
    coroutines: awaiting.Decorators | None = None
    is_prepared: bool = False

    @classmethod
    def of(cls, task: Task, aliases: tuple[tuple[str, str], ...], origin: Origin) -> Desk:
        """The desk for a task; a test file that cannot be parsed is as good as a new one here."""
        target = task.target
        package = ".".join(target.placement.path.split("/")[:-1])
        try:
            bindings = imports.read(task.test_text, package)
        except (RefusedError, SyntaxError, ValueError):
            bindings = imports.Bindings()
        return cls(
            target=target,
            bindings=bindings,
            aliases=aliases,
            taken=names.taken(task),
            origin=origin,
            coroutines=awaiting.decorators(task.test_text, target.placement),
            is_prepared=prepared.is_prepared(task.test_text, target.placement),
        )

    def outside(self) -> Desk:
        """The same for tests behind all classes of the file, where nothing is done before them."""
        place = replace(self.target.placement, owner=None, anchor=None, style="function")
        return replace(self, target=replace(self.target, placement=place), is_prepared=False)

    def without(self, *names: str) -> Desk:
        """The same with more names taken."""
        return replace(self, taken=self.taken | {*names})

    def awaits(self, finding: Finding) -> bool:
        """Whether the test for a finding is a coroutine, as others are there."""
        return self.coroutines is not None and awaiting.is_awaited(finding)

    def write(self, finding: Finding, others: Sequence[Finding] = ()) -> NewTest | None:
        """The test for a finding, which `others` may follow, or None when it would not be readable."""
        gaps = self._closed(finding)
        if not gaps:
            return None
        awaits = any(map(self.awaits, (finding, *others)))
        found = self._readable(finding, awaits=awaits)
        if found is None:
            return None
        written, resolved = found
        name = names.name(finding, gaps[0], self.taken)
        needed = _needed(written)
        if needed and self.target.placement.style == "unittest":
            return None
        above = self._header(name, needed, awaits=awaits)
        return NewTest(
            name=name,
            code="\n".join([*above, *_indented(resolved.codes)]) + "\n",
            imports=resolved.imports,
            placement=self.target.placement,
            title=names.title(finding, gaps[0], body.told(finding)),
            look=looks.look(finding, self._documented),
            oracle=looks.oracle(finding, written.expects, resolved.codes, self._documented, len(above)),
            origin=self.origin,
            gaps=tuple(gap.id for gap in gaps),
        )

    def together(self, findings: Sequence[Finding]) -> NewTest | None:
        """One test for several findings of a function (`looks.alike`), or None when it would not be readable."""
        test = self.write(findings[0], findings[1:]) if len(findings) > 1 else None
        for finding in findings[1:]:
            test = self.extend(test, finding) if test is not None else None
        if test is None:
            return None
        name = names.free([names.plain_name(findings), test.name], self.taken)
        return replace(
            renamed(test, name),
            title=names.title_of_all(findings, self._closed(findings[0])[0]),
            look=looks.look_at_all(findings),
            oracle=tuple(replace(one, look=True) for one in test.oracle),
        )

    def extend(self, test: NewTest, finding: Finding) -> NewTest | None:
        """The test with what this finding did stated behind it, or None when it would not be readable."""
        found = self._readable(finding, awaits=f"async def {test.name}(" in test.code)
        if found is None or _needed(found[0]):
            return None
        added, resolved = found
        behind = len(test.code.splitlines())
        oracle = looks.oracle(finding, added.expects, resolved.codes, self._documented, behind)
        closed = (gap.id for gap in self._closed(finding))
        return replace(
            test,
            gaps=tuple(dict.fromkeys((*test.gaps, *closed))),
            code=test.code + "".join(f"{line}\n" for line in _indented(resolved.codes)),
            imports=tuple(dict.fromkeys((*test.imports, *resolved.imports))),
            oracle=(*test.oracle, *(replace(one, look=False) for one in oracle)),
        )

    def closes(self, finding: Finding, counts: Callable[[str], bool]) -> bool:
        """Whether it closes a gap that counts, at least partly."""
        return any(counts(gap.id) for gap in self._closed(finding))

    def _closed(self, finding: Finding) -> list[Gap]:
        """The gaps that it closes, as `closing` has them."""
        return closed(self.target.gaps, finding.reached, finding.branches)

    def _readable(self, finding: Finding, *, awaits: bool) -> tuple[body.Body, imports.ResolvedAll] | None:
        """What states a finding, in lines that are short enough: of one that is not, two may be made."""
        for apart in (False, True):
            written = body.write(finding, self.target.placement.style, awaits=awaits, apart=apart)
            resolved = self._resolve(written.lines)
            if resolved is not None and _is_readable(resolved.codes):
                return written, resolved
        return None

    def _resolve(self, lines: Sequence[Template]) -> imports.ResolvedAll | None:
        lines = self._apart(lines)
        local = {body.COLLECT, *(line.partition(" = ")[0] for line in lines)}
        bindings = imports.reserve(self.bindings, {name for name in local if name.isidentifier()})
        try:
            resolved = imports.resolve_all(lines, bindings, self.aliases)
            ast.parse("\n".join(resolved.codes))
        except (ValueError, SyntaxError):
            return None
        return resolved

    def _apart(self, lines: Sequence[Template]) -> Sequence[Template]:
        """The lines with other names for variables that would hide what the file imports."""
        for name in [line.partition(" = ")[0] for line in lines]:
            if name in self.bindings.modules or name in self.bindings.objects:
                other = f"{'an' if name[0] in 'aeiou' else 'a'}_{name}"
                lines = [body.renamed(line, name, other) for line in lines]
        return lines

    def _header(self, name: str, fixtures: Sequence[str], *, awaits: bool) -> list[str]:
        """The decorators of a coroutine test, and the `def`."""
        bound = [] if self.target.placement.style == "function" else ["self"]
        define = f"def {name}({', '.join((*bound, *fixtures))}):"
        return [*(f"@{one}" for one in self.coroutines or ()), f"async {define}"] if awaits else [define]

    @property
    def _documented(self) -> str:
        return self.target.docstring or ""


def _needed(written: body.Body) -> list[str]:
    """The fixtures that it names."""
    text = "\n".join(written.lines)
    return [name for name in FIXTURES if re.search(rf"(?<![\w.'\"]){name}\b", text)]


def renamed(test: NewTest, name: str) -> NewTest:
    """The test under another name."""
    return replace(test, name=name, code=test.code.replace(f"def {test.name}(", f"def {name}(", 1))


def _is_readable(codes: Iterable[str]) -> bool:
    return all(len(line) <= LONGEST_LINE for code in codes for line in code.splitlines())


def _indented(codes: Iterable[str]) -> list[str]:
    return [f"    {line}" for code in codes for line in code.splitlines()]
