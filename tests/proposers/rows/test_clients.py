"""Tests that go through a client, a helper or a stand-in: what may vary in them, and what is written of that."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Parameter, Sighting, Vary
from tests.proposers.rows.conftest import variant

SOURCE = """
def discount(request, coupon=None):
    if request.method == "POST" and coupon:
        return request.GET.get("code")
    return 0
"""
CLIENT = """
    def test_discount(client):
        response = client.get("/discount/?page=2")

        assert response.status_code == 200
        assert response.json()["total"] == 3
        assert response.json()["items"] == 1
    """
HANDLER = """
    import httpx

    from shop.cart import discount


    def shop(handler):
        return httpx.Client(transport=httpx.MockTransport(handler))


    def test_discount():
        def answer(request):
            assert request.url.path == "/prices"
            return httpx.Response(200, json={"price": 3})

        assert discount(shop(answer)) == 3
    """
FIXTURE = """
    from shop.cart import Cart


    def test_discount(cart: Cart):
        assert cart.discount(3) == 3
    """
LAMBDA = """
    from shop.cart import discount


    def test_discount():
        assert discount(lambda code: {"a": 1}) == 3
    """


def holes_of(sandbox):
    return sandbox.asked(Vary)[0].patterns[0].holes


def seen(*sightings):
    return tuple(Sighting(point=at, **one) for at, one in enumerate(sightings))


@pytest.mark.parametrize(
    ("text", "values"), [(HANDLER, ["200", '{"price": 3}']), (LAMBDA, ['{"a": 1}'])], ids=["handler", "lambda"]
)
def test_what_a_function_in_a_test_gives_varies(rows, text, values):
    _, sandbox = rows(text)
    assert [one.values[0] for one in holes_of(sandbox) if not one.adds] == values


def test_a_handler_that_asserts_something_stays_whole_in_a_test_of_what_was_raised(rows):
    raised = variant("404", raised="⟨builtins:ValueError⟩", message="no price", line=15)
    (made,), _ = rows(HANDLER, raised)
    assert made.code.splitlines()[1:] == [
        "    def answer(request):",
        '        assert request.url.path == "/prices"',
        '        return httpx.Response(404, json={"price": 3})',
        "",
        '    with pytest.raises(ValueError, match="no price"):',
        "        discount(shop(answer))",
    ]


def test_of_two_calls_that_one_is_expected_to_raise_which_is_made_of_more_than_literals(rows):
    text = HANDLER.replace("discount(shop(answer)) == 3", "shop(answer).discount('A') == Price(3, 'EUR')")
    (made,), _ = rows(text, variant("404", raised="⟨builtins:ValueError⟩", message="no price", line=15))
    assert made.code.splitlines()[-1] == "        shop(answer).discount('A')"


def test_a_constant_of_the_file_that_is_passed_varies(rows):
    text = LAMBDA.replace("def test", "TOTAL = 9\n\n\n    def test").replace('lambda code: {"a": 1}', "TOTAL")
    (made,), sandbox = rows(text, variant("-1", seen=("0",)))
    assert holes_of(sandbox)[0].values == ("9",)
    assert made.code.splitlines()[1:] == ["    assert discount(-1) == 0"]


def test_a_path_may_ask_for_what_the_code_takes(rows):
    _, sandbox = rows(CLIENT, source=SOURCE)
    offers = holes_of(sandbox)[0].offers
    assert {"'/discount/?coupon=a'", "'/discount/?code=1'"} <= {*offers}


@pytest.mark.parametrize("constants", [("'POST'",), ()])
def test_a_client_may_ask_by_another_method_that_the_code_knows(rows, constants):
    _, sandbox = rows(CLIENT, source=SOURCE, constants=constants)
    (place,) = [one for one in holes_of(sandbox) if one.adds == ":"] or [None]
    assert (place.offers if place else ()) == (("'post'",) if constants else ())


def test_another_method_is_written_in_the_place_of_the_first(rows):
    _, sandbox = rows(CLIENT, source=SOURCE, constants=("'POST'",))
    at = next(at for at, one in enumerate(holes_of(sandbox)) if one.adds == ":")
    found = variant(values=((at, "'post'"),), seen=("201", "3", "1"))
    (made,), _ = rows(CLIENT, found, source=SOURCE, constants=("'POST'",))
    assert made.code.splitlines()[1] == '    response = client.post("/discount/?page=2")'


@pytest.mark.parametrize("told", ["'post().close'", "'put'", "post"])
def test_a_method_that_was_not_offered_is_not_believed(rows, told):
    _, sandbox = rows(CLIENT, source=SOURCE, constants=("'POST'",))
    at = next(at for at, one in enumerate(holes_of(sandbox)) if one.adds == ":")
    found = variant(values=((at, told),), seen=("201", "3", "1"))
    assert rows(CLIENT, found, source=SOURCE, constants=("'POST'",))[0] == []


def test_a_whole_that_is_no_expression_is_not_believed(rows):
    looked = seen({"value": "200"}, {"value": "3", "whole": "{}; exit()"}, {"value": "1"})
    assert rows(CLIENT, replace(variant("'/discount/'"), seen=looked))[0] == []


def test_the_whole_of_a_path_of_keys_is_what_the_first_is_in(rows):
    text = CLIENT.replace('["items"]', '["items"]["all"]')
    missed = {"value": "{'error': 'no code'}", "missed": True}
    answered = seen({"value": "400"}, {"value": "", "missed": True}, missed)
    found = replace(variant("'/discount/?page=x'"), seen=answered)
    (made,), _ = rows(text, found)
    assert made.code.splitlines()[-1].replace("'", '"') == '    assert response.json() == {"error": "no code"}'


@pytest.mark.parametrize(
    ("whole", "stated"),
    [
        ("{'error': 'no code'}", ['    assert response.json() == {"error": "no code"}']),
        ("", []),
        (repr({"error": "x" * 100}), []),
    ],
)
def test_where_a_key_is_missing_the_whole_is_asserted_once_or_nothing_of_it(rows, whole, stated):
    missed = {"value": whole, "missed": True}
    found = variant("'/discount/?page=x'")
    (made,), _ = rows(CLIENT, replace(found, seen=seen({"value": "400"}, missed, missed)))
    lines = [line.replace("'", '"') for line in made.code.splitlines()]
    assert lines[3:] == ["    assert response.status_code == 400", *stated]


@pytest.mark.parametrize(
    ("text", "qualname", "is_spare"),
    [
        (CLIENT, "discount", False),
        (HANDLER, "discount", False),
        (FIXTURE, "Cart.discount", False),
        (FIXTURE.replace("cart.", "Cart()."), "Cart.discount", True),
        (LAMBDA, "discount", True),
    ],
    ids=["through a client", "through a helper of the file", "on what a fixture gives", "on its own", "direct"],
)
def test_a_test_through_something_else_comes_before_a_direct_call(rows, text, qualname, is_spare):
    sandbox = rows(text, qualname=qualname, entries=())[1]
    points = len(sandbox.asked(Vary)[0].patterns[0].points)
    (made,), _ = rows(text, variant("400", seen=["5"] * points), qualname=qualname, entries=())
    assert made.origin.spare == is_spare


@pytest.mark.parametrize(
    ("status", "stated"),
    [
        ("200", ['    assert response.json() == {"total": 3, "items": 1, "page": 3}']),
        ("201", ['    assert response.json()["total"] == 3', '    assert response.json()["items"] == 1']),
    ],
)
def test_where_a_test_would_see_nothing_new_it_looks_at_the_whole(rows, status, stated):
    whole = "{'total': 3, 'items': 1, 'page': 3}"
    looked = {"value": "3", "whole": whole}, {"value": "1", "whole": whole}
    found = replace(variant("'/discount/?page=3'"), seen=seen({"value": status}, *looked))
    (made,), _ = rows(CLIENT, found)
    lines = [line.replace("'", '"') for line in made.code.splitlines()]
    assert lines[-1 - len(stated) :] == [f"    assert response.status_code == {status}", *stated]


POSTING = """
    def test_discount(client):
        response = client.post("/discount/", json={"code": "abc", "size": 2})

        assert response.status_code == 200
    """


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("{'code': 'abc'}", "test_discount_without_size"),
        ("{'code': 'abc', 'size': 2, 'lang': 'fr'}", "test_discount_with_fr_lang"),
        ("{'code': 'abc', 'size': -1}", "test_discount_with_negative_size"),
        ("{'code': 'abc', 'size': 3}", "test_discount_with_size"),
        ("{'code': '', 'size': 3}", "test_discount_bad_request"),
    ],
)
def test_a_test_beside_is_named_by_the_key_that_changed(fakes, rows, value, name):
    gaps = (replace(fakes.gap(), text="if problems:"),)
    _, sandbox = rows(POSTING)
    at = next(at for at, one in enumerate(holes_of(sandbox)) if one.values[:1] == ('{"code": "abc", "size": 2}',))
    (made,), _ = rows(POSTING, variant(values=((at, value),), seen=("400",)), gaps=gaps)
    assert made.name == name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("'/discount/?page=3'", "test_discount_with_page"),
        ("'/discount/?page='", "test_discount_with_empty_page"),
        ("'/discount/'", "test_discount_without_page"),
        ("'/discount/?code=abc'", "test_discount_with_abc_code"),
        ("'/discount/9/?page=3'", "test_discount_bad_request"),
    ],
)
def test_a_test_beside_is_named_by_what_the_query_asks_otherwise(fakes, rows, value, name):
    gaps = (replace(fakes.gap(), text="if problems:"),)
    text = CLIENT.replace("def test_discount", "def test_all")
    (made,), _ = rows(text, variant(value, seen=("400", "3", "1")), names=("test_all",), gaps=gaps)
    assert made.name == name


SENT = """
    def test_discount(client):
        client.post("/discount/", json={"code": "abc"})

        assert client.get("/discount/").status_code == 200
    """


@pytest.mark.parametrize(("status", "made"), [("404", 0), ("201", 1)])
def test_what_is_refused_later_is_no_test_of_what_a_step_sent(rows, status, made):
    _, sandbox = rows(SENT)
    at = next(at for at, one in enumerate(holes_of(sandbox)) if one.values[:1] == ('{"code": "abc"}',))
    assert len(rows(SENT, variant(values=((at, "{'code': ''}"),), seen=(status,)))[0]) == made


THROUGH = """
    from shop.pipes import capture


    def test_a_member_pays():
        assert capture("cat") == "a"
    """


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (THROUGH, "test_capture"),
        (THROUGH.replace("from shop.pipes import capture", "def capture(text): ..."), "test_discount"),
        (THROUGH.replace('"cat"', '"cat discount"'), "test_discount"),
    ],
    ids=["imported", "of the file", "the target is spoken of"],
)
def test_a_test_that_comes_to_the_target_through_what_is_imported_is_named_by_that(rows, text, start):
    (made,), _ = rows(text, variant("'dog'", seen=("'b'",)), names=("test_a_member_pays",))
    assert made.name.startswith(start)


def test_so_it_is_where_what_changed_is_a_parameter_of_the_test(rows):
    text = """
        import pytest
        from shop.pipes import capture


        @pytest.mark.parametrize("animal", ["cat"])
        def test_a_member_pays(animal):
            assert capture(animal)
        """
    raised = variant("'dog'", raised="⟨builtins:ValueError⟩", line=7)
    (made,), _ = rows(text, raised, names=("test_a_member_pays",))
    assert made.name.startswith("test_capture")


def test_what_is_asserted_where_an_exception_is_handled_is_no_assertion(rows):
    text = """
        def test_discount():
            try:
                discount("cat")
            except ValueError as error:
                assert error.args == (1,)
        """
    assert rows(text, variant("'dog'", seen=("(2,)",)))[0] == []


SENTENCE = """
    from shop.cart import discount


    def test_a_member_pays_less(shop):
        assert shop.charge(10) == 9
    """


@pytest.mark.parametrize(
    ("qualname", "name"),
    [("Cart.charge", "test_charge_rejects_unknown_member"), ("_charged", "test_charge_rejects_unknown_member")],
)
def test_what_is_refused_is_not_called_what_the_test_beside_it_says_is_done(rows, qualname, name):
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="no member 'ann'", line=5)
    (made,), _ = rows(SENTENCE, raised, names=("test_a_member_pays_less",), qualname=qualname, entries=())
    assert made.name == name


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("shop.charge(10)", "test_charge_rejects_unknown_member"),
        ("shop.get(10)", "test_published_rejects_unknown_member"),
        ("shop.till.charge(10)", "test_published_rejects_unknown_member"),
    ],
    ids=["what a fixture does", "what a client sends", "what is in a fixture"],
)
def test_what_is_refused_is_named_by_what_a_fixture_does_unless_it_is_a_client(rows, call, name):
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="no member 'ann'", line=5)
    told = {"qualname": "Cart.published", "neighbours": (), "entries": ()}
    text = SENTENCE.replace("shop.charge(10)", call)
    (made,), _ = rows(text, raised, names=("test_a_member_pays_less",), **told)
    assert made.name == name


@pytest.mark.parametrize(
    "lines",
    [["till = Till(3)", "assert till.charge(10) == 9"], ["assert Till(3).charge(10) == 9"]],
    ids=["a variable", "made in place"],
)
def test_what_is_refused_is_named_by_what_is_called_of_an_object_of_the_project(rows, lines):
    text = "\n".join(
        ["from shop.till import Till", "", "", "def test_payment():", *(f"    {line}" for line in lines)]
    )
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="no member 'ann'", line=len(text.splitlines()))
    told = {"qualname": "Cart.published", "neighbours": (), "entries": ()}
    (made,), _ = rows(text, raised, names=("test_payment",), **told)
    assert made.name == "test_charge_rejects_unknown_member"


def test_a_target_is_not_named_because_its_name_is_part_of_another_word(rows):
    text = """
        from shop.till import print_bill


        def test_payment():
            assert print_bill(10) == 9
        """
    raised = variant("-1", raised="⟨builtins:ValueError⟩", message="no member 'ann'", line=5)
    (made,), _ = rows(text, raised, names=("test_payment",), qualname="Field.int", entries=())
    assert made.name == "test_print_bill_rejects_unknown_member"


def test_an_expected_exception_is_named_by_what_is_called_in_its_block(rows):
    text = """
        import pytest

        from shop.till import Bill


        def test_it_rejects_a_number():
            with pytest.raises(ValueError, match="bad total"):
                Bill("10")
        """
    said = Sighting(point=0, value="'Bad month'")
    (made,), _ = rows(
        text, replace(variant("'13'"), seen=(said,)), names=("test_it_rejects_a_number",), qualname="Field.int"
    )
    assert made.name == "test_bill_rejects_bad_month"


def test_what_a_call_leaves_behind_is_not_what_it_returned(rows):
    text = """
        from shop.till import Till


        def test_discount(till):
            till.discount(10)
            assert till.session.verify is False
        """
    looked = Sighting(point=0, value="True")
    (made,), _ = rows(text, replace(variant("''"), seen=(looked,)))
    assert made.name == "test_discount_with_empty_total"


def test_what_a_call_is_passed_elsewhere_is_not_missing(rows):
    text = """
        from shop.cart import Place


        def test_place():
            assert Place("a").parts == 1
        """
    raised = variant("'//a'", raised="⟨builtins:ValueError⟩", message="Root can only be one", line=5)
    parts = (Parameter(name="parts", kind="variadic"),)
    (made,), _ = rows(text, raised, names=("test_place",), qualname="Place.__new__", parameters=parts)
    assert made.name == "test_place_root_can_only_be_one"


def test_what_an_answer_says_that_refuses_names_the_test(rows):
    looked = seen({"value": "400"}, {"value": "{'error': 'unknown code'}", "missed": True}, {"value": "1"})
    text = CLIENT.replace("def test_discount", "def test_all_is_well")
    (made,), _ = rows(text, replace(variant("'/discount/9'"), seen=looked), names=("test_all_is_well",))
    assert made.name == "test_discount_rejects_unknown_code"
