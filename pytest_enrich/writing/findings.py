"""What a search found as the tests that a person would have written, in the style of the file they go into."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import Explored, Finding, Gap, NewTest, Observation, Origin, Template
from pytest_enrich.protocols import Task
from pytest_enrich.writing import body, cases, names, questions, style, words
from pytest_enrich.writing.body import Body
from pytest_enrich.writing.cases import Case
from pytest_enrich.writing.renderer import Renderer, indented, is_readable, wrapped
from pytest_enrich.writing.shape import shapes
from pytest_enrich.writing.syntax import expression, plain

AWAITED = {"await", "async list"}
COMPARING = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__"}
FIXTURES = ("tmp_path", "capsys", "caplog")
"""What a test asks for when its lines name it."""
# Lines of one test that states several findings: with one assertion for each, and with all that may be needless.
MOST_LINES = 6
MOST_AT_FIRST = 12
MOST_JOINED = 4


def render(
    task: Task, explored: Explored, origin: Origin, reserved: frozenset[str] = frozenset()
) -> Iterator[NewTest]:
    """Tests of the findings that make readable ones, those that close the most first; no name of `reserved`.

    What one short test may state comes as one; each of it alone is a spare then.
    """
    whole = replace(origin, executions=explored.executions, reduced=True, corpus=explored.corpus)
    renderer = FindingRenderer.of(task, whole, explored.aliases).reserving(*reserved)
    ranked = sorted(explored.findings, key=_gain, reverse=True)
    for group in alike(ranked, renderer, awaits=renderer.coroutines is not None):
        joined: set[str] = set()
        for spare, way in renderer.ways(group):
            test = way.together([finding for finding in group if any(map(task.is_open, way.gaps_of(finding)))])
            if test is not None:
                yield replace(test, origin=replace(test.origin, spare=spare))
                joined |= {test.name}
        renderer = renderer.reserving(*joined)
        for finding in group:
            alone: set[str] = set()
            for spare, way in renderer.ways([finding]):
                test = way.write(finding)
                if test is not None:
                    yield replace(test, origin=replace(test.origin, spare=finding.spare or bool(joined) or spare))
                    alone |= {test.name}
            renderer = renderer.reserving(*alone)


class FindingRenderer(Renderer, frozen=True, kw_only=True):
    """Renders findings; where a test has to await, as a coroutine if it `may_await` and others there do."""

    may_await: bool = True

    @classmethod
    def of(cls, task: Task, origin: Origin, aliases: tuple[tuple[str, str], ...]) -> FindingRenderer:
        """That for a task; the names of the tests that were kept for it are taken."""
        return cls(
            target=task.target,
            text=task.test_text,
            placement=task.target.placement,
            origin=origin,
            aliases=aliases,
            reserved=names.kept(task),
        )

    @property
    def coroutines(self) -> style.Decorators | None:
        """The decorators of a test there that awaits, None where none does."""
        return style.coroutine_decorators(self.text, self.placement) if self.may_await else None

    def reserving(self, *more: str) -> FindingRenderer:
        """The same with more names taken."""
        return replace(self, reserved=self.reserved | {*more})

    def ways(self, findings: Sequence[Finding]) -> Iterator[tuple[bool, FindingRenderer]]:
        """How a test may be written: as others are there, and as spares with nothing of what goes on there.

        What runs coroutines may do it in another way than the sandbox did, and a class may prepare other things.
        """
        yield False, self
        if any(map(self._awaits, findings)):
            yield True, replace(self, may_await=False)
        if style.is_prepared(self.text, self.placement):
            place = replace(self.placement, owner=None, anchor=None, style="function")
            yield True, replace(self, placement=place)

    def write(self, finding: Finding, others: Sequence[Finding] = ()) -> NewTest | None:
        """The test for a finding, which `others` may follow, or None when it would not be readable."""
        gaps = self._closed(finding)
        awaits = any(map(self._awaits, (finding, *others)))
        readable = self._readable(finding, awaits=awaits) if gaps else None
        if readable is None:
            return None
        statements, resolved = readable
        fixtures = _fixtures(statements)
        if fixtures and self.placement.style == "unittest":
            return None
        name = self.name_of([finding])
        header = [self.define(name, fixtures)]
        if awaits:
            header = [*(f"@{decorator}" for decorator in self.coroutines or ()), f"async {header[0]}"]
        return NewTest(
            name=name,
            code="\n".join([*header, *indented(resolved.codes)]) + "\n",
            imports=resolved.imports,
            placement=self.placement,
            title=names.title(self.case_of(finding), body.described(finding)),
            look=questions.about(finding, self.documented),
            oracle=questions.oracles(finding, statements.expects, resolved.codes, self.documented, len(header)),
            origin=replace(self.origin, rules=finding.rules),
            gaps=tuple(gap.id for gap in gaps),
        )

    def together(self, findings: Sequence[Finding]) -> NewTest | None:
        """One test for several findings of a function (`alike`), or None when it would not be readable."""
        test = self.write(findings[0], findings[1:]) if len(findings) > 1 else None
        for finding in findings[1:]:
            test = self.extend(test, finding) if test is not None else None
        if test is None:
            return None
        return replace(
            renamed(test, self.name_of(findings)),
            title=f"{test.title}, and {len(findings) - 1} more",
            look=questions.about_all(findings),
            oracle=tuple(replace(oracle, look=True) for oracle in test.oracle),
        )

    def extend(self, test: NewTest, finding: Finding) -> NewTest | None:
        """The test with what this finding did stated behind it, or None when it would not be readable."""
        readable = self._readable(finding, awaits=f"async def {test.name}(" in test.code)
        if readable is None or _fixtures(readable[0]):
            return None
        statements, resolved = readable
        above = len(test.code.splitlines())
        oracle = questions.oracles(finding, statements.expects, resolved.codes, self.documented, above)
        return replace(
            test,
            origin=replace(test.origin, rules=tuple(dict.fromkeys((*test.origin.rules, *finding.rules)))),
            gaps=tuple(dict.fromkeys((*test.gaps, *self.gaps_of(finding)))),
            code=test.code + "".join(f"{line}\n" for line in indented(resolved.codes)),
            imports=tuple(dict.fromkeys((*test.imports, *resolved.imports))),
            oracle=(*test.oracle, *(replace(added, look=False) for added in oracle)),
        )

    def name_of(self, findings: Sequence[Finding]) -> str:
        """A name for a test of these."""
        cases = [*map(self.case_of, findings)]
        place = f"{self.placement.path} {self.placement.owner}"
        return names.of(cases, names.subjects(cases[0].subject, place), self.taken)

    def case_of(self, finding: Finding) -> Case:
        """What there is to be said of a finding; the first gap that it closes is the one it is for."""
        target, gap = self.target, self._closed(finding)[0]
        call = finding.call
        qualname = call.qualname.rpartition(":")[2].rstrip("=")
        declared = {entry.qualname: entry.parameters for entry in target.entries} | {
            target.qualname: target.parameters
        }
        parameters = declared.get(call.qualname, ())
        passed = [argument.name for argument in call.arguments if f"{argument.name}=" not in finding.action]
        made = expression(call.receiver) if call.receiver else None
        keywords = made.keywords if isinstance(made, ast.Call) else ()
        arguments = {keyword.arg: ast.unparse(keyword.value) for keyword in keywords if keyword.arg}
        arguments |= {argument.name: plain(argument.value) for argument in call.arguments if argument.name}
        case = cases.case_of(target, gap, self._seen(finding), parameters, arguments)
        subject = words.subject(qualname, None if "__init__" in qualname else call.receiver)
        return replace(case, subject=subject, parameters=case.parameters or tuple(passed))

    def _seen(self, finding: Finding) -> Observation:
        """What it did, if that is one thing: of several some may prove needless, and be in the test no more.

        That two results are equal is no result of a call, unless of one that compares.
        """
        first = finding.observations[0]
        is_given = not isinstance(expression(finding.action), ast.Compare)
        is_result = is_given or finding.call.qualname.rpartition(".")[2] in COMPARING
        return first if is_result and len(finding.observations) == 1 else replace(first, expression="")

    def kind_of(self, finding: Finding) -> tuple[str, str, tuple[str, ...]]:
        """What is the same of variants of one statement: what is called, in which situation, and the shape."""
        case = self.case_of(finding) if self.gaps_of(finding) else None
        about = (case.message or names.situation(case)) if case is not None else ""
        return finding.call.qualname, about, shapes("\n".join(body.write(finding, "function").lines))

    def gaps_of(self, finding: Finding) -> list[str]:
        """The ids of the gaps that a finding closes."""
        return [gap.id for gap in self._closed(finding)]

    def _closed(self, finding: Finding) -> list[Gap]:
        return self.closed(finding.reached, finding.branches)

    def _awaits(self, finding: Finding) -> bool:
        """Whether the test for a finding is a coroutine, as others are there."""
        return finding.consume in AWAITED and self.coroutines is not None

    def _readable(self, finding: Finding, *, awaits: bool) -> tuple[Body, imports.ResolvedAll] | None:
        """What states a finding, in lines that are short enough: of one that is not, two may be made."""
        for apart in (False, True):
            statements = body.write(finding, self.placement.style, awaits=awaits, apart=apart)
            resolved = self._resolved(statements.lines)
            if resolved is not None:
                resolved = replace(resolved, codes=tuple(map(wrapped, resolved.codes)))
            if resolved is not None and is_readable(resolved.codes):
                return statements, resolved
        return None

    def _resolved(self, lines: Sequence[Template]) -> imports.ResolvedAll | None:
        lines = self._without_hiding(lines)
        local = {body.COLLECT, *(line.partition(" = ")[0] for line in lines)}
        resolved = self.resolve(lines, {name for name in local if name.isidentifier()})
        try:
            ast.parse("\n".join(resolved.codes if resolved is not None else ()))
        except (ValueError, SyntaxError):
            return None
        return resolved

    def _without_hiding(self, lines: Sequence[Template]) -> Sequence[Template]:
        """The lines with other names for variables that would hide what the file imports."""
        bindings = self.bindings
        for name in [line.partition(" = ")[0] for line in lines]:
            if name in bindings.modules or name in bindings.objects:
                other = f"{'an' if name[0] in 'aeiou' else 'a'}_{name}"
                lines = [body.renamed(line, name, other) for line in lines]
        return lines


def renamed(test: NewTest, name: str) -> NewTest:
    """The test under another name."""
    return replace(test, name=name, code=test.code.replace(f"def {test.name}(", f"def {name}(", 1))


def alike(
    findings: Iterable[Finding], renderer: FindingRenderer, *, awaits: bool = False
) -> Iterator[tuple[Finding, ...]]:
    """The findings in their order, those together that one short test may state, which `awaits` or does not.

    These are variants of one statement in one situation. What a docstring promises stands alone, and so do spares.
    """
    groups: dict[object, list[list[Finding]]] = {}
    ordered: list[list[Finding]] = []
    for finding in findings:
        same = groups.setdefault(renderer.kind_of(finding), [])
        group = next((each for each in same if _may_join(each, finding, renderer, awaits=awaits)), None)
        if group is None:
            same.append(group := [])
            ordered.append(group)
        group.append(finding)
    yield from map(tuple, ordered)


def _may_join(group: Sequence[Finding], finding: Finding, renderer: FindingRenderer, *, awaits: bool) -> bool:
    whole = (*group, finding)
    lengths = [(_length(each, 1, awaits=awaits), _length(each, awaits=awaits)) for each in whole]
    return (
        len(whole) <= MOST_JOINED
        and not any(each.spare or questions.is_documented(each, renderer.documented) for each in whole)
        and sum(least for least, _ in lengths) <= MOST_LINES
        and sum(most for _, most in lengths) <= MOST_AT_FIRST
    )


def _length(finding: Finding, observations: int | None = None, *, awaits: bool) -> int:
    shown = replace(finding, observations=finding.observations[:observations])
    return len("\n".join(body.write(shown, "function", awaits=awaits).lines).splitlines())


def _gain(finding: Finding) -> tuple[int, int]:
    return len(finding.branches), len(finding.reached)


def _fixtures(statements: Body) -> list[str]:
    """The fixtures that they name."""
    text = "\n".join(statements.lines)
    return [name for name in FIXTURES if re.search(rf"(?<![\w.'\"]){name}\b", text)]
