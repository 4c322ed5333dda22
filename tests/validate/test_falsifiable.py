"""Which assertions could fail, as far as reading tells."""

from __future__ import annotations

import ast
import textwrap

import pytest

from pytest_enrich.validate import check


def asserts(body: str, given: str = "") -> bool:
    (function,) = ast.parse(f"def test_it({given}):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n").body
    assert isinstance(function, ast.FunctionDef)
    return check.asserts(function)


@pytest.mark.parametrize(
    "body",
    [
        "assert True or f()",
        "assert f() or True",
        "assert f() is not None or True",
        "assert (f(), 'message')",
        "assert [f()]",
        "assert f'result: {f()}'",
        "assert not f() or f()",
        "x = f()\nassert x == x",
        "x = f()\nassert x == 1 or x != 1",
        "x = f()\nassert x < 1 or x >= 1",
        "assert f() == f()",
        "f()\nassert 1 == 1",
        "x = f()\nassert len(x) >= 0",
        "assert (lambda: f())",
        "assert (x for x in f())",
        "try:\n    assert f() == 1\nexcept AssertionError:\n    pass",
        "try:\n    assert f() == 1\nexcept:\n    pass",
        "try:\n    assert f() == 1\nexcept (ValueError, Exception):\n    print('no')",
        "with suppress(AssertionError):\n    assert f() == 1",
        "with pytest.raises(BaseException):\n    f()\n    assert False",
        "with pytest.raises(Exception):\n    raise ValueError\nf()",
        "with pytest.raises(ZeroDivisionError):\n    1 / 0\nf()",
        "f()\nreturn\nassert f() == 1",
        "self.assertTrue(True or f())",
        "self.assertEqual(f(), f())",
        "self.assertEqual(1, 1)",
    ],
)
def test_this_cannot_fail(body):
    assert not asserts(body, "self" if "self." in body else "")


@pytest.mark.parametrize(
    "body",
    [
        "assert f() == 1",
        "assert f()",
        "assert not f()",
        "assert f() or g()",
        "assert f() is f()",
        "assert Point(1) == Point(1)",
        "assert f(1) == f(2)",
        "assert {Point(1)} == {Point(1)}",
        "x = f()\nassert x",
        "x, *rest = f()\nassert rest == []",
        "assert LIMIT == 3",
        "assert config.DEBUG",
        "assert Color.RED.value == 1",
        "with pytest.raises(Exception):\n    f()",
        "with pytest.raises(ValueError) as caught:\n    f()\nassert str(caught.value) == 'x'",
        "with pytest.warns(UserWarning):\n    f()",
        "pytest.raises(ValueError, f, 1)",
        "calls = []\nf(calls.append)\nassert calls == [1]",
        "calls = []\ndef fake(x):\n    calls.append(x)\nmonkeypatch.setattr(g, 'f', fake)\nassert calls == [1]",
        "class One(Base):\n    pass\nassert One().name == 'one'",
        "def run():\n    return f()\nassert run() == 1",
        "self.assertParses('x', 'y')",
        "assert_parses('x')",
        "class One(Base):\n    def visit(self, node):\n        assert node.x == 1\nf(One())",
        "with pytest.raises(Exception, match='x'):\n    assert f() == 1",
        "with pytest.raises(ImportError):\n    import shop",
        "with pytest.raises(KeyError), f():\n    raise KeyError",
        "m = Mock()\nf(m)\nm.assert_called_once_with(1)",
        "with patch('shop.f') as m:\n    f()\nm.assert_called_once()",
        "try:\n    f()\nexcept ValueError as error:\n    assert str(error) == 'x'\nelse:\n    assert False",
        "try:\n    f()\nexcept Exception:\n    pytest.fail('no')\nassert f() == 1",
        "try:\n    assert f() == 1\nexcept AssertionError:\n    raise",
        "for x in [1, 2]:\n    assert f(x)",
        "async def run():\n    assert await f() == 1\nasyncio.run(run())",
        "x = [f(one) for one in [1, 2]]\nassert x == [1, 2]",
        "path = Path('x')\nf(path)\nassert path.read_text() == 'x'",
        "assert sorted(f()) == [1]",
        "assert len(f()) > 0",
        "assert next(f()) is not None",
        "if f():\n    assert g() == 1",
        "np.testing.assert_allclose(f(), 0)",
        "assert_equal(f(), 1)",
        "result = pytest.raises(ValueError, f)",
        "self.assertRaises(ValueError, f, 1)",
        "with self.assertRaises(ValueError):\n    f()",
        "self.assertEqual(f(), 1)",
        "self.assertFalse(f())",
        "self.check(f())\nself.assertIsNone(self.cart.item)",
        "values = []\nvalues.append(f())\nassert values == [1]",
        "seen = {}\nseen.update(a=f())\nassert seen == {'a': 1}",
    ],
)
def test_this_can(body):
    given = "self" if "self." in body else "monkeypatch" if "monkeypatch" in body else ""
    assert asserts(body, given)
