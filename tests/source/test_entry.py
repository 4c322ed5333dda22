from __future__ import annotations

import pytest

from pytest_enrich.source import Suite

ENTERED = {4: ("tests/test_cart.py::test_public",)}
TEXT = """\
TABLE = {"a": _used_by_table}

def public(x):
    return _near(x)

def far(x):
    return public(x) or _between(x)

def _between(x):
    return _near(x)

def _near(x):
    return x

def _used_by_table(x):
    return x + 1

def look_up(x):
    return TABLE[x]

def _nobody(x):
    return x + 2

def _decorates(f):
    def wrapper(*args):
        return f(*args)
    return wrapper

@_decorates
async def wrapped(a):
    pass

class Reader:
    def read(self, n):
        return self._read(n)

    def __len__(self):
        return 5

    def _read(self, n):
        return n

    def _alone(self):
        return 6

class Writer:
    def write(self, n):
        return self._read(n)

    def _read(self, n):
        return n + 7

class _Private:
    def __init__(self, x):
        self.x = x

    def run(self):
        return self.x

def make(x):
    return _Private(x)
"""


@pytest.mark.parametrize(
    ("qualname", "words", "entries"),
    [
        ("public", "return _near(x)", ["public"]),
        ("_near", "return x", ["public", "far"]),
        ("_used_by_table", "return x + 1", ["look_up"]),
        ("_nobody", "return x + 2", []),
        ("_decorates.wrapper", "return f(*args)", ["wrapped"]),
        ("Reader._read", "return n", ["Reader.read"]),
        ("Writer._read", "return n + 7", ["Writer.write"]),
        ("Reader.__len__", "return 5", ["Reader.__len__"]),
        ("Reader._alone", "return 6", []),
        ("_Private.__init__", "self.x = x", ["make"]),
        ("_Private.run", "return self.x", ["_Private.run"]),
        ("", 'TABLE = {"a": _used_by_table}', []),
    ],
)
def test_a_function_is_reached_through_public_ones(target, qualname, words, entries):
    found = target(TEXT, (qualname, words), contexts=ENTERED).entries
    assert [one.qualname for one in found] == entries


def test_a_private_function_is_its_own_entry_where_no_test_enters_its_module(target):
    found = target(TEXT, ("_nobody", "return x + 2")).entries
    assert [one.qualname for one in found] == ["_nobody"]


def test_private_functions_that_call_it_lead_to_it_where_no_public_one_does(target):
    text = "def _inner(x):\n    return x\ndef _outer(x):\n    return _inner(x)\n"
    found = target(text, ("_inner", "return x")).entries
    assert [one.qualname for one in found] == ["_inner", "_outer"]


@pytest.mark.parametrize(
    "suite_text",
    ["from shop.cart import _near\n", "assert cart._near(1) == 1\n", "pytest.raises(ValueError, cart._near, 1)\n"],
)
def test_a_private_function_that_tests_call_or_import_is_its_own_entry(target, suite_text):
    suite = Suite(texts={"tests/test_cart.py": suite_text})
    found = target(TEXT, ("_near", "return x"), suite=suite).entries
    assert [one.qualname for one in found] == ["_near", "public", "far"]


@pytest.mark.parametrize(
    "suite_text",
    [
        "# Should _near be public?\n",
        'def test_far():\n    """What _near gives."""\n',
        "cart._near = lambda x: x\n",
        "_near is no Python\n",
    ],
)
def test_a_private_function_that_tests_only_write_about_or_replace_is_none(target, suite_text):
    suite = Suite(texts={"tests/test_cart.py": suite_text})
    found = target(TEXT, ("_near", "return x"), suite=suite).entries
    assert [one.qualname for one in found] == ["public", "far"]


def test_an_entry_says_how_it_is_called(target):
    (entry,) = target(TEXT, ("_decorates.wrapper", "return f(*args)")).entries
    assert (entry.kind, [one.name for one in entry.parameters]) == ("function", ["a"])


def test_the_setter_of_a_property_is_another_function_than_its_getter(target):
    text = """class Cart:
    @property
    def size(self):
        return self._size
    @size.setter
    def size(self, value):
        self._size = value
"""
    for words, qualname, kind in (
        ("return self._size", "Cart.size", "property"),
        ("self._size = value", "Cart.size=", "setter"),
    ):
        (entry,) = target(text, ("Cart.size", words)).entries
        assert (entry.qualname, entry.kind) == (qualname, kind)


def test_functions_that_call_each_other_are_no_endless_loop(target):
    text = "def _a(x):\n    return _b(x)\ndef _b(x):\n    return _a(x)\ndef c(x):\n    return _b(x)\n"
    assert [one.qualname for one in target(text, ("_a", "return _b(x)")).entries] == ["c"]


def test_a_method_of_a_private_class_is_public_where_a_public_class_is_made_from_it(target):
    text = """\
class _Base:
    def __call__(self, x):
        return self._run(x)

class _Middle(_Base):
    pass

class Any(_Middle):
    def _run(self, x):
        return x

class _Loop(_Other):
    def go(self, x):
        return self._go(x)

    def _go(self, x):
        return x + 1

class _Other(_Loop):
    pass
"""
    assert [one.qualname for one in target(text, ("Any._run", "return x")).entries] == ["_Base.__call__"]
    entered = {3: ("tests/test_cart.py::test_run",)}
    assert target(text, ("_Loop._go", "return x + 1"), contexts=entered).entries == ()


def test_methods_reach_private_ones_of_their_base(target):
    text = """\
        class Base:
            def _step(self):
                return 1

        class Child(Base):
            def go(self):
                return self._step()

        class Other:
            def go(self):
                return self._step()
        """
    assert [one.qualname for one in target(text, ("Base._step", "return 1")).entries] == ["Child.go"]


def test_a_private_method_of_a_subclass_is_reached_through_its_generic_base(target):
    text = """\
        class Field(Generic[T]):
            def load(self, x):
                return self._load(x)

        class Number(Field[int]):
            def _load(self, x):
                return int(x)
        """
    assert [one.qualname for one in target(text, ("Number._load", "return int(x)")).entries] == ["Field.load"]


@pytest.mark.parametrize(
    "suite_text",
    ["class Mine(Cart):\n    def _near(self, x):\n        return super()._near(x)\n", "x = not_near\n"],
)
def test_tests_that_override_a_private_function_do_not_call_it(target, suite_text):
    suite = Suite(texts={"tests/test_cart.py": suite_text})
    found = target(TEXT, ("_near", "return x"), suite=suite).entries
    assert [one.qualname for one in found] == ["public", "far"]


MAKER = """
class Parser:
    def __init__(self, text):
        self._kind = self._of(text)

    def _of(self, text):
        return text.upper()

    def read(self, more):
        return self._kind + more

    def close(self):
        return None

def parse(text, more):
    return Parser(text).read(more)
"""


@pytest.mark.parametrize(
    ("qualname", "words"),
    [("Parser._of", "return text.upper()"), ("Parser.__init__", "self._kind = self._of(text)")],
)
def test_what_a_constructor_did_shows_in_what_uses_the_object(target, qualname, words):
    suite = Suite(texts={"tests/test_parser.py": "Parser('a').read('b')\n"})
    found = target(MAKER, (qualname, words), suite=suite).entries
    assert [one.qualname for one in found] == ["Parser.__init__", "parse", "Parser.read"]


@pytest.mark.parametrize(
    ("words", "is_named"),
    [("from shop import total\ntotal(1)\n", True), ("def test_total(): ...\n", False), ("", False)],
)
def test_an_entry_is_named_where_the_code_of_a_test_file_says_its_name(target, words, is_named):
    suite = Suite(texts={"tests/test_cart.py": words})
    (entry,) = target("def total(x):\n    return x\n", ("total", "return x"), suite=suite).entries
    assert entry.is_named is is_named


EXPORTING = """\
__all__ = ["expand", "Made"]

def expand(text):
    return Expander().scan(text) + helper(text)

class Expander:
    def scan(self, text):
        return text + "s"

    def __len__(self):
        return 1

class Base:
    def read(self):
        return 2

class Made(Base):
    pass

def helper(text):
    return text + "h"

def alone(text):
    return text + "a"
"""


@pytest.mark.parametrize(
    ("qualname", "words", "entry"),
    [
        ("Expander.scan", 'return text + "s"', "expand"),
        ("helper", 'return text + "h"', "expand"),
        ("Base.read", "return 2", "Base.read"),
        ("Expander.__len__", "return 1", "Expander.__len__"),
        ("alone", 'return text + "a"', "alone"),
    ],
)
def test_what_all_leaves_out_is_reached_through_what_is_in_it(target, qualname, words, entry):
    found = target(EXPORTING, (qualname, words), contexts=ENTERED).entries
    assert [one.qualname for one in found] == [entry]


def test_what_is_added_to_all_is_in_it(target):
    text = EXPORTING.replace('__all__ = ["expand", "Made"]', '__all__ = ["expand", "Made"]\n__all__ += ["helper"]')
    found = target(text, ("helper", 'return text + "h"'), contexts=ENTERED).entries
    assert [one.qualname for one in found] == ["helper"]


def test_what_all_leaves_out_and_tests_name_is_its_own_entry(target):
    suite = Suite(texts={"tests/test_expand.py": "from shop import Expander\nExpander().scan('a')\n"})
    found = target(EXPORTING, ("Expander.scan", 'return text + "s"'), contexts=ENTERED, suite=suite).entries
    assert [one.qualname for one in found] == ["Expander.scan"]


@pytest.mark.parametrize("exported", ["__all__ = names()", "__all__: list = []", "", "__all__ += others"])
def test_where_all_says_nothing_all_that_has_no_underscore_is_public(target, exported):
    text = EXPORTING.replace('__all__ = ["expand", "Made"]', exported)
    found = target(text, ("helper", 'return text + "h"'), contexts=ENTERED).entries
    assert [one.qualname for one in found] == ["helper"]


@pytest.mark.parametrize(
    ("bases", "kinds"),
    [("Base", ["hook"]), ("base.Base", ["hook"]), ("", []), ("object", []), ("Own", [])],
)
def test_a_private_method_that_nobody_calls_may_be_a_hook_of_a_base_from_elsewhere(target, bases, kinds):
    own = "class Own:\n    def run(self):\n        return 2\n"
    text = f"{own}\nclass Cart({bases}):\n    def _step(self):\n        return 1\n"
    found = target(text, ("Cart._step", "return 1"), contexts={3: ("tests/test_cart.py::test_own",)}).entries
    assert [(one.qualname, one.kind) for one in found] == [("Cart._step", kind) for kind in kinds]


def test_a_private_method_that_is_called_is_no_hook(target):
    run = "    def run(self):\n        return self._step()\n"
    text = f"class Cart(Base):\n{run}\n    def _step(self):\n        return 1\n"
    found = target(text, ("Cart._step", "return 1")).entries
    assert [(one.qualname, one.kind) for one in found] == [("Cart.run", "method")]
