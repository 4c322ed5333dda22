from __future__ import annotations

import pytest

PAIR = """
def {0}(value): ...
def {1}(value): ...
"""


@pytest.mark.parametrize(
    ("makes", "undoes"),
    [
        ("encode", "decode"),
        ("dumps", "loads"),
        ("format_price", "parse_price"),
        ("to_hex", "from_hex"),
        ("rgb_to_hsv", "hsv_to_rgb"),
        ("quote", "unquote"),
        ("b64encode", "b64decode"),
        ("compress", "decompress"),
        ("str2bytes", "bytes2str"),
        ("tojson", "fromjson"),
    ],
)
def test_what_one_makes_the_other_takes_apart(said, makes, undoes):
    assert said(PAIR.format(makes, undoes))[0] == f"{undoes}({makes}({{value}})) == {{value}}"


@pytest.mark.parametrize(
    ("one", "other"), [("encode", "encoding"), ("joint", "splitt"), ("decode", "redecode"), ("load", "loads")]
)
def test_names_that_only_look_alike_are_no_pair(said, one, other):
    assert said(PAIR.format(one, other)) == []


def test_what_both_need_is_given_to_both(said):
    source = "def encrypt(text, key): ...\ndef decrypt(text, key): ..."
    assert said(source) == ["decrypt(encrypt({text}, {key}), {key}) == {text}"]


def test_what_only_the_second_needs_makes_no_pair(said):
    assert said("def encrypt(text): ...\ndef decrypt(text, key): ...") == []


def test_an_object_is_written_and_read_back(said):
    source = """
    from dataclasses import dataclass

    @dataclass
    class Frame:
        size: int

        def __str__(self): ...

        @classmethod
        def parse(cls, text): ...
    """
    assert said(source) == ["parse(str({frame})) == {frame}"]


def test_methods_are_called_on_an_object(said):
    source = """
    class Codec:
        def encode(self, text): ...
        def decode(self, data): ...
    """
    assert said(source) == ["codec = Codec(); codec.decode(codec.encode({text})) == {text}"]


@pytest.mark.parametrize("name", ["normalize", "clean_title", "strip_marks", "slugify"])
def test_by_its_name_nothing_is_left_to_do(said, name):
    assert said(f"def {name}(text: str) -> str: ...") == [
        f"result = {name}({{text}}); {name}({{result}}) == {{result}}"
    ]


def test_the_docstring_says_that_nothing_is_left_to_do(said):
    assert said('def tidy(text):\n    """Tidy up. Idempotent."""') == [
        "result = tidy({text}); tidy({result}) == {result}"
    ]
    assert said('def tidy(text):\n    """Tidy up. Not idempotent."""') == []


def test_what_returns_nothing_is_not_done_twice(said):
    assert said("def normalize(text: str) -> None: ...") == []


@pytest.mark.parametrize(
    "source",
    [
        "def _encode(x): ...\ndef _decode(x): ...",
        "async def encode(x): ...\nasync def decode(x): ...",
        "def encode(x):\n    yield x\ndef decode(x):\n    yield x",
        "@contextmanager\ndef encode(x): ...\ndef decode(x): ...",
        "class _Inner:\n    def encode(self, x): ...\n    def decode(self, x): ...",
        "def encode(): ...\ndef decode(): ...",
        "def encode(a, b, c, d): ...\ndef decode(a): ...",
    ],
)
def test_what_a_test_would_not_call_just_so_has_no_law(said, source):
    assert said(source) == []


def test_only_laws_that_may_reach_the_function_are_found(said):
    source = """
    def encode(x):
        return _each(x)
    def decode(x): ...
    def _each(x):
        return _one(x)
    def _one(x): ...
    def other(x): ...
    """
    assert len(said(source, "_one")) == 1
    assert said(source, "other") == []


@pytest.mark.parametrize("call", ["open(name)", "Path(name).unlink()", "os.system(name)", "_write(name)"])
def test_what_touches_the_world_is_not_done_with_whatever_is_drawn(said, call):
    source = f"""
    def encode(name):
        return {call}
    def decode(data): ...
    def _write(name):
        Path(name).write_text("")
    """
    assert said(source) == []


def test_the_most_telling_comes_first(laws):
    source = """
    def normalize(x):
        return x
    def encode(x):
        return normalize(x)
    def decode(x):
        return normalize(x)
    """
    assert [law.name for law in laws(source, "normalize")] == [
        "decode_undoes_encode",
        "normalize_is_idempotent",
    ]
