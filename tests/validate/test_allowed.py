"""What a candidate may not name, however it spells it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NewTest, Origin, Placement, Target
from pytest_enrich.protocols import Task
from pytest_enrich.validate import check

PLACE = Placement(path="tests/test_new.py", new_file=True)
TASK = Task(
    target=Target(
        path="shop.py",
        qualname="price",
        module="shop",
        kind="function",
        first_line=1,
        source="",
        gaps=(),
        placement=PLACE,
        digest="",
    ),
    attempts=(),
    test_text="",
    seconds=1.0,
    executions=1,
    seed=0,
)


def fault(imports: tuple[str, ...], statement: str, text: str = "") -> str:
    candidate = NewTest(
        name="test_it",
        code=f"def test_it(value):\n    {statement}\n    assert value == 1\n",
        imports=imports,
        placement=PLACE,
        title="",
        look="",
        oracle=(),
        origin=Origin(proposer="fake"),
        gaps=(),
    )
    found = check.text(replace(TASK, test_text=text), candidate)
    return found.reason if found is not None and found.rung == "allowed" else ""


@pytest.mark.parametrize(
    ("imports", "statement"),
    [
        (("import os",), "os._exit(0)"),
        (("import os as o",), "o._exit(0)"),
        (("from os import _exit",), "_exit(0)"),
        (("from os import _exit as leave",), "leave(0)"),
        (("import os",), "getattr(os, '_exit')(0)"),
        (("import os",), "getattr(os, '_ex' + 'it')(0)"),
        (("import sys",), "setattr(sys, value, None)"),
        (("import sys",), "sys.modules['os']._exit(0)"),
        (("import sys",), "sys._getframe()"),
        ((), "value.__class__.__subclasses__()"),
        ((), "value.__globals__"),
        ((), "__builtins__['exec']('')"),
        ((), "value.f_back"),
        (("from operator import attrgetter",), "attrgetter('_exit')"),
        (("import importlib",), "importlib.import_module('ct' + 'ypes')"),
        (("import gc",), "gc.get_objects()"),
        (("from ctypes import CDLL",), "CDLL(None)"),
        (("import atexit",), "atexit.register(print)"),
        (("import os",), "o = os; o._exit(0)"),
        (("import os",), "o = os; o.environ"),
        (("import os",), "vars(os)['_exit'](0)"),
        (("import os",), "os.__dict__['_exit'](0)"),
        (("import os",), "[one for one in [os]]"),
        (("import os",), "(lambda o=os: o)()"),
        (("import os",), "print(o := os)"),
        (("import os",), "f'{os}'"),
        (("import os",), "value = (os, 1)"),
        (("import os",), "value.append(os)"),
        (("import os",), "match os:\n        case o: pass"),
        (("import os",), "class A: o = os"),
        (("import os",), "def f(o=os): return o._exit"),
        (("import os",), "def f(o):\n        return o._exit\n    f(os)"),
        ((), "__slots__ = ()"),
        ((), "class A:\n        __builtins__ = ()"),
        (("import os",), "str.__getattribute__(os, '_exit')"),
        (("import os.path as p",), "p.os._exit(0)"),
        (("import os.path as p",), "o = p"),
        (("import email.utils",), "email.utils.os.getcwd()"),
        (("from pathlib import os",), "os.getcwd()"),
        (("from shop import os as o",), "o.getcwd()"),
        (("import shop",), "shop.os._exit(0)"),
        (("import shop",), "shop.os.getpgrp()"),
        (("import shop",), "value = shop.sys"),
        (("import logging",), "logging.sys.exit()"),
        (("import unittest.mock",), "unittest.mock.builtins"),
        (("from dataclasses import sys",), "sys.argv"),
        (("import importlib",), "importlib.__import__('os')"),
        (("import importlib.util",), "importlib.util.find_spec('os')"),
        (("from operator import *",), "attrgetter('a')"),
        (("from os import *",), "_exit(0)"),
        (("import operator",), "operator.methodcaller('a')"),
        (("from functools import partial", "import os"), "partial(getattr, os)('_exit')"),
        ((), "get = getattr"),
        ((), "list(map(getattr, [value], ['_exit']))"),
        ((), "type(value).__globals__"),
        ((), "'{0.__globals__}'.format(value)"),
        ((), "'{0.__class__.__init__.__globals__[os]}'.format(value)"),
        ((), "globals()['os']"),
        ((), "vars()"),
        ((), "locals()"),
        ((), "print.__self__"),
        ((), "value.__init__.__globals__['os']"),
        ((), "value.gi_frame"),
        ((), "value.__reduce_special__"),
        ((), "__loader__.load_module('os')"),
        ((), "object.__subclasses__()"),
        (("import inspect",), "inspect.getmembers(value)"),
        (("import traceback",), "traceback.walk_stack(None)"),
        (("import string",), "string.Formatter().get_field('0.a', value, {})"),
        (("import pickle",), "pickle.loads(b'cos\\n_exit\\n.')"),
        (("import types",), "types.CodeType"),
        (("import pdb",), "pdb.run('1')"),
        (("import threading",), "threading.settrace(print)"),
        (("import json",), "json.dumps = print"),
        (("import json",), "json.JSONEncoder.encode = print"),
        (("from json import JSONEncoder",), "JSONEncoder.encode = print"),
        (("import json",), "del json.dumps"),
        (("import json",), "setattr(json, 'dumps', print)"),
        (("import json",), "value.setattr(json, 'dumps', print)"),
        (("import json",), "value.setattr(json.JSONEncoder, 'encode', print)"),
        ((), "value.setattr('json.dumps', print)"),
        ((), "value.setattr('js' + 'on.dumps', print)"),
        (("from unittest.mock import patch",), "patch('json.dumps')"),
        (("from unittest.mock import patch",), "patch('js' + 'on.dumps')"),
        (("from unittest.mock import patch", "import json"), "patch.object(json, 'dumps')"),
        (("from unittest.mock import patch",), "patch('_pytest.runner.call_and_report')"),
        (("from unittest.mock import patch",), "patch('builtins.AssertionError')"),
        (("import time",), "time.monotonic = lambda: 0"),
        (("import time",), "time.clock: int = 3"),
        (("import sys",), "for sys.stdout in []: pass"),
        (("import sys",), "with value as sys.stdout: pass"),
        (("import os",), "os.sep += 'x'"),
        (("import pluggy",), "pluggy.HookimplMarker"),
        (("from six.moves import builtins",), "builtins.open"),
        (("import pytest",), "pytest.main([])"),
        (("import numpy",), "numpy.sys._getframe()"),
    ],
)
def test_ways_to_what_runs_the_test_are_refused(imports, statement):
    assert fault(imports, statement)


@pytest.mark.parametrize(
    ("imports", "statement"),
    [
        (("import os",), "os.environ['A'] = os.path.join('a', 'b')"),
        ((), "assert getattr(value, 'real') == hasattr(value, 'imag')"),
        (("from os import path",), "path.exists('a')"),
        (("import importlib", "import shop"), "importlib.reload(shop)"),
        ((), "assert value.__dict__ == {} and value.__class__.__name__"),
        (("import os",), "os.getcwd() + os.sep"),
        (("import sys",), "sys.argv[1:]"),
        (("import sys",), "value.setattr(sys, 'argv', ['x'])"),
        (("import time",), "value.setattr(time, 'sleep', lambda _: None)"),
        ((), "value.setattr('time.time', lambda: 0)"),
        ((), "value.setattr('builtins.input', lambda _: 'y')"),
        (("from unittest.mock import patch",), "patch('shop.cart.subprocess.run')"),
        (("from unittest.mock import patch",), "patch('shop.cart.json.load')"),
        (("from unittest.mock import patch", "import shop"), "patch.object(shop, 'load', return_value=3)"),
        (("import shop",), "value.setattr(shop, 'LIMIT', 3)"),
        (("import shop",), "shop.LIMIT = 3"),
        (("import shop.cart",), "shop.cart.os.getcwd()"),
        (("from datetime import datetime, time, timezone",), "datetime.now(timezone.utc) > time(1, 2)"),
        (("import datetime",), "datetime.time(1, 2)"),
        (("import time",), "time.time()"),
        (("from copy import copy",), "copy(value)"),
        (("import collections.abc",), "isinstance(value, collections.abc.Mapping)"),
        (("import asyncio",), "asyncio.run(value)"),
        (("import pickle",), "pickle.loads(pickle.dumps(value))"),
        (("from shop import inspect",), "inspect(value)"),
        (("import numpy as np",), "np.testing.assert_allclose(value, 0)"),
        (("from helpers import make_cart",), "make_cart()"),
        (("from .conftest import make_cart",), "make_cart()"),
        ((), "vars(value) == {}"),
        ((), "'{0.name}'.format(value)"),
        ((), "time = value.time; assert value(time) == time.hour"),
        (("import inspect",), "inspect.signature(value)"),
        ((), "class A:\n        __slots__ = ('a',)\n        __hash__ = None"),
        ((), "value.setattr('sys.gettrace', lambda: None)"),
        (("import os as a",), "class A:\n        def __init__(self, a):\n            self.a = a"),
    ],
)
def test_what_honest_tests_do_is_not(imports, statement):
    assert fault(imports, statement) == ""


SAYS = """
import gc
import json
import os
import subprocess
import zlib
from unittest.mock import patch

NAME = "shop"


def test_it(value, name):
    json.dumps = print
    os.getpgrp()
    subprocess.run(["ls"])
    getattr(value, name)
    patch(f"{NAME}.load")
    value.register(os)
    zlib.crc32(b"")
    value.__odd__
"""


@pytest.mark.parametrize(
    "statement",
    [
        "os.getpgrp()",
        "subprocess.run(['pwd'])",
        "getattr(value, name)",
        "patch(f'{NAME}.load')",
        "value.register(os)",
        "zlib.crc32(b'')",
        "value.__odd__",
    ],
)
def test_what_the_file_says_already_may_be_said_again(statement):
    assert fault((), statement, SAYS) == ""
    assert fault(("import os, zlib, subprocess", "from unittest.mock import patch"), statement, "")


@pytest.mark.parametrize(
    "statement", ["os.getsid()", "subprocess.Popen('x')", "getattr(value, other)", "o = os", "json.loads = print"]
)
def test_but_nothing_else(statement):
    assert fault((), statement, SAYS)


def test_a_name_that_the_test_has_for_itself_is_no_module():
    text = "import time\nimport os\n"
    assert fault((), "time = value(); value(time)", text) == ""
    assert fault((), "value(lambda os=os: os)", text)
    assert fault((), "[value(os) for os in [os]]", text)
