"""Turns what a search found into tests that a person could have written, in the style of the file they go into."""

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
"""A line that makes an object: the variable, the name of the class, and the class itself."""
SWITCH = re.compile(r"^(?:has|have|is|use|with)_|_(?:available|enabled|found|installed|present)$")
"""What the name of a switch has around what it is about."""
FIXTURES = ("tmp_path", "monkeypatch", "capsys", "caplog")
"""The fixtures that a test requests if its lines mention them."""


def render(
    task: Task, explored: Explored, origin: Origin, reserved: frozenset[str] = frozenset()
) -> Iterator[NewTest]:
    """A test for each finding that makes a readable one, most gaps closed first; none has a name in `reserved`."""
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
    """Renders findings; a test that has to await becomes a coroutine if it `may_await` and others there are, too.

    `rootdir` is the folder of the files that findings name. A renderer that `borrows` takes the object from a
    fixture of the file that provides one of its class.
    """

    may_await: bool = True
    rootdir: str = ""
    borrows: bool = False

    @classmethod
    def of(cls, task: Task, origin: Origin, aliases: tuple[tuple[str, str], ...]) -> FindingRenderer:
        """The renderer for a task; the names of the tests kept for it are reserved."""
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
        """The decorators of a test there that awaits, or None if no test does."""
        return style.coroutine_decorators(self.text, self.placement) if self.may_await else None

    def reserving(self, *more: str) -> FindingRenderer:
        """The same renderer with more names reserved."""
        return replace(self, reserved=self.reserved | {*more})

    def ways(self, finding: Finding) -> Iterator[tuple[bool, FindingRenderer]]:
        """How its test may be written: like the others there, and as spares that rely on nothing there.

        The file may run coroutines in another way than the sandbox did, and a class may prepare other things.
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
        """The test for a finding, or None if it would not be readable."""
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
        own_names = names.functions(self.text, self.placement.owner)
        wish = names.of(case, subjects, own_names) if self.reserved else name
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
            alone=tuple(self._alone(finding, case, subjects, own_names)),
        )

    def _alone(
        self, finding: Finding, case: Case, subjects: Sequence[str], taken: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        """For each of several assertions, the name and title of a test with that assertion alone."""
        for seen in finding.observations if len(finding.observations) > 1 else ():
            single = replace(finding, observations=(seen,))
            alone = _with_seen(case, self._seen(single))
            yield names.of(alone, subjects, taken), names.title(alone, body.described(single))

    def extend(self, test: NewTest, finding: Finding) -> NewTest | None:
        """The test with the assertions of this finding appended, or None if it would not be readable."""
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
            gaps=tuple(dict.fromkeys((*test.gaps, *(gap.id for gap in self._closed(finding))))),
            code=test.code + "".join(f"{line}\n" for line in indented(resolved.codes)),
            imports=tuple(dict.fromkeys((*test.imports, *resolved.imports))),
            oracle=(*test.oracle, *(replace(added, look=False) for added in oracle)),
        )

    def case_of(self, finding: Finding) -> Case:
        """The case that a finding is; it is about the first gap that the finding closes.

        If it raises, it is about the last gap: the decision that led to the exception is where the call ended.
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
        receiver = _first_call(expression(call.receiver) if call.receiver else None)
        keywords = receiver.keywords if isinstance(receiver, ast.Call) else ()
        arguments = {keyword.arg: ast.unparse(keyword.value) for keyword in keywords if keyword.arg}
        arguments |= {argument.name: plain(argument.value) for argument in call.arguments if argument.name}
        switched = tuple(_switched(patch) for patch in call.patched if _is_switch(patch))
        others = (patch for patch in call.patched if not _is_switch(patch))
        around = dict(pair for patch in others for pair in _set_before(patch))
        case = cases.case_of(target, gap, self._seen(finding), parameters, arguments | around)
        subject = words.subject(qualname, None if "__init__" in qualname else call.receiver)
        usual = _always(entry for entry in target.entries if entry.qualname == call.qualname)
        case = replace(
            case,
            subject=subject,
            changed=switched,
            has_more=any(not argument.name for argument in call.arguments),
            is_gathered=finding.consume in {"list", "async list"},
            is_bare=not arguments | around and any(parameter.kind == "variadic" for parameter in parameters),
            parameters=(*(case.parameters or passed), *usual),
            optional=(*(name for name in case.optional if name not in usual), *around),
        )
        return _with_seen(case, case.seen)

    def _seen(self, finding: Finding) -> Observation:
        """What the call did, if that is a single thing: some of several may prove needless and be dropped.

        That two results are equal is not the result of a call, unless the call itself compares.
        """
        first = finding.observations[0]
        is_given = not isinstance(expression(finding.action), ast.Compare)
        is_result = is_given or finding.call.qualname.rpartition(".")[2] in COMPARING
        return first if is_result and len(finding.observations) == 1 else replace(first, expression="")

    def _closed(self, finding: Finding) -> list[Gap]:
        return self.closed(finding.reached, finding.branches)

    def _fixture(self, finding: Finding) -> re.Match[str] | None:
        """The match of the line that makes an object, if a fixture provides one of its class."""
        first = MADE.fullmatch(finding.lines[0]) if finding.lines and self.placement.style != "unittest" else None
        return first if first is not None and first[2] in style.given(self.text) else None

    def _borrowed(self, finding: Finding) -> tuple[Finding, list[str]]:
        """The finding with its object taken from a fixture, and its name, for a renderer that `borrows`."""
        made = self._fixture(finding) if self.borrows else None
        if made is None:
            return finding, []
        name, call = style.given(self.text)[made[2]], finding.call
        lines = tuple(body.renamed(line, made[1], name) for line in finding.lines[1:])
        observations = tuple(
            replace(seen, expression=body.renamed(seen.expression, made[1], name)) for seen in finding.observations
        )
        call = replace(call, receiver=f"{made[3]}()") if call.receiver else call
        action = body.renamed(finding.action, made[1], name)
        return replace(finding, call=call, lines=lines, action=action, observations=observations), [name]

    def _placed(self, finding: Finding) -> Finding:
        return places.placed(finding, self.rootdir, self.placement.path)

    def _audible(self, finding: Finding) -> Finding:
        """The finding without what it printed besides its result, where no fixture can capture output."""
        if self.placement.style != "unittest":
            return finding
        first, *others = finding.observations
        audible = (first, *(seen for seen in others if not seen.expression.endswith(body.PRINTED)))
        return replace(finding, observations=audible)

    def _awaits(self, finding: Finding) -> bool:
        """Whether the test for a finding is a coroutine, like others there."""
        return finding.consume in AWAITED and self.coroutines is not None

    def _readable(self, finding: Finding, *, awaits: bool) -> tuple[Body, imports.Resolved] | None:
        """The statements of a finding, in lines that are short enough; a longer line may be split into several."""
        # Formatters lay out a comparison differently if its call spans several lines.
        forms = (
            (wrapped, False),
            (wrapped, True),
            (folded, True),
            (folded, False),
            (divided, True),
            (divided, False),
        )

        @functools.cache
        def written(most: int, *, apart: bool) -> tuple[Body, imports.Resolved | None]:
            statements = body.write(finding, self.placement.style, awaits=awaits, apart=apart, most=most)
            return statements, self._resolved(statements.lines)

        most = self._room(finding.observations[0].message, written(body.MESSAGE, apart=False)[1])
        for width, (form, apart) in itertools.product(self.widths, forms):
            statements, resolved = written(most, apart=apart)
            codes = tuple(form(code, width) for code in resolved.codes) if resolved is not None else ()
            if resolved is not None and is_readable(codes, width):
                return statements, replace(resolved, codes=codes)
        return None

    def _room(self, message: str, resolved: imports.Resolved | None) -> int:
        """How much of a message fits into the line that states what is raised."""
        lines = (line for code in (resolved.codes if resolved is not None else ()) for line in code.splitlines())
        longest = max((len(line) for line in lines if line.startswith("with ")), default=0)
        over = longest - self.widths[0]
        return body.room(message, over) if over > 0 else body.MESSAGE

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
        """The lines with calls replaced by attributes that the class sets up with the same for each test."""
        known = style.prepared(self.text, self.placement)
        codes = (_exchanged(code, known) if known else code for code in resolved.codes)
        return replace(resolved, codes=tuple(codes))

    def _without_hiding(self, lines: Sequence[Template]) -> Sequence[Template]:
        """The lines with variables renamed that would shadow what the file imports."""
        bindings = self.bindings
        for name in [line.partition(" = ")[0] for line in lines]:
            if name in bindings.modules or name in bindings.objects:
                unhidden = f"{'an' if name[0] in 'aeiou' else 'a'}_{name}"
                lines = [body.renamed(line, name, unhidden) for line in lines]
        return lines


def _first_call(node: ast.expr | None) -> ast.expr | None:
    """The call that a chain of calls begins with: what makes the object on which methods are called."""
    while (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Call)
    ):
        node = node.func.value
    return node


def _exchanged(code: str, known: Mapping[str, str]) -> str:
    """The code with calls replaced by what is known to hold their result, by the `ast.dump` of the call."""
    source = Text(code)
    names_by_span = {
        span(call): name for call in nodes_of(ast.Call, source.tree) if (name := known.get(ast.dump(call)))
    }
    return source.replaced(names_by_span.items()) if names_by_span else code


def renamed(test: NewTest, name: str) -> NewTest:
    """The test under another name."""
    return replace(test, name=name, code=test.code.replace(f"def {test.name}(", f"def {name}(", 1))


def _with_seen(case: Case, seen: Observation) -> Case:
    """The case with its outcome; one that states the result of a comparison becomes a case of equality."""
    complete = replace(case, seen=seen)
    return cases.of_equality(complete) if seen.expression else complete


def _is_switch(argument: Argument) -> bool:
    """Whether it is a name in a module that is switched on or off."""
    return "." in argument.name and argument.value in {"True", "False"}


def _switched(argument: Argument) -> str:
    """The situation where a switch is the other way round: `without_lxml` where `HAS_LXML` is off."""
    known = SWITCH.sub("", words.snake(argument.name.rpartition(".")[2]))
    return f"{'with' if argument.value == 'True' else 'without'}_{known}"


def _set_before(argument: Argument) -> Iterator[tuple[str, Template]]:
    """What is set before the call, by the names that people know it by: the options of a command line."""
    literal = literal_value(argument.value) if argument.name == "sys.argv" else None
    if literal is None:
        yield argument.name.rpartition(".")[2].lower(), plain(argument.value)
        return
    yield from ((words.snake(word.strip("-")), "True") for word in literal[0] if word[:1] == "-")


def _always(entries: Iterable[Entry]) -> frozenset[str]:
    """The names of what every call in tests passes: like a required argument, it sets no test apart."""
    passed = [frozenset(argument.name for argument in call.arguments) for entry in entries for call in entry.calls]
    return frozenset[str]().union(*passed[:1]).intersection(*passed) if len(passed) > 1 else frozenset()


def _gain(finding: Finding) -> tuple[int, int]:
    return len(finding.branches), len(finding.reached)


def _fixtures(statements: Body) -> list[str]:
    """The fixtures that the statements use."""
    text = "\n".join(statements.lines)
    return [name for name in FIXTURES if re.search(rf"(?<![\w.'\"]){name}\b", text)]
