"""Names and titles: what a test checks, in the words of the code.

`names` decides which of these words a name is made of.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from typing import TypeGuard

from pytest_enrich.data import Template
from pytest_enrich.writing.syntax import expression, plain

NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Lt: "below",
    ast.GtE: "at_least",
    ast.Gt: "above",
    ast.LtE: "at_most",
    ast.Eq: "is",
    ast.NotEq: "is_not",
    ast.Is: "is",
    ast.IsNot: "is_not",
    ast.In: "in",
    ast.NotIn: "not_in",
}
SIGNS = {
    "\n": "newline", "\t": "tab", "\r": "carriage_return", ".": "dot", "/": "slash", "\\": "backslash",
    "_": "underscore", "-": "hyphen", "#": "hash", "{": "brace", "}": "closing_brace", "[": "bracket",
    "]": "closing_bracket", "(": "parenthesis", ")": "closing_parenthesis", "'": "quote", '"': "double_quote",
}  # fmt: skip
"""Where people say something else than Unicode does."""
LONGEST = 44
SINGULAR = 1
_NAMES = (ast.Name, ast.Attribute, ast.Load)


def condition(text: str, outcome: str) -> ast.expr | None:
    """What holds when the decision in `text` (`if not sep:`) has this outcome; None if it is no condition."""
    match = re.fullmatch(r"(?:el)?(?:if|while)\b\s*(.*?):?", text, re.DOTALL)
    if match is None or outcome not in {"true", "false"}:
        return None
    try:
        test = ast.parse(match[1], mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return test if outcome == "true" else negated(test)


def negated(test: ast.expr) -> ast.expr:
    """The opposite condition, in the form that a person would write."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if _is_single(test):
        return ast.Compare(test.left, [NEGATED[type(test.ops[0])]()], test.comparators)
    if isinstance(test, ast.BoolOp) and sum(map(_is_shorter, test.values)) * 2 >= len(test.values):
        joint = ast.Or() if isinstance(test.op, ast.And) else ast.And()
        return ast.BoolOp(joint, [negated(value) for value in test.values])
    return ast.UnaryOp(ast.Not(), test)


def title(name: str, done: str, text: str, outcome: str) -> str:
    """One line: what the function does, and when (`discount: raises ValueError when total < 0`)."""
    holds = condition(text, outcome)
    if holds is not None:
        clause = ast.unparse(ast.fix_missing_locations(holds))
        return f"{name}: {done} when {clause}" if len(clause) <= 2 * LONGEST else f"{name}: {done}"
    loop = {"iterates": "with something to loop over", "skips": "with nothing to loop over"}.get(outcome, "")
    if outcome == "matches":
        loop = f"for {text.rstrip(':')}"
    elif outcome == "raises" and text.startswith("except "):
        loop = f"after {text.removeprefix('except').partition(' as ')[0].rstrip(':').strip()}"
    return f"{name}: {done} {loop}".rstrip()


def slug(text: str, outcome: str) -> str:
    """The same condition as part of a name (`total_below_0`), "" when it has no short one."""
    holds = condition(text, outcome)
    if holds is not None:
        words = _words(holds)
    elif outcome == "matches":
        words = _snake(text.removeprefix("case").rstrip(":"))
    elif outcome == "raises":
        words = (
            "after_" + _snake(re.sub(r"^except\b\*?|\bas \w+|:$", "", text)) if text.startswith("except ") else ""
        )
    else:
        words = {"iterates": "", "skips": "nothing"}.get(outcome, "")
    return words if words.isascii() and len(words) <= LONGEST else ""


def value_slug(template: Template) -> str:
    """A short value as part of a name (`'1.2 K'` gives `1_2_k`), "" when it has none.

    Neither has what takes several lines, nor a number with more digits than one reads at a glance.
    """
    text = plain(template)
    words = "" if re.search(r"\\[nrtx]|\d{5}", text) else _snake(text)
    return words if words and len(words) <= LONGEST // 2 and words.count("_") <= 4 else ""  # noqa: PLR2004 - words


def passed(action: str) -> str:
    """The one thing that a call passes by name, as part of a name: `split(text, sep=",")` gives `with_sep`."""
    node = expression(action)
    keywords = [keyword.arg for keyword in node.keywords if keyword.arg] if isinstance(node, ast.Call) else []
    return f"with_{_snake(keywords[0])}" if len(keywords) == SINGULAR and keywords[0].isascii() else ""


def subject(qualname: str, receiver: Template | None) -> str:
    """What a call is of, as people would say: of an inherited method the class of the object, if that is plain.

    Args:
        qualname: Of the function (`Field.load`).
        receiver: The template of the object that it is called on (`⟨shop.fields:Number⟩(3)`).
    """
    method = qualname.rpartition(".")[2]
    # A name that begins with a capital: a function may have made it, too.
    made = re.match(r"⟨[\w.]+:([\w.]*\b_?[A-Z]\w*)⟩\(", receiver or "")
    return f"{made[1]}.{method}" if "." in qualname and made and _is_call(receiver or "") else qualname


def snake(name: str) -> str:
    """A qualname as part of a test's name: `Cart.add_item` gives `cart_add_item`."""
    return re.sub(r"_+", "_", _snake(name.replace(".", "_"))).strip("_")


def _is_single(test: ast.expr) -> TypeGuard[ast.Compare]:
    return isinstance(test, ast.Compare) and len(test.ops) == SINGULAR


def _is_shorter(test: ast.expr) -> bool:
    """Whether the opposite needs no `not`."""
    return _is_single(test) or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not))


def _words(node: ast.expr) -> str:  # noqa: PLR0911 - one line a kind of expression
    if isinstance(node, ast.Compare) and len(node.ops) == SINGULAR:
        parts = [_words(node.left), OPERATORS[type(node.ops[0])], _words(node.comparators[0])]
        return "_".join(parts) if all(parts) else ""
    if isinstance(node, ast.BoolOp):
        joint = "_and_" if isinstance(node.op, ast.And) else "_or_"
        parts = [_words(value) for value in node.values]
        # `x.is_integer() and y.is_integer()`: whose they are the words do not say.
        is_clear = len({part.removeprefix("not_") for part in parts}) == len(parts)
        return joint.join(parts) if is_clear and all(parts) else ""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        words = _words(node.operand)
        return _kind(node.operand, "is_not") or (f"not_{words}" if words else "")
    if kind := _kind(node, "is"):
        return kind
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.Attribute):
        owner = node.value
        is_own = isinstance(owner, ast.Name) and owner.id in {"self", "cls"}
        return _snake(node.attr) if is_own else f"{_words(owner)}_{_snake(node.attr)}"
    return _literal(node) or _snake(ast.unparse(node))


def _literal(node: ast.expr) -> str:
    """`percent_sign` for `"%"`, `empty` for what has nothing in it; "" for all that is more than a sign."""
    match node:
        case ast.Constant("") | ast.List([]) | ast.Tuple([]) | ast.Dict([]):
            return "empty"
        case ast.Constant(str(text)) if len(text) == SINGULAR and not text.isalnum():
            name = SIGNS[text] if text in SIGNS else unicodedata.name(text, "")
            return re.sub(r"\W+", "_", name.lower())
    return ""


def _kind(node: ast.expr, verb: str) -> str:
    """`isinstance(value, uuid.UUID)` is `value_is_uuid`; "" for anything else."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"):
        return ""
    kind = node.args[-1]
    name = kind.attr if isinstance(kind, ast.Attribute) else ast.unparse(kind)
    return f"{_words(node.args[0])}_{verb}_{_snake(name)}"


def _called(node: ast.Call) -> str:
    """A call by its last name, and by an argument that is a name: `math.isfinite(float(x))` is `isfinite`."""
    match node:
        case ast.Call(ast.Name("getattr"), [owner, ast.Constant(str(name)), *_]):
            return _words(ast.Attribute(owner, name))
    function = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    names = [argument.id for argument in node.args if isinstance(argument, ast.Name)]
    return "_".join([_snake(function), *(names if len(node.args) == SINGULAR else [])])


def _snake(text: str) -> str:
    # The sign of a number, and not the hyphen of `hmac-sha-1`.
    text = re.sub(r"(?<![0-9A-Za-z])-(?=\d)", " minus ", text)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", "_", text)
    return re.sub(r"[^0-9A-Za-z]+", "_", text).strip("_").lower()


def _is_call(template: Template) -> bool:
    """Whether a template is the call of a name, and not what something does with its result."""
    node = expression(template)
    return isinstance(node, ast.Call) and all(isinstance(part, _NAMES) for part in ast.walk(node.func))
