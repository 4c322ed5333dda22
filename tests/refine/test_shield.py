import ast

import pytest

from pytest_enrich.refine.asserting import keeps_apart, replaces


@pytest.mark.parametrize(
    "code",
    [
        "monkeypatch.setattr(shop, 'load', fake)",
        "monkeypatch.setenv('HOME', '/')",
        "mail = mocker.patch('shop.mail')",
        "with patch('shop.mail'):\n    run()",
        "mock.patch.dict(os.environ, {})",
        "patcher.start()",
        "random.seed(1)",
        "seed(1)",
    ],
)
def test_what_stands_for_the_machine_keeps_a_test_apart_from_it(code):
    assert keeps_apart(ast.parse(code))


@pytest.mark.parametrize("code", ["setattr(cart, 'name', 1)", "cart.update(1)", "dict(a=1)", "x = Mock()"])
def test_what_only_sets_something_up_does_not(code):
    assert not keeps_apart(ast.parse(code))


def test_what_is_started_may_be_a_server_as_well():
    (started,) = ast.parse("server.start()").body
    assert keeps_apart(started)
    assert not replaces(started.value.func)
