"""What a test may name of Python and of pytest: the words of an allowlist, and what is refused beyond it."""

from __future__ import annotations

import functools
import importlib
import re
import sys
from types import ModuleType

HARMLESS = frozenset(
    """
    __future__ abc argparse array ast asyncio base64 binascii bisect bz2 calendar cmath collections
    collections.abc colorsys concurrent.futures configparser contextlib contextvars copy csv dataclasses
    datetime decimal difflib email email.message email.mime.multipart email.mime.text email.policy email.utils
    enum errno filecmp fnmatch fractions functools getpass glob graphlib gzip hashlib heapq hmac html http
    http.client http.cookies importlib.metadata importlib.resources io ipaddress itertools json json.decoder
    keyword locale logging logging.handlers lzma math mimetypes numbers operator optparse os.path pathlib
    platform posixpath ntpath pprint queue random re reprlib secrets shlex shutil sqlite3 stat statistics
    string struct tarfile tempfile textwrap threading time token tokenize traceback types typing unicodedata
    unittest unittest.mock urllib urllib.error urllib.parse urllib.request uuid warnings weakref
    xml.dom.minidom xml.etree.ElementTree zipfile zlib zoneinfo concurrent xml xml.etree xml.dom email.mime
    html.parser html.entities asyncio.exceptions unittest.case wsgiref wsgiref.util sched copyreg sysconfig
    """.split()  # noqa: SIM905 - a hundred words are easier to read this way
)
"""Modules whose public names may all be used, except those that are `FORBIDDEN` and other modules."""

LIMITED: dict[str, frozenset[str]] = {
    module: frozenset(names.split())
    for module, names in {
        "os": "DirEntry F_OK PathLike R_OK W_OK X_OK access altsep chdir chmod cpu_count curdir devnull "
        "environ environb error extsep fsdecode fsencode fspath get_terminal_size getcwd getcwdb getenv "
        "getlogin getpid getuid linesep link listdir lstat makedirs mkdir mkfifo name pardir path "
        "pathsep putenv readlink remove removedirs rename renames replace rmdir scandir sep stat "
        "stat_result strerror symlink sysconf terminal_size truncate umask uname unlink unsetenv urandom "
        "utime walk",
        "sys": "argv builtin_module_names byteorder dont_write_bytecode exc_info executable flags float_info "
        "getdefaultencoding getfilesystemencoding getrecursionlimit getrefcount getsizeof hash_info "
        "hexversion implementation int_info intern maxsize maxunicode path platform prefix ps1 "
        "set_int_max_str_digits setrecursionlimit stderr stdin stdlib_module_names stdout version "
        "version_info",
        "inspect": "Parameter Signature cleandoc getdoc isabstract isasyncgen isasyncgenfunction isawaitable "
        "isbuiltin isclass iscoroutine iscoroutinefunction isfunction isgenerator isgeneratorfunction "
        "ismethod ismodule isroutine signature",
        "importlib": "metadata reload resources",
        "pickle": "DEFAULT_PROTOCOL HIGHEST_PROTOCOL PickleError PicklingError UnpicklingError dumps loads",
        "pytest": "CaptureFixture ExceptionInfo FixtureRequest LogCaptureFixture MonkeyPatch Pytester RaisesExc "
        "RaisesGroup TempPathFactory WarningsRecorder approx deprecated_call fail fixture mark param "
        "raises warns UsageError",
    }.items()
}
"""Modules of which only these names may be used."""

FORBIDDEN = frozenset(
    {
        "__builtins__", "__import__", "breakpoint", "compile", "eval", "exec", "exit", "globals",
        "help", "input", "locals", "quit", "asyncio.create_subprocess_exec",
        "asyncio.create_subprocess_shell", "concurrent.futures.ProcessPoolExecutor",
        "importlib.import_module", "inspect.currentframe", "inspect.getmembers", "inspect.stack",
        "inspect.trace", "logging.currentframe", "operator.attrgetter", "operator.methodcaller",
        "os.abort", "os.execv", "os.fork", "os.kill", "os.killpg", "os.popen", "os.system",
        "os._exit", "os.write", "pytest.exit", "pytest.importorskip", "pytest.main", "pytest.skip",
        "pytest.xfail", "signal.signal", "string.Formatter", "sys.addaudithook", "sys.exit",
        "sys.meta_path", "sys.modules", "sys.monitoring", "sys.setprofile", "sys.settrace",
        "sys._current_frames", "sys._getframe", "threading.setprofile",
        "threading.setprofile_all_threads", "threading.settrace", "threading.settrace_all_threads",
        "timeit.repeat", "timeit.timeit", "timeit.Timer", "traceback.walk_stack",
        "traceback.walk_tb", "types.CodeType", "types.FrameType", "typing.ForwardRef",
        "unittest.main", "unittest.skip",
    }
)  # fmt: skip
"""What no honest test of a team's code needs, and what could make a run lie about itself."""
FORBIDDEN_MODULES = frozenset(
    {
        "_pytest", "atexit", "builtins", "coverage", "ctypes", "gc", "multiprocessing",
        "pytest_enrich", "runpy", "socket", "subprocess",
    }
)  # fmt: skip
UNWANTED = frozenset({"cffi", "execnet", "pluggy", "psutil", "pytest_cov", "six", "xdist"})
"""Packages that tests may use only where they already do."""
HIDDEN = frozenset({"builtins", "ctypes", "gc", "importlib", "os", "posix", "subprocess", "sys"})
"""Modules that are looked for behind others that have imported them."""
INNER = frozenset(
    {
        "__builtins__", "__closure__", "__code__", "__getattribute__", "__globals__", "__import__",
        "__loader__", "__self__", "__spec__", "__subclasses__", "__traceback__", "_current_frames",
        "_exit", "_getframe", "ag_frame", "cr_frame", "enable_load_extension", "f_back",
        "f_builtins", "f_code", "f_globals", "f_locals", "gi_code", "gi_frame", "load_extension",
        "pluginmanager", "tb_frame",
    }
)  # fmt: skip
"""Attributes through which code reaches what runs it."""
DUNDERS = re.compile(
    r"__(class|dict|doc|file|module|name|qualname|version|all|slots|annotations|mro|bases|cause|context|notes|args|"
    r"origin|wrapped|func|members|match_args|fields|post_init|init_subclass|class_getitem|set_name|suppress_context|"
    r"(a?(enter|exit|iter))|a?next|await|init|new|del|call|len|length_hint|bool|hash|repr|str|bytes|format|sizeof|dir|"
    r"[gs]et|delete|(get|set|del)(item|attr|state)|missing|contains|reversed|copy|deepcopy|reduce|reduce_ex|"
    r"getnewargs|fspath|index|int|float|complex|round|trunc|floor|ceil|eq|ne|lt|le|gt|ge|"
    r"[ri]?(add|sub|mul|matmul|truediv|floordiv|mod|divmod|pow|lshift|rshift|and|xor|or)|neg|pos|abs|invert|"
    r"instancecheck|subclasscheck|subclasshook|prepare|dataclass_fields|dataclass_params|attrs_attrs|html|rich)__"
)
"""Special attributes that tests of classes look at."""
NAMES = frozenset({"__class__", "__debug__", "__doc__", "__file__", "__name__"})
OF_MODULES = frozenset({"__all__", "__doc__", "__file__", "__name__", "__version__"})
REPLACEABLE = frozenset({"builtins.input", "builtins.open", "builtins.print", "sys.gettrace"})
FIXED = frozenset(
    {
        "abc", "ast", "collections", "contextlib", "copy", "dataclasses", "enum", "functools",
        "importlib", "inspect", "io", "itertools", "json", "operator", "pickle", "pytest", "re",
        "struct", "threading", "traceback", "types", "typing", "unittest", "warnings",
    }
)  # fmt: skip
"""Modules of which a test may replace no part: what runs the test may need it."""


def is_harmless(name: str) -> bool:
    """Whether a full name of the standard library, or of pytest, is on the list; a listed module by itself is."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        module = ".".join(parts[:size])
        if module in HARMLESS or module in LIMITED:
            return size == len(parts) or _has(module, parts[size])
    return False


def _has(module: str, name: str) -> bool:
    if module in LIMITED and module not in HARMLESS:
        return name in LIMITED[module]
    return (not name.startswith("_") or name in OF_MODULES) and not isinstance(
        _parts(module).get(name), ModuleType
    )


@functools.cache
def _parts(module: str) -> dict[str, object]:
    """What is in a listed module; nothing where it cannot be imported."""
    try:
        return vars(importlib.import_module(module))
    except ImportError:
        return {}


def is_of_python(name: str) -> bool:
    """Whether a full name begins with a module of the standard library, or is pytest's."""
    return name.partition(".")[0] in {*sys.stdlib_module_names, "pytest"}
