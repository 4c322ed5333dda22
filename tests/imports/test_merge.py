import ast
import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich import imports
from pytest_enrich.errors import RefusedError


def merged(before, *statements):
    return imports.merge(before, statements)


def test_what_is_there_is_not_added():
    text = "import os\nimport datetime as dt\nfrom a import b as c, d\ntry:\n    import e\nexcept E:\n    e = 0\n"
    there = ["import os", "import datetime as dt", "from a import b as c", "from a import d", "import e"]

    assert merged(text, *there) == text


@pytest.mark.parametrize("text", ["from .fakes import a\n", "from . import a\n", "from tests.fakes import a\n"])
def test_a_relative_import_of_the_same_thing_counts(text):
    module = "tests" if " . " in text else "tests.fakes"

    assert merged(text, f"from {module} import a") == text
    assert merged(text, "from shop import b") != text


def test_a_relative_import_from_elsewhere_does_not_count():
    assert merged("from .fakes import a\n", "from shop import a") == "from shop import a\n\nfrom .fakes import a\n"


def test_another_name_for_the_same_thing_is_added():
    assert merged("import datetime as dt\n", "import datetime") == "import datetime\nimport datetime as dt\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from m import a, c\n", "from m import a, b, c\n"),
        ("from m import c\n", "from m import b, c\n"),
        ("from m import a\n", "from m import a, b\n"),
        ("from m import a  # noqa\n", "from m import a, b  # noqa\n"),
        ("from m import z, a\n", "from m import z, a, b\n"),
        ("from m import CONST, Name, a\n", "from m import CONST, Name, a, b\n"),
        ("from m import a, Name, z\n", "from m import a, b, Name, z\n"),
        ("from m import (a, c)\n", "from m import (a, b, c)\n"),
        ("from m import (\n    a,\n    c,\n)\n", "from m import (\n    a,\n    b,\n    c,\n)\n"),
        ("from m import (\n    a,  # why\n)\n", "from m import (\n    a,  # why\n    b,\n)\n"),
        ("from m import (\n    a\n)\n", "from m import (\n    a,\n    b\n)\n"),
        ("from m import (\n\ta,\n)\n", "from m import (\n\ta,\n\tb,\n)\n"),
        ("from m import (a,\n               c)\n", "from m import (a,\n               b,\n               c)\n"),
        ("from m import a, \\\n    c\n", "from m import a, \\\n    b, c\n"),
        ("import x; from m import a; y = 1\n", "import x; from m import a, b; y = 1\n"),
        ("from m import *\n", "from m import *\nfrom m import b\n"),
        ("from m import a as x\n", "from m import b\nfrom m import a as x\n"),
        ("ä = 'ä'; from m import a\n", "ä = 'ä'; from m import a, b\n"),
    ],
)
def test_a_name_joins_the_statement_of_its_module(before, after):
    assert merged(before, "from m import b") == after


def test_everything_of_a_module_is_imported_once():
    assert merged("import os\n", "from math import *") == "import os\nfrom math import *\n"
    assert merged("from math import *\n", "from math import *") == "from math import *\n"


def test_a_statement_that_grows_too_long_is_wrapped():
    before = f"from m import {'a' * 40}, {'c' * 40}\n"

    assert merged(before, "from m import b") == f"from m import (\n    {'a' * 40},\n    b,\n    {'c' * 40},\n)\n"


def test_a_renamed_name_gets_its_own_statement():
    assert merged("from m import a\n", "from m import b as c") == "from m import a\nfrom m import b as c\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "import pytest\n"),
        ('"""Doc."""\n', '"""Doc."""\n\nimport pytest\n'),
        ('"""Doc."""\n\n\ndef f(): ...\n', '"""Doc."""\n\nimport pytest\n\n\ndef f(): ...\n'),
        ('"""Doc."""\ndef f(): ...\n', '"""Doc."""\n\nimport pytest\n\n\ndef f(): ...\n'),
        ("def f(): ...\n", "import pytest\n\n\ndef f(): ...\n"),
        ("@mark\ndef f(): ...\n", "import pytest\n\n\n@mark\ndef f(): ...\n"),
        ("x = 1\n", "import pytest\n\nx = 1\n"),
        (
            "#!/bin/python\n# coding: latin-1\nx = 1\n",
            "#!/bin/python\n# coding: latin-1\nimport pytest\n\nx = 1\n",
        ),
        ("# licence\n\n# about x\nx = 1\n", "# licence\n\nimport pytest\n\n# about x\nx = 1\n"),
        ('# licence\n\n"""Doc."""\n', '# licence\n\n"""Doc."""\n\nimport pytest\n'),
        ("# only\n", "# only\n\nimport pytest\n"),
        ("import os\n\nx = 1\n", "import os\n\nimport pytest\n\nx = 1\n"),
        ("from shop import a\n\nx = 1\n", "import pytest\n\nfrom shop import a\n\nx = 1\n"),
        ("import os\n\nfrom shop import a\n", "import os\n\nimport pytest\n\nfrom shop import a\n"),
        ("import os\nfrom shop import a\n", "import os\nimport pytest\nfrom shop import a\n"),
        ("import hypothesis\nimport six\n", "import hypothesis\nimport pytest\nimport six\n"),
        ("from hypothesis import given\n", "import pytest\nfrom hypothesis import given\n"),
        (
            "from __future__ import annotations\n\nx = 1\n",
            "from __future__ import annotations\n\nimport pytest\n\nx = 1\n",
        ),
        ("# licence\nfrom shop import a\n", "# licence\nimport pytest\n\nfrom shop import a\n"),
        (
            "import os\n\n# ours\nfrom shop import a\n",
            "import os\n\nimport pytest\n\n# ours\nfrom shop import a\n",
        ),
    ],
)
def test_a_new_statement_stands_with_its_kin(before, after):
    assert merged(before, "import pytest") == after


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_line_endings_are_kept(ending):
    before = f"import os{ending}{ending}from m import ({ending}    a,{ending}){ending}"

    after = merged(before, "import sys", "from m import b")

    assert after == ending.join(["import os", "import sys", "", "from m import (", "    a,", "    b,", ")", ""])


def test_a_missing_last_line_ending_stays_missing():
    assert merged("import os", "import sys") == "import os\nimport sys"
    assert merged("x = 1", "import sys") == "import sys\n\nx = 1"


def test_a_byte_order_mark_stays_first():
    bom = codecs.BOM_UTF8.decode()

    assert merged(f"{bom}import os\n", "import io") == f"{bom}import io\nimport os\n"


def test_form_feeds_and_separators_in_strings_are_no_line_endings():
    before = "x = '\x0c\u2028'\n\x0cimport os\n"

    assert merged(before, "import sys") == before + "import sys\n"


def test_a_file_that_is_not_python_is_refused():
    with pytest.raises(RefusedError, match=r"test_a\.py has conflict markers"):
        imports.merge("<<<<<<< HEAD\nx\n=======\n>>>>>>> b\n", ["import os"], path="test_a.py")


MODULES = ["os", "re", "pytest", "six", "shop", "shop.cart", "stock"]
NAMES = ["a", "B", "CC", "long_name_" * 4, "other_name_" * 3]
STATEMENTS = st.one_of(
    st.builds("import {}".format, st.sampled_from(MODULES)),
    st.builds("from {} import {}".format, st.sampled_from(MODULES), st.sampled_from(NAMES)),
    st.builds(
        "from {} import {} as x{}".format, st.sampled_from(MODULES), st.sampled_from(NAMES), st.integers(0, 3)
    ),
)
HEADS = st.sampled_from(["", '"""Doc."""\n', "# licence\n", "from __future__ import annotations\n\n", "x = 0\n"])
TAILS = st.sampled_from(["", "x = 1\n", "\n\ndef f():\n    return 1\n", "\nclass A: ...", "# end"])


@st.composite
def files(draw, *, tidy=False):
    groups = draw(st.lists(st.lists(STATEMENTS, min_size=1, max_size=3), max_size=3))
    parts = [draw(HEADS), "\n".join("".join(f"{one}\n" for one in group) for group in groups), draw(TAILS)]
    text = "\n".join(part.strip("\n") + "\n" for part in parts if part) if tidy else "".join(parts)
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@given(files(), st.lists(STATEMENTS, unique=True))
def test_merging_adds_what_is_missing_and_nothing_twice(text, statements):
    once = imports.merge(text, statements)

    assert imports.merge(once, statements) == once
    assert repeated(once) == repeated(text)
    assert imports_of(once) == imports_of(text) | {one for single in statements for one in imports_of(single)}


@given(files(), st.lists(STATEMENTS, unique=True), st.randoms(use_true_random=False))
def test_merging_one_by_one_ends_the_same_in_any_order(text, statements, random):
    statements = conflict_free(text, statements)
    shuffled = random.sample(statements, len(statements))

    assert imports.merge(text, shuffled) == imports.merge(text, statements)


def conflict_free(text, statements):
    """Those that bind different names: which of two wins depends on their order, as it must."""
    names = {one: imports.read(one).taken for one in statements}
    counts = [name for one in statements for name in names[one]]
    taken = imports.read(text).taken
    return [one for one in statements if all(counts.count(name) == 1 and name not in taken for name in names[one])]


def imports_of(text):
    return {one for node in ast.parse(text).body for one in each(node)}


def each(node):
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield getattr(node, "module", None), alias.name, alias.asname


def count_of_imports(text):
    return sum(len(list(each(node))) for node in ast.parse(text).body)


def repeated(text):
    return count_of_imports(text) - len(imports_of(text))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from m import a, c as x\n", "from m import a, b, c as x\n"),
        ("from m import c as x\n", "from m import b\nfrom m import c as x\n"),
        (
            f"from m import a, {'c' * 40} as {'x' * 30}\n",
            f"from m import (\n    a,\n    b,\n    {'c' * 40} as {'x' * 30},\n)\n",
        ),
    ],
)
def test_a_name_goes_beside_others_that_keep_theirs(before, after):
    assert merged(before, "from m import b") == after
