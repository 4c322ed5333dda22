import pytest

from pytest_enrich.validate import minimal

CHAINED = """
    def test_a():
        with pytest.raises(ValueError):
            parse("x").fields[0]
    """


def shortened(code, holds, test_of, body):
    return body(minimal.reduce(test_of(code), lambda one: any(map(body(one).__contains__, holds))))[-1]


def test_what_stands_behind_the_call_that_raises_goes(test_of, body):
    assert shortened(CHAINED, ['parse("x")'], test_of, body) == 'parse("x")'


def test_where_a_later_call_raises_only_what_stands_behind_that_goes(test_of, body):
    code = CHAINED.replace(".fields[0]", ".all(1).names")
    holds = ['parse("x").all(1)', 'parse("x").all(1).names']
    assert shortened(code, holds, test_of, body) == 'parse("x").all(1)'


def test_a_name_that_nobody_reads_stays_with_its_call(test_of, body):
    code = CHAINED.replace("parse", "first = parse")
    assert shortened(code, ['first = parse("x")'], test_of, body) == 'first = parse("x")'


@pytest.mark.parametrize(
    "code",
    [
        CHAINED.replace(".fields[0]", ""),
        CHAINED.replace("pytest.raises(ValueError)", "patched()"),
        CHAINED + "        more()\n",
    ],
)
def test_all_else_is_left_alone(test_of, code):
    seen = []
    minimal.reduce(test_of(code, reduced=True), seen.append)
    assert seen == []
