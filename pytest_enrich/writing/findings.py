"""What a search found as the tests that a person would have written, in the style of the file they go into."""

from __future__ import annotations

import ast
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import (
    Argument,
    Call,
    Entry,
    Explored,
    Finding,
    Gap,
    NewTest,
    Observation,
    Origin,
    Template,
)
from pytest_enrich.protocols import Task
from pytest_enrich.writing import body, cases, names, places, questions, style, words
from pytest_enrich.writing.body import Body
from pytest_enrich.writing.cases import Case
from pytest_enrich.writing.renderer import Renderer, divided, folded, indented, is_readable, wrapped
from pytest_enrich.writing.syntax import Text, expression, literal_value, nodes_of, plain, span

AWAITED = {"await", "async list"}
COMPARING = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__"}
MADE = re.compile(r"(\w+) = (?=(?:⟨[\w.]+:(?:\w+\.)*(\w+)⟩))(⟨[\w.:]+⟩)\(.*\)", re.DOTALL)
"""A line that makes an object: its variable, the name of its class, and the class."""
FIXTURES = ("tmp_path", "monkeypatch", "capsys", "caplog")
"""What a test asks for when its lines name it."""


def render(
    task: Task, explored: Explored, origin: Origin, reserved: frozenset[str] = frozenset()
) -> Iterator[NewTest]:
    """A test of each finding that makes a readable one, those that close the most first; no name of `reserved`."""
    whole = replace(origin, executions=explored.executions, reduced=True, corpus=explored.corpus)
    renderer = FindingRenderer.of(task, whole, explored.aliases).reserving(*reserved)
    for finding in sorted(explored.findings, key=_gain, reverse=True):
        written: set[str] = set()
        for spare, way in renderer.ways(finding):
            test = way.write(finding)
            if test is not None:
                yield replace(test, origin=replace(test.origin, spare=finding.spare or spare))
                written |= {test.name}
        renderer = renderer.reserving(*written)


class FindingRenderer(Renderer, frozen=True, kw_only=True):
    """Renders findings; where a test has to await, as a coroutine if it `may_await` and others there do.

    `rootdir` is where the files are that they name. One that `borrows` takes an object from a fixture of the file
    that gives one of its class.
    """

    may_await: bool = True
    rootdir: str = ""
    borrows: bool = False

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
            rootdir=task.rootdir,
        )

    @property
    def coroutines(self) -> style.Decorators | None:
        """The decorators of a test there that awaits, None where none does."""
        return style.coroutine_decorators(self.text, self.placement) if self.may_await else None

    def reserving(self, *more: str) -> FindingRenderer:
        """The same with more names taken."""
        return replace(self, reserved=self.reserved | {*more})

    def ways(self, finding: Finding) -> Iterator[tuple[bool, FindingRenderer]]:
        """How its test may be written: as others are there, and as spares with nothing of what goes on there.

        What runs coroutines may do it in another way than the sandbox did, and a class may prepare other things.
        """
        may_borrow = self._fixture(finding) is not None
        if may_borrow:
            yield False, replace(self, borrows=True)
        yield may_borrow, self
        if self._awaits(finding):
            yield True, replace(self, may_await=False)
        if style.is_prepared(self.text, self.placement):
            place = replace(self.placement, owner=None, anchor=None, style="function")
            yield True, replace(self, placement=place)

    def write(self, finding: Finding) -> NewTest | None:
        """The test for a finding, or None when it would not be readable."""
        finding, borrowed = self._borrowed(self._audible(self._placed(finding)))
        gaps, awaits = self._closed(finding), self._awaits(finding)
        readable = self._readable(finding, awaits=awaits) if gaps else None
        if readable is None:
            return None
        statements, resolved = readable
        fixtures = [*borrowed, *_fixtures(statements)]
        if fixtures and self.placement.style == "unittest":
            return None
        case = self.case_of(finding)
        place = f"{self.placement.path} {self.placement.owner}"
        subjects = names.subjects(case.subject, place)
        name = names.of(case, subjects, self.taken)
        own = names.functions(self.text, self.placement.owner)
        wish = names.of(case, subjects, own) if self.reserved else name
        unnamed = names.is_unnamed(case, name, subjects, self.taken)
        header = [self.define(name, fixtures)]
        if awaits:
            header = [*(f"@{decorator}" for decorator in self.coroutines or ()), f"async {header[0]}"]
        return NewTest(
            name=name,
            wish=wish if wish != name else "",
            code="\n".join([*header, *indented(resolved.codes)]) + "\n",
            imports=resolved.imports,
            placement=self.placement,
            title=names.title(case, body.described(finding)),
            look=questions.about(finding, self.documented),
            oracle=questions.oracles(finding, statements.expects, resolved.codes, self.documented, len(header)),
            origin=replace(self.origin, rules=finding.rules, doubt=finding.doubt + unnamed),
            gaps=tuple(gap.id for gap in gaps),
            alone=tuple(self._alone(finding, case, subjects, own)),
        )

    def _alone(
        self, finding: Finding, case: Case, subjects: Sequence[str], taken: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        """For each of several assertions the name and the title of a test of only that."""
        for seen in finding.observations if len(finding.observations) > 1 else ():
            only = replace(finding, observations=(seen,))
            told = _with_seen(case, self._seen(only))
            yield names.of(told, subjects, taken), names.title(told, body.described(only))

    def extend(self, test: NewTest, finding: Finding) -> NewTest | None:
        """The test with what this finding did stated behind it, or None when it would not be readable."""
        finding = self._placed(finding)
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

    def case_of(self, finding: Finding) -> Case:
        """What there is to be said of a finding; the first gap that it closes is the one it is for.

        Where it raises it is the last one: that is decided on where it ends.
        """
        closed = self._closed(finding)
        is_refused = finding.observations[0].subject == "raises"
        target, gap = self.target, max(closed, key=attrgetter("line")) if is_refused else closed[0]
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
        around = dict(pair for one in call.patched for pair in _set_before(one))
        case = cases.case_of(target, gap, self._seen(finding), parameters, arguments | around)
        subject = words.subject(qualname, None if "__init__" in qualname else call.receiver)
        usual = _always(entry for entry in target.entries if entry.qualname == call.qualname)
        case = replace(
            case,
            subject=subject,
            has_more=any(not argument.name for argument in call.arguments),
            is_gathered=finding.consume in {"list", "async list"},
            parameters=(*(case.parameters or passed), *usual),
            optional=(*(name for name in case.optional if name not in usual), *around),
            before=next((_method(step) for step in reversed(call.setup)), ""),
        )
        return _with_seen(case, case.seen)

    def _seen(self, finding: Finding) -> Observation:
        """What it did, if that is one thing: of several some may prove needless, and be in the test no more.

        That two results are equal is no result of a call, unless of one that compares.
        """
        first = finding.observations[0]
        is_given = not isinstance(expression(finding.action), ast.Compare)
        is_result = is_given or finding.call.qualname.rpartition(".")[2] in COMPARING
        return first if is_result and len(finding.observations) == 1 else replace(first, expression="")

    def gaps_of(self, finding: Finding) -> list[str]:
        """The ids of the gaps that a finding closes."""
        return [gap.id for gap in self._closed(finding)]

    def _closed(self, finding: Finding) -> list[Gap]:
        return self.closed(finding.reached, finding.branches)

    def _fixture(self, finding: Finding) -> re.Match[str] | None:
        """The line that makes an object of which a fixture gives one."""
        first = MADE.fullmatch(finding.lines[0]) if finding.lines and self.placement.style != "unittest" else None
        return first if first is not None and first[2] in style.given(self.text) else None

    def _borrowed(self, finding: Finding) -> tuple[Finding, list[str]]:
        """The finding with the object of a fixture, and its name, for one that `borrows`."""
        made = self._fixture(finding) if self.borrows else None
        if made is None:
            return finding, []
        name, call = style.given(self.text)[made[2]], finding.call
        lines = tuple(body.renamed(line, made[1], name) for line in finding.lines[1:])
        seen = tuple(
            replace(one, expression=body.renamed(one.expression, made[1], name)) for one in finding.observations
        )
        call = replace(call, receiver=f"{made[3]}()") if call.receiver else call
        action = body.renamed(finding.action, made[1], name)
        return replace(finding, call=call, lines=lines, action=action, observations=seen), [name]

    def _placed(self, finding: Finding) -> Finding:
        return places.placed(finding, self.rootdir, self.placement.path, self.text)

    def _audible(self, finding: Finding) -> Finding:
        """The finding without what it printed beside what it gave, where there are no fixtures to hear it."""
        if self.placement.style != "unittest":
            return finding
        first, *others = finding.observations
        heard = (first, *(one for one in others if not one.expression.endswith(body.PRINTED)))
        return replace(finding, observations=heard)

    def _awaits(self, finding: Finding) -> bool:
        """Whether the test for a finding is a coroutine, as others are there."""
        return finding.consume in AWAITED and self.coroutines is not None

    def _readable(self, finding: Finding, *, awaits: bool) -> tuple[Body, imports.Resolved] | None:
        """What states a finding, in lines that are short enough: of one that is not, two or more may be made."""
        # A comparison of a call that goes over several lines is what formatters lay out in another way.
        forms = (
            (wrapped, False),
            (wrapped, True),
            (folded, True),
            (folded, False),
            (divided, True),
            (divided, False),
        )
        written = functools.cache(functools.partial(self._written, finding, awaits))
        most = self._room(finding.observations[0].message, written(body.MESSAGE, apart=False)[1])
        for width, (form, apart) in itertools.product(self.widths, forms):
            statements, resolved = written(most, apart=apart)
            codes = tuple(form(code, width) for code in resolved.codes) if resolved is not None else ()
            if resolved is not None and is_readable(codes, width):
                return statements, replace(resolved, codes=codes)
        return None

    def _room(self, message: str, resolved: imports.Resolved | None) -> int:
        """How much of a message the line has room for that says what is raised."""
        lines = (line for code in (resolved.codes if resolved is not None else ()) for line in code.splitlines())
        longest = max((len(line) for line in lines if line.startswith("with ")), default=0)
        over = longest - self.widths[0]
        return body.room(message, over) if over > 0 else body.MESSAGE

    def _written(
        self,
        finding: Finding,
        awaits: bool,  # noqa: FBT001 - of `functools.partial`
        most: int,
        *,
        apart: bool,
    ) -> tuple[Body, imports.Resolved | None]:
        statements = body.write(finding, self.placement.style, awaits=awaits, apart=apart, most=most)
        return statements, self._resolved(statements.lines)

    def _resolved(self, lines: Sequence[Template]) -> imports.Resolved | None:
        lines = self._without_hiding(lines)
        local = {body.COLLECT, *(line.partition(" = ")[0] for line in lines)}
        resolved = self.resolve(lines, {name for name in local if name.isidentifier()})
        try:
            ast.parse("\n".join(resolved.codes if resolved is not None else ()))
        except (ValueError, SyntaxError):
            return None
        return self._with_prepared(resolved) if resolved is not None and not resolved.imports else resolved

    def _with_prepared(self, resolved: imports.Resolved) -> imports.Resolved:
        """With what the class makes for each of its tests, where one would make the same again."""
        known = style.prepared(self.text, self.placement)
        codes = (_exchanged(code, known) if known else code for code in resolved.codes)
        return replace(resolved, codes=tuple(codes))

    def _without_hiding(self, lines: Sequence[Template]) -> Sequence[Template]:
        """The lines with other names for variables that would hide what the file imports."""
        bindings = self.bindings
        for name in [line.partition(" = ")[0] for line in lines]:
            if name in bindings.modules or name in bindings.objects:
                other = f"{'an' if name[0] in 'aeiou' else 'a'}_{name}"
                lines = [body.renamed(line, name, other) for line in lines]
        return lines


def _exchanged(code: str, known: Mapping[str, str]) -> str:
    """The code with what is known, by its `ast.dump`, in the place of the calls that give it."""
    text = Text(code)
    found = {span(call): name for call in nodes_of(ast.Call, text.tree) if (name := known.get(ast.dump(call)))}
    return text.replaced(found.items()) if found else code


def renamed(test: NewTest, name: str) -> NewTest:
    """The test under another name."""
    return replace(test, name=name, code=test.code.replace(f"def {test.name}(", f"def {name}(", 1))


def _with_seen(case: Case, seen: Observation) -> Case:
    """The case with what comes of it: what compares two, and tells that, is one of their equality."""
    told = replace(case, seen=seen)
    return cases.of_equality(told) if seen.expression else told


def _method(step: Call) -> str:
    """The name of a method that is called; "" for an attribute that is set, and what Python calls by itself."""
    name = step.qualname.rpartition(".")[2]
    return "" if name.endswith(("=", "__")) else name


def _set_before(one: Argument) -> Iterator[tuple[str, Template]]:
    """What is set before, by the names that people know it by: of a command line its options."""
    literal = literal_value(one.value) if one.name == "sys.argv" else None
    if literal is None:
        yield one.name.rpartition(".")[2].lower(), plain(one.value)
        return
    yield from ((words.snake(word.strip("-")), "True") for word in literal[0] if word[:1] == "-")


def _always(entries: Iterable[Entry]) -> frozenset[str]:
    """The names of what all calls in tests pass: it tells no test from others, as if it had to be passed."""
    passed = [frozenset(argument.name for argument in call.arguments) for entry in entries for call in entry.calls]
    return frozenset[str]().union(*passed[:1]).intersection(*passed) if len(passed) > 1 else frozenset()


def _gain(finding: Finding) -> tuple[int, int]:
    return len(finding.branches), len(finding.reached)


def _fixtures(statements: Body) -> list[str]:
    """The fixtures that they name."""
    text = "\n".join(statements.lines)
    return [name for name in FIXTURES if re.search(rf"(?<![\w.'\"]){name}\b", text)]
