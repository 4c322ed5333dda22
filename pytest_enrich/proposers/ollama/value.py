"""What a model wrote as a value, as a template that a test can show; what is no value is None.

An expression may hold literals, and calls of what has a name that can be imported.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from pytest_enrich import imports
from pytest_enrich.data import Template
from pytest_enrich.proposers.ollama.schema import ANYTHING, Hint

LONGEST_EXPRESSION = 400
_BUILTINS = frozenset(
    """
    bool bytearray bytes complex dict float frozenset int iter len list max memoryview min object range reversed
    set slice sorted str sum tuple zip
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)
_EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)
)
# What a value may come from although the module under test does not import it.
KNOWN_OBJECTS = {
    "Counter": "collections:Counter", "Decimal": "decimal:Decimal", "Fraction": "fractions:Fraction",
    "OrderedDict": "collections:OrderedDict", "Path": "pathlib:Path", "PurePath": "pathlib:PurePath",
    "StringIO": "io:StringIO", "BytesIO": "io:BytesIO", "SimpleNamespace": "types:SimpleNamespace",
    "UUID": "uuid:UUID", "date": "datetime:date", "defaultdict": "collections:defaultdict",
    "deque": "collections:deque", "timedelta": "datetime:timedelta", "timezone": "datetime:timezone",
}  # fmt: skip
KNOWN_MODULES = frozenset(
    {"collections", "datetime", "decimal", "fractions", "io", "math", "pathlib", "types", "uuid"}
)
_PLAIN = (
    ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.USub, ast.UAdd, ast.Not, ast.Invert, ast.BinOp,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.BitOr, ast.Call, ast.keyword, ast.Lambda,
    ast.arguments, ast.arg, ast.Load, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In,
)  # fmt: skip


def json_template(value: object, what: Hint, known: Names) -> Template | None:
    """The template for a value that came as JSON, None when it is none that fits."""
    found = _template(value, what, known, 0)
    return found if found is not None and len(found) <= LONGEST_EXPRESSION else None


class Names(Struct, frozen=True, kw_only=True):
    """What names in an expression mean: those of the module under test.

    Attributes:
        module: Its dotted name.
        own: The public names that it defines.
        bindings: What it imports.
        literal: Whether only literals are accepted, and no code that a model wrote.
    """

    module: str
    own: frozenset[str] = frozenset()
    bindings: imports.Bindings = imports.Bindings()
    literal: bool = False


def names_of(module: str, source_text: str, *, literal: bool = False) -> Names:
    """The names of a module with this text."""
    try:
        tree = ast.parse(source_text)
        bindings = imports.read(source_text, module.rpartition(".")[0])
    except Exception:  # noqa: BLE001 - a source that cannot be read here names nothing
        return Names(module=module, literal=literal)
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    own = frozenset(node.name for node in tree.body if isinstance(node, kinds) and node.name[0] != "_")
    return Names(module=module, own=own, bindings=bindings, literal=literal)


def expression_template(code: str, known: Names) -> Template | None:
    """The template for an expression: literals, and calls of what the module, or a short list, has by name."""
    try:
        tree = ast.parse(code.strip(), mode="eval").body
        if known.literal:
            ast.literal_eval(tree)
        return _Writer(known).write(tree) if len(code) <= LONGEST_EXPRESSION else None
    except (SyntaxError, ValueError, RecursionError, MemoryError, LookupError):
        return None


def literal_value(code: str | ast.expr) -> tuple[Any] | None:
    """The value of a literal, in a tuple: it may be None itself."""
    try:
        return (ast.literal_eval(code),)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


class _Writer(ast.NodeTransformer):
    """Writes an expression with its names as templates; raises LookupError for what no value needs."""

    def __init__(self, known: Names, local: frozenset[str] = frozenset()) -> None:
        self._known = known
        self._local = local
        self._names: dict[str, str] = {}

    def write(self, tree: ast.expr) -> Template:
        text = ast.unparse(self.visit(tree))
        for mark, meaning in self._names.items():
            text = text.replace(mark, meaning)
        return text

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, _PLAIN):
            raise LookupError(type(node).__name__)  # noqa: TRY004 - what its callers catch
        return super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if node.value is ... or (isinstance(node.value, str) and set("⟨⟩") & set(node.value)):
            raise LookupError(node.value)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        names = frozenset(one.arg for one in node.args.args)
        if ast.unparse(node.args) != ", ".join(one.arg for one in node.args.args):
            raise LookupError("defaults are code that nobody read")
        inner = _Writer(Names(module=""), names)
        node.body = inner.visit(node.body)
        self._names |= inner._names
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self._local:
            return node
        return self._named(_meaning(node.id, "", self._known))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr.startswith("_"):
            raise LookupError(node.attr)
        root, parts = _chain(node)
        if root in self._local or root is None:
            return ast.Attribute(self.visit(node.value), node.attr, ast.Load())
        return self._named(_meaning(root, parts, self._known))

    def _named(self, meaning: str) -> ast.Name:
        mark = f"\ue000{meaning}\ue001"  # no text that is shown holds these
        self._names[mark] = meaning
        return ast.Name(mark, ast.Load())


def _template(value: object, what: Hint, known: Names, depth: int) -> Template | None:  # noqa: PLR0911 - one line a shape
    if depth > 5:  # noqa: PLR2004 - no reply is asked for that deep
        return None
    if isinstance(value, dict) and set(value) == {"python"}:
        return expression_template(value["python"], known) if isinstance(value["python"], str) else None
    if what.sort == "python" and isinstance(value, str):
        return _object(value, known)
    if what.sort == "union":
        return _member(value, what, known, depth)
    if isinstance(value, list):
        return _sequence(value, what, known, depth)
    if isinstance(value, dict):
        return _mapping(value, what, known, depth)
    return _scalar(value, what)


def _object(value: str, known: Names) -> Template | None:
    """What an expression makes; a text that is no code is itself, since a name of a type may stand for texts."""
    found = expression_template(value, known)
    return found if found is not None or "(" in value else _text(value)


def _member(value: object, what: Hint, known: Names, depth: int) -> Template | None:
    """A value as the member of a union that it fits; a text may be the expression for an object."""
    members = {one.sort for one in what.of}
    if isinstance(value, str) and "python" in members:
        found = _object(value, known)
        return found if found is None or "⟨" in found or "text" not in members else _text(value)
    sorts = {str: ("text", "bytes"), bool: ("flag",), int: ("whole", "number"), float: ("number",)}
    wanted = sorts.get(type(value), ("list", "tuple", "set", "frozenset", "dict"))
    fitting = [one for one in what.of if one.sort in wanted or (one.sort == "choice" and value in one.choices)]
    return _template(value, (fitting or [ANYTHING])[0], known, depth + 1)


def _sequence(value: list[Any], what: Hint, known: Names, depth: int) -> Template | None:
    hints = list(what.of) if what.ordered else [what.of[0] if what.of else ANYTHING] * len(value)
    if len(hints) != len(value):
        return None
    items = [_template(one, hint, known, depth + 1) for one, hint in zip(value, hints, strict=True)]
    if any(one is None for one in items):
        return None
    inner = ", ".join(one for one in items if one is not None)
    if what.sort == "tuple":
        return f"({inner},)" if len(items) == 1 else f"({inner})"
    if what.sort == "set":
        return f"{{{inner}}}" if items else "set()"
    return f"frozenset({{{inner}}})" if what.sort == "frozenset" and items else f"[{inner}]"


def _mapping(value: dict[str, Any], what: Hint, known: Names, depth: int) -> Template | None:
    of = what.of[0] if what.sort == "dict" and what.of else ANYTHING
    items = [(_text(key), _template(one, of, known, depth + 1)) for key, one in value.items()]
    if any(one is None for _, one in items):
        return None
    return "{" + ", ".join(f"{key}: {one}" for key, one in items) + "}"


def _scalar(value: object, what: Hint) -> Template | None:
    if isinstance(value, str):
        return f"b{_ascii(value)}" if what.sort == "bytes" else _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return repr(value) if value is None or isinstance(value, bool | int | float) else None


def _text(value: str) -> Template:
    return repr(value).replace("⟨", "\\u27e8").replace("⟩", "\\u27e9")


def _ascii(value: str) -> str:
    return repr(value.encode("utf-8", "surrogatepass"))[1:]


def _chain(node: ast.Attribute) -> tuple[str | None, str]:
    """The name that an attribute is of in the end, and the rest; None when it is of a value."""
    parts: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        if inner.attr.startswith("_"):
            raise LookupError(inner.attr)
        parts.insert(0, inner.attr)
        inner = inner.value
    return (inner.id, ".".join(parts)) if isinstance(inner, ast.Name) else (None, "")


def _meaning(name: str, rest: str, known: Names) -> str:
    """`⟨module:qualname⟩` of a name and what is looked up in it, or the name of a builtin."""
    ways: tuple[Callable[[], str | None], ...] = (
        lambda: f"⟨{known.module}:{name}⟩" if name in known.own else None,
        lambda: next((f"⟨{one}⟩" for one in known.bindings.objects.get(name, ())), None),
        lambda: name if name in _BUILTINS | _EXCEPTIONS else None,
        lambda: f"⟨{KNOWN_OBJECTS[name]}⟩" if name in KNOWN_OBJECTS else None,
    )
    modules = known.bindings.modules.get(name, (name,) if name in KNOWN_MODULES else ())
    if modules and rest:
        first, dot, more = rest.partition(".")
        return f"⟨{modules[0]}:{first}⟩{dot}{more}"
    found = next((text for way in ways if (text := way()) is not None), None)
    if found is None:
        raise LookupError(name)
    return f"{found}.{rest}" if rest else found
