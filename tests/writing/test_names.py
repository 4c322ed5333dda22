"""Of the ways to say what a test is about, the best is chosen."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich.data import Observation
from pytest_enrich.writing import cases, names
from pytest_enrich.writing.cases import Case

GIVES = Observation(subject="result", value="9")
OPTIONS = {"options": "{'indent_columns': True}"}
FALSE = Observation(subject="result", value="False")


def raises(message="", value="⟨builtins:ValueError⟩"):
    return Observation(subject="raises", value=value, message=message)


def case(seen=GIVES, **changes):
    return replace(Case(subject="price", seen=seen, parameters=("total",), optional=("sep", "code")), **changes)


def named(stated, taken=(), place="tests/test_cart.py"):
    return names.of(stated, names.subjects(stated.subject, place), taken)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("ports are not allowed to be negative", "test_price_rejects_negative_ports"),
        ("only start or end allowed", "test_price_only_start_or_end_allowed"),
        ("unknown code 'abc'", "test_price_rejects_unknown_code"),
        ("Not a valid code.", "test_price_rejects_invalid_code"),
        ("total must be positive", "test_price_rejects_non_positive_total"),
        ("Total is not a number", "test_price_rejects_non_number_total"),
        ("Multiple totals for one price", "test_price_multiple_totals_for_one_price"),
        ("Use a list of totals to say so", "test_price_rejects_invalid_total"),
        ("load_default must not be set", "test_price_load_default_must_not_be_set"),
        ("'NoneType' object is not subscriptable", "test_price_raises_value_error"),
        ("invalid price", "test_price_rejects_invalid_price"),
        ("Invalid value for code: 'abc'", "test_price_rejects_invalid_code"),
        ("price(total, sep): total must be callable", "test_price_rejects_non_callable_total"),
        ("price can only be used with a positive total", "test_price_can_only_be_used_with_positive_total"),
        ("a price is 100 at most", "test_price_is_100_at_most"),
        ("days cannot be negative", "test_price_rejects_negative_days"),
        ("total must be a string", "test_price_rejects_non_string_total"),
        ("found an invalid code: 'abc'", "test_price_rejects_invalid_code"),
        ("unknown codes found", "test_price_rejects_unknown_codes"),
        ("unknown price code given", "test_price_rejects_unknown_price_code"),
        ("the file was not found", "test_price_file_was_not_found"),
        ("You must provide a code", "test_price_rejects_invalid_total"),
        ("It's no longer possible to use codes", "test_price_rejects_invalid_total"),
        ("cannot read code prices when codes is of type list", "test_price_cannot_read_code_prices"),
        (
            'Expected parameter "total" to be 32 bytes long after decoding; got 31',
            "test_price_rejects_invalid_total",
        ),
        ("price(s) not available", "test_price_not_available"),
        ("Line 1: unknown code", "test_price_rejects_unknown_code"),
        ("'7' in names is not a text", "test_price_rejects_non_text_in_names"),
        ("on line 3 of the cart", "test_price_rejects_invalid_total"),
        ("'7' is not supported", "test_price_rejects_unsupported_total"),
        ("The code is malformed", "test_price_rejects_malformed_code"),
        ("codes are not supported", "test_price_rejects_unsupported_codes"),
        ("the checksum does not match: 40 != 70", "test_price_rejects_wrong_checksum"),
        ("Text must not contain commas", "test_price_rejects_text_with_commas"),
        ("The total has to be exactly 6 bytes long.", "test_price_rejects_total_of_wrong_length"),
        ("Total must be at least 10 digits: 7", "test_price_rejects_total_with_fewer_than_10_digits"),
        ("total may have at most two letters", "test_price_rejects_total_with_more_than_two_letters"),
        ("Unrecognized unit", "test_price_rejects_unrecognized_unit"),
        ("No unit detected in the string", "test_price_without_unit_raises_value_error"),
        ("no keys were found", "test_price_without_keys_raises_value_error"),
        ("No such option was found", "test_price_no_such_option"),
        ("Line 1: expected '&', '|'", "test_price_raises_value_error"),
        ("(405, 'Method not allowed.')", "test_price_method_not_allowed"),
        ("Thread <Thread(Main, started 140737)> holds no lock", "test_price_thread_holds_no_lock"),
        ("Nothing specified for total 'total'", "test_price_nothing_specified_for_total"),
        ("closed", "test_price_raises_value_error"),
        ("Totals can only be added to other totals", "test_price_totals_can_only_be_added_to_other_totals"),
        (
            "No valid total or code of one was recognized in the text of the cart",
            "test_price_rejects_invalid_total",
        ),
        ("Cannot parse ()e: see the manual", "test_price_rejects_invalid_total"),
        ("You cannot pay in two currencies", "test_price_cannot_pay_in_two_currencies"),
        ("Invalid price, must be less than 999999.99", "test_price_rejects_invalid_price"),
        ("a total is one number: '1 2'", "test_price_rejects_invalid_total"),
        ("No lines parsed -- was an empty file provided?", "test_price_no_lines_parsed"),
        ("no total 'abc'", "test_price_rejects_unknown_total"),
        ("no total given", "test_price_without_total_raises_value_error"),
        ("no totals added", "test_price_no_totals_added"),
        ("the total is not known", "test_price_rejects_unknown_total"),
        ("no total", "test_price_no_total"),
        ("expected 'total' argument to be callable, not: 2", "test_price_rejects_non_callable_total"),
        ("price: End of text", "test_price_end_of_text"),
        ("The shop only supports net and gross prices", "test_price_rejects_unsupported_total"),
        ("code 'abc' collides with another one", "test_price_code_collides_with_another_one"),
        ("price(v, w): v must be callable", "test_price_rejects_invalid_total"),
        ("total defined twice for 'abc'", "test_price_total_defined_twice"),
        ("'code' is deprecated, use 'total' instead.", "test_price_code_is_deprecated"),
        ("It is not allowed to mix codes", "test_price_cannot_mix_codes"),
        ("total must be > 0.", "test_price_rejects_non_positive_total"),
        ("the code has to be >= 3", "test_price_code_has_to_be_at_least_3"),
        ("total must be either a number or one of: net, gross", "test_price_rejects_invalid_total"),
        ("Unable to convert between units of 'J' and 'seconds'", "test_price_unable_to_convert_between_units"),
        ("Please provide either a code or a weight.", "test_price_code_or_weight_required"),
        ("expected option, got 'abc'", "test_price_rejects_non_option"),
        ("'abc' is not a Python function", "test_price_rejects_non_python_function"),
        ("'abc' is an invalid category", "test_price_rejects_invalid_category"),
        ("Either code or abc should be used", "test_price_either_code_or_abc_should_be_used"),
        ("A price larger than the limit has been given", "test_price_larger_than_limit"),
        ("Expected YAML number but got str", "test_price_rejects_non_yaml_number"),
        ("", "test_price_rejects_invalid_total"),
    ],
)
def test_what_is_raised_is_said_in_the_words_of_its_message(message, name):
    assert named(case(raises(message), arguments={"total": "'abc'"})) == name


@pytest.mark.parametrize(
    ("decision", "outcome", "arguments", "name"),
    [
        ("if total < 0:", "true", {"total": "-1"}, "test_price_with_negative_total"),
        ("if sep is None:", "true", {"total": "3"}, "test_price_without_sep"),
        ("if not sep:", "true", {"total": "3", "sep": "''"}, "test_price_with_empty_sep"),
        ("if code[0] == '-':", "true", {"code": "'-1'"}, "test_price_for_code_with_leading_hyphen"),
        ("if code.endswith(('+', '-')):", "true", {"code": "'1-'"}, "test_price_for_code_with_trailing_hyphen"),
        ("if sep is None:", "false", {"total": "3", "sep": "'-'"}, "test_price_with_sep"),
        ("if sep and code:", "true", {"sep": "'-'", "code": "'x'"}, "test_price_with_sep_and_code"),
        ("if not total:", "true", {"total": "''"}, "test_price_with_empty_total"),
        ("if code not in CODES:", "true", {"code": "'x'"}, "test_price_with_unknown_code"),
        ("if code == 'free':", "true", {"code": "'free'"}, "test_price_with_free_code"),
        ("if isinstance(total, Money):", "true", {"total": "Money(3)"}, "test_price_with_money"),
        ("if isinstance(total, str):", "true", {"total": "'3'"}, "test_price_with_total_as_str"),
        ("if code.startswith('P'):", "false", {"code": "'x'"}, "test_price_for_code_without_leading_p"),
        ("if '=' in code:", "true", {"code": "'a=b'"}, "test_price_for_code_with_equals_sign"),
    ],
)
def test_a_decision_is_said_in_the_words_of_what_is_passed(decision, outcome, arguments, name):
    assert named(case(text=decision, outcome=outcome, arguments=arguments)) == name


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        ("if match:", "true"),
        ("if match.group(0) in TABLE:", "true"),
        ("if self._isdst(total):", "false"),
        ("if start is not None and end is not None:", "true"),
        ("except ValueError as error:", "raises"),
        ("if total > 9:", "true"),
        ("if total is not None:", "true"),
        ("if (", "true"),
        ("if '.' not in total:", "true"),
    ],
)
def test_what_only_the_code_knows_is_not_said(decision, outcome):
    assert (
        named(case(FALSE, text=decision, outcome=outcome, arguments={"total": "5"})) == "test_price_returns_false"
    )


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (FALSE, "test_price_without_sep_returns_false"),
        (Observation(subject="result", value="None"), "test_price_without_sep_returns_none"),
        (Observation(subject="result", value="''"), "test_price_without_sep_returns_empty_text"),
        (Observation(subject="result", value="{'a': 1}"), "test_price_without_sep"),
        (Observation(subject="result", value="0"), "test_price_without_sep_returns_zero"),
        (Observation(subject="result", value="'abc'"), "test_price_without_sep_leaves_total_unchanged"),
        (Observation(subject="result", value="'never'"), "test_price_without_sep_returns_never"),
        (Observation(subject="result", value="'UNKNOWN'"), "test_price_without_sep_returns_unknown"),
        (Observation(subject="result", value="⟨shop:ROUNDED⟩"), "test_price_without_sep_returns_rounded"),
        (Observation(subject="result", value="⟨shop:Money⟩(3)"), "test_price_without_sep_returns_money"),
        (raises(), "test_price_without_sep_raises_value_error"),
        (raises(value="⟨builtins:SystemExit⟩"), "test_price_without_sep_exits"),
        (
            Observation(subject="result", expression="{result}.exit_code", value="2"),
            "test_price_without_sep_fails",
        ),
        (
            Observation(subject="result", expression="{result}.exit_code", value="0"),
            "test_price_without_sep_succeeds",
        ),
    ],
)
def test_a_name_says_the_situation_and_what_comes_of_it(seen, name):
    given = case(seen, text="if sep is None:", outcome="true", arguments={"total": "'abc'"})
    assert named(given) == name


@pytest.mark.parametrize(
    ("message", "value", "name"),
    [
        ("Only str is supported", "b'x'", "test_price_rejects_bytes"),
        ("Argument total is NoneType", "None", "test_price_rejects_none_total"),
        ("total must be callable", "'x'", "test_price_rejects_non_callable_total"),
        ("total or code required", "None", "test_price_total_or_code_required"),
        ("'Cart' object doesn't support item deletion", "2", "test_price_raises_type_error"),
        ("Invalid order of signs such as 'x'", "'x'", "test_price_rejects_invalid_order_of_signs"),
    ],
)
def test_the_kind_that_is_refused_says_more_than_what_is_allowed(message, value, name):
    seen = raises(message, "⟨builtins:TypeError⟩")
    assert named(case(seen, arguments={"total": value})) == name


def test_where_more_is_passed_than_has_a_name_none_of_the_names_is_blamed():
    seen = raises("Nobody makes a pair of that")
    assert named(case(seen, arguments={"total": "'p'"})) == "test_price_rejects_invalid_total"
    assert named(case(seen, arguments={"total": "'p'"}, has_more=True)) == "test_price_nobody_makes_pair"


def test_what_raises_says_so_where_there_is_nothing_else_to_say():
    seen = raises("closed", value="⟨builtins:OSError⟩")
    assert named(case(seen, subject="Shop.total_of_all_carts")) == "test_shop_total_of_all_carts_raises_os_error"


def test_an_empty_text_is_a_text_where_it_is_compared_with():
    stated = case(Observation(subject="result", value="True"), subject="Cart.__ne__", arguments={"other": "''"})
    assert named(stated) == "test_cart_does_not_equal_string"


def test_that_nothing_is_passed_is_refused_whatever_the_error():
    seen = raises("", "⟨shop:InputError⟩")
    assert named(case(seen, arguments={"total": "None"})) == "test_price_rejects_none"


def test_what_is_looked_at_of_the_result_tells_a_test_apart_where_its_name_is_taken():
    seen = Observation(subject="result", expression="{result}.old_version", value="12")
    given = case(seen, text="if match:", outcome="true", arguments={"total": "'a'"})
    assert named(given) == "test_price_old_version"
    assert named(replace(given, outcome="entered")) == "test_price"
    assert named(replace(given, outcome="entered"), {"test_price"}) == "test_price_old_version"


def test_a_word_of_a_text_tells_a_test_apart_where_its_name_is_taken():
    taken = {"test_price", "test_price_returns_none"}
    seen = Observation(subject="result", value="None")
    assert named(case(seen, arguments={"total": "'Sum(1, 0%)'"}), taken=taken) == "test_price_for_sum"


def test_what_was_passed_is_left_out_of_a_message_that_shows_it_without_quotes():
    seen = raises("Cannot parse POINT(4 6 as code")
    assert named(case(seen, arguments={"total": "'POINT(4 6'"})) == "test_price_cannot_parse_as_code"
    seen = raises("Invalid fragment text eggMyProject")
    assert named(case(seen, arguments={"total": "'eggMyProject'"})) == "test_price_rejects_invalid_fragment_text"


def test_what_is_a_part_of_a_text_that_is_passed_is_no_result_that_a_name_tells():
    seen = Observation(subject="result", value="'low'")
    assert named(case(seen, arguments={"total": "'low-'"})) == "test_price"
    assert named(case(seen, arguments={"total": "'3'"})) == "test_price_returns_low"


@pytest.mark.parametrize(
    ("raised", "name"),
    [
        ("⟨builtins:TypeError⟩", "test_price_rejects_empty_total"),
        ("⟨shop:Refused⟩", "test_price_rejects_empty_total"),
        ("⟨shop:open⟩", "test_price_rejects_empty_total"),
        ("⟨builtins:KeyError⟩", "test_price_empty_total_raises_key_error"),
    ],
)
def test_an_argument_is_rejected_by_an_exception_that_is_about_arguments(raised, name):
    assert named(case(raises(value=raised), arguments={"total": "''"})) == name


@pytest.mark.parametrize(
    ("decision", "total", "name"),
    [
        ("if not isinstance(total, str):", "[]", "test_price_rejects_non_string_total"),
        ("if not isinstance(total, Money):", "3", "test_price_rejects_non_money_total"),
        ("if not isinstance(total, GrandTotal):", "3", "test_price_rejects_non_total"),
        ("if not callable(total):", "0", "test_price_rejects_non_callable_total"),
        ("if not callable(total):", "None", "test_price_rejects_none"),
        ("if not isinstance(total, (MoneyMixin, Other)):", "3", "test_price_rejects_non_money_total"),
        ("if not isinstance(total, shop.AbstractMoney):", "3", "test_price_rejects_non_money_total"),
        ("if not isinstance(total, (int, float)):", "'x'", "test_price_rejects_non_numeric_total"),
        ("if not isinstance(total, Total):", "3", "test_price_rejects_non_total"),
        ("if not isinstance(total, Tot):", "3", "test_price_rejects_non_tot_total"),
    ],
)
def test_what_is_of_no_fitting_kind_is_said_to_be_that(decision, total, name):
    given = case(raises(value="⟨builtins:TypeError⟩"), text=decision, outcome="true", arguments={"total": total})
    assert named(given) == name


@pytest.mark.parametrize(
    ("docstring", "name"),
    [
        ("Raises:\n    ValueError: If the cart is closed.", "test_price_raises_value_error_when_cart_is_closed"),
        (":raises ValueError: when nothing is left", "test_price_raises_value_error_when_nothing_is_left"),
        ("Raises:\n    ValueError: If an error is encountered.", "test_price_raises_value_error"),
        ("Raises ValueError.", "test_price_raises_value_error"),
    ],
)
def test_when_the_docstring_says_that_something_is_raised_the_name_does(docstring, name):
    assert named(case(raises(), docstring=docstring)) == name


@pytest.mark.parametrize(
    ("subject", "place", "name"),
    [
        ("Cart.add", "tests/test_shop.py None", "test_cart_add_returns_false"),
        ("Cart.add", "tests/test_cart.py None", "test_add_returns_false"),
        ("Cart.add", "tests/test_shop.py TestCart", "test_add_returns_false"),
        ("Cart.__eq__", "tests/test_shop.py None", "test_cart_equality_returns_false"),
        ("Cart.__rsub__", "tests/test_cart.py None", "test_subtract_returns_false"),
        ("Cart.__init__", "tests/test_cart.py None", "test_cart_returns_false"),
        ("Art.add", "tests/test_cart.py None", "test_art_add_returns_false"),
    ],
)
def test_a_method_goes_without_its_class_where_that_is_known(subject, place, name):
    assert named(case(FALSE, subject=subject, parameters=()), place=place) == name


def test_what_the_message_says_comes_before_what_the_decision_asks():
    given = case(
        raises("config cannot be empty"),
        text="if total <= 0:",
        outcome="true",
        arguments={"total": "0"},
        parameters=("total",),
    )
    assert named(given) == "test_price_rejects_empty_config"


@pytest.mark.parametrize(
    ("node", "name"),
    [("Node('a')", "test_price"), ("Link('a')", "test_price_with_link")],
)
def test_that_a_node_is_given_where_one_is_wanted_says_nothing(node, name):
    assert named(case(arguments={"node": node}, parameters=("node",))) == name


def test_a_message_that_says_no_more_than_what_is_called_is_no_name():
    given = case(raises("cannot subtract", "⟨builtins:ArithmeticError⟩"), subject="Bound.__sub__")
    assert named(given, place="tests/test_bound.py") == "test_subtract_raises_arithmetic_error"


def test_one_of_several_words_that_a_message_lists_is_no_name():
    given = case(raises("format must be 'html', 'json' or 'ast'"), arguments={"total": "'pdf'"})
    assert named(given) == "test_price_rejects_invalid_format"


@pytest.mark.parametrize(
    ("message", "arguments", "rest"),
    [
        ("unit has to be either 'euro' or 'yen'", {"unit": "'unknown'"}, "rejects_unknown_unit"),
        ("Root of Path can only be either '/' or ''", {"path": "'//a'"}, "rejects_invalid_root"),
        ("Invalid code 'ab=1': key must contain at least one dot", {"code": "'ab=1'"}, "rejects_key_without_dot"),
        ("Invalid code 'ab=1': the key is bare", {"code": "'ab=1'"}, "rejects_invalid_code"),
        ("[shop.codes] invalid syntax: 'ab'", {"code": "'ab'"}, "rejects_invalid_syntax"),
    ],
)
def test_the_case_is_said_rather_than_what_is_allowed(message, arguments, rest):
    given = case(raises(message), arguments=arguments, parameters=tuple(arguments))
    assert named(given) == f"test_price_{rest}"


def test_options_of_which_none_may_be_none_are_missing():
    given = case(raises("unit is None and rate is None"), optional=frozenset({"unit", "rate"}))
    assert named(given) == "test_price_rejects_missing_unit_and_rate"


def test_an_argument_is_not_what_is_refused_where_the_object_is_asked():
    given = case(raises("Try again later"), text="if not isinstance(self._box, Box):", arguments={"total": "3"})
    assert named(given) == "test_price_raises_value_error"


def test_what_is_deprecated_is_said_to_be_that():
    seen = Observation(
        subject="warns", value="⟨builtins:DeprecationWarning⟩", message="price was a typo and goes away"
    )
    assert named(case(seen)) == "test_price_is_deprecated"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("if not total.endswith('.yml'):", "test_price_rejects_total_without_trailing_yml"),
        ("elif not total.endswith('.yml'):", "test_price_rejects_invalid_total"),
        ("if isinstance(total, str):", "test_price_rejects_invalid_total"),
    ],
)
def test_what_a_decision_says_of_a_refused_value_is_why_it_is_refused(text, name):
    assert named(case(raises(), text=text, outcome="true", arguments={"total": "'a.txt'"})) == name


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Invalid value for compact: 'upper'", "test_price_rejects_invalid_compact"),
        ("compact requires a boolean value", "test_price_compact_requires_boolean_value"),
    ],
)
def test_a_key_that_the_decision_names_is_an_option_and_no_value(message, name):
    given = case(
        raises(message),
        text="if compact not in [True, False]:",
        outcome="true",
        arguments={"total": "{'compact': 'upper'}"},
    )
    assert named(given) == name


def test_a_parameter_that_is_called_as_its_kind_and_more_is_named_once():
    given = case(
        raises(),
        text="if not isinstance(type_or_getter, type):",
        outcome="true",
        arguments={"type_or_getter": "3"},
    )
    assert named(given) == "test_price_rejects_non_type_or_getter"


def test_a_kind_that_is_asked_for_says_more_than_a_message():
    given = case(
        raises("Cannot add this to a price"),
        text="if not isinstance(total, Money):",
        outcome="true",
        arguments={"total": "0"},
    )
    assert named(given) == "test_price_rejects_non_money_total"


def test_what_the_code_put_into_a_message_is_in_no_name():
    given = case(
        raises("total Bound(3) is not allowed", value="⟨shop:Refused⟩"),
        arguments={"total": "7"},
        unfilled="total   is not allowed",
    )
    assert named(given) == "test_price_total_is_not_allowed"


def test_what_is_compared_with_stands_right_behind_the_comparison():
    given = case(
        subject="GiB.__gt__",
        arguments={"other": "Byte(2)"},
        parameters=("other",),
        text="if other:",
        outcome="true",
    )
    assert named(given).startswith("test_gib_greater_than_byte")


def test_what_is_subtracted_from_is_named_once():
    given = case(
        Observation(subject="result", value="3"), subject="Cart.__rsub__", arguments={"other": "date(1, 2, 3)"}
    )
    assert named(given) == "test_subtract_from_date"


@pytest.mark.parametrize(
    ("arguments", "value", "name"),
    [
        ({"text": "'0x011'"}, "17", "test_price_with_hexadecimal_text"),
        ({"text": "'011'"}, "11", "test_price_with_zero_padded_text"),
        ({"text": "'1;7'"}, "17", "test_price_gives_17"),
        ({"text": "'{:o}'"}, "(34.0,)", "test_price_gives_34"),
        ({"options": "{'indent_columns': True}"}, "[1, 2, 3]", "test_price_with_indent_columns"),
        ({"text": "'octal'"}, "8", "test_price_for_octal"),
        ({"items": "[1, 2]"}, "17", "test_price_with_list"),
        ({"items": "shop.Basket([1, 2])"}, "17", "test_price_with_basket"),
    ],
)
def test_where_the_bare_name_is_taken_a_key_a_word_or_the_result_tells_the_test_apart(arguments, value, name):
    given = case(
        Observation(subject="result", value=value, expression="{result}", form="equal"),
        arguments=arguments,
        parameters=(*arguments,),
    )
    assert named(given, taken={"test_price"}) == name


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"arguments": OPTIONS, "parameters": ("options",)}, "test_price_with_indent_columns"),
        ({"text": "elif kind == 'l':", "outcome": "true"}, "test_price_with_kind_l"),
        ({"text": "elif kind in ('g', 'G'):", "outcome": "true"}, "test_price_with_kind_g"),
        ({"elsewhere": ("'0x011'",)}, "test_price_with_hexadecimal_text"),
        ({"elsewhere": ("'01011'",)}, "test_price_with_zero_padded_text"),
        ({"arguments": OPTIONS, "parameters": ("options",), "outcome": "entered"}, "test_price"),
        ({"elsewhere": ("'0x011'",), "seen": raises()}, "test_price_raises_value_error"),
    ],
)
def test_what_takes_another_way_is_told_apart_from_the_first_test_of_a_function(changes, name):
    assert named(case(**changes)) == name


@pytest.mark.parametrize(
    ("text", "message", "arguments", "name"),
    [
        (
            "if size % step:",
            "Element size is not a divisor of chunk size",
            {"total": "0"},
            "element_size_is_not_a_divisor_of_chunk_size",
        ),
        ("if self.code != event.code:", "Never mix events", {"total": "[]", "code": "'a'"}, "never_mix_events"),
        (
            "if size > self.limit:",
            "Maximum segment header length exceeded",
            {"total": "'a'", "limit": "0"},
            "maximum_segment_header_length_exceeded",
        ),
    ],
)
def test_only_what_is_asked_for_or_spoken_of_is_what_is_refused(text, message, arguments, name):
    given = case(raises(message), text=text, outcome="true", arguments=arguments)
    assert named(given) == f"test_price_{name}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("if self.strict and total % 1:", "test_price_with_strict_rejects_invalid_total"),
        ("if total % 1:", "test_price_rejects_invalid_total"),
    ],
)
def test_what_is_switched_on_and_asked_for_stands_before_what_the_message_says(text, name):
    given = case(raises("Not a valid total."), text=text, outcome="true", arguments={"strict": "True"})
    assert named(given) == name


@pytest.mark.parametrize(
    ("subject", "value", "name"),
    [
        ("Offset.__eq__", "True", "test_offset_equality"),
        ("Offset.__eq__", "False", "test_offset_inequality"),
        ("Offset.__ne__", "False", "test_offset_equality"),
        ("Offset.__lt__", "False", "test_offset_less_than_returns_false"),
    ],
)
def test_of_two_that_are_unequal_the_test_is_one_of_their_inequality(subject, value, name):
    seen = Observation(subject="result", value=value, expression="{result}")
    assert named(cases.of_equality(case(seen, subject=subject))) == name


@pytest.mark.parametrize(
    ("name", "little"),
    [
        ("test_discount", True),
        ("test_discount_12", True),
        ("test_cart_discount_2", True),
        ("testCartDiscount", True),
        ("test_discount_total_below_0", False),
        ("test_discount_gives_0", True),
        ("test_discount_returns_0", False),
    ],
)
def test_a_name_says_little_when_it_names_the_function_alone(name, little):
    assert names.says_little(name, ("discount", "cart_discount")) is little


@pytest.mark.parametrize(
    ("name", "taken", "is_unnamed"),
    [
        ("test_price", [], True),
        ("test_price_with_code", ["test_price"], False),
        ("test_price_with_code_2", ["test_price_with_code"], True),
        ("test_price_with_code_2", ["test_price"], False),
    ],
)
def test_a_name_that_says_the_function_or_a_number_tells_a_test_from_no_other(name, taken, is_unnamed):
    assert names.is_unnamed(case(outcome="true"), name, ("price",), taken) is is_unnamed


@pytest.mark.parametrize(
    ("message", "value", "name"),
    [
        ("[PV1100] code with a slash", "⟨builtins:ValueError⟩", "test_price_code_with_slash"),
        (
            "The first part of the price must be positional",
            "⟨builtins:ValueError⟩",
            "test_price_first_part_must_be_positional",
        ),
        ("@price expects a total", "⟨builtins:TypeError⟩", "test_price_expects_total"),
        ("Load error: alg not present", "⟨shop:LoadError⟩", "test_price_alg_not_present"),
        ("Load error", "⟨shop:LoadError⟩", "test_price_raises_load_error"),
        (
            "Invalid Price List: codes are not supported",
            "⟨shop.cart:InvalidListError⟩",
            "test_price_rejects_unsupported_codes",
        ),
    ],
)
def test_codes_and_what_the_class_of_the_exception_says_are_left_out_of_names(message, value, name):
    assert named(case(raises(message, value=value))) == name


def test_another_way_to_say_it_comes_before_a_number():
    given = case(FALSE, arguments={"total": "-1"})
    taken: set[str] = set()
    for _ in range(5):
        taken.add(named(given, taken=taken))
    assert taken == {
        "test_price_negative_total_returns_false",
        "test_price_with_negative_total",
        "test_price_returns_false",
        "test_price",
        "test_price_gives_false",
    }
    assert named(given, taken=taken) == "test_price_negative_total_returns_false_2"


def test_what_is_tested_is_said_before_a_number_where_all_names_of_what_is_called_are_taken():
    given = case(FALSE, subject="Report._total_of")
    assert names.of(
        given, ("render",), {"test_render", "test_render_returns_false", "test_render_gives_false"}
    ) == ("test_report_total_of_returns_false")


def test_a_file_whose_tests_have_no_underscores_gets_one_more_of_those():
    given = case(FALSE, arguments={"total": "-1"})
    assert named(given, taken={"testPrice", "testOther", "helper"}) == "testPriceNegativeTotalReturnsFalse"
    humped = {"test_cartTotal", "test_cartIsEmpty", "test_other"}
    assert named(given, taken=humped) == "test_priceNegativeTotalReturnsFalse"


@pytest.mark.parametrize(
    ("raised", "name"),
    [
        ("⟨m:NoCurrencyError⟩", "test_price_raises_no_currency_error"),
        ("⟨m:PriceError⟩", "test_price_rejects_invalid_total"),
        ("⟨builtins:ValueError⟩", "test_price_rejects_invalid_total"),
    ],
)
def test_a_class_that_says_what_is_the_matter_says_more_than_which_value_it_is(raised, name):
    stated = case(raises("XYZ", raised), arguments={"total": "'XYZ'"})
    assert named(stated) == name


def test_no_name_is_wider_than_a_line():
    given = case(FALSE, subject=f"price{'s' * 50}", arguments={"total": "-1"})
    assert len(named(given)) <= names.LONGEST


@pytest.mark.parametrize(
    ("given", "title"),
    [
        (
            case(text="if total < 0:", outcome="true", arguments={"total": "-1"}),
            "price: gives 9 for negative total",
        ),
        (case(text="if sep is None:", outcome="true", arguments={"total": "3"}), "price: gives 9 without sep"),
        (case(raises("only one allowed"), arguments={"total": "-1"}), "price: gives 9"),
        (case(text="if match:", outcome="true", arguments={"total": "3"}), "price: gives 9"),
        (case(text="if total % 2:", outcome="true", arguments={"total": "3"}), "price: gives 9 when total % 2"),
    ],
)
def test_a_title_says_the_same_in_a_sentence(given, title):
    assert names.title(given, "gives 9") == title


OUTCOMES = ["true", "false", "iterates", "skips", "matches", "no match", "raises", "entered"]
operands = st.sampled_from(
    ["total", "self.sep", "0", "-1", "'x'", "None", "f(total)", "isinstance(sep, str)", "a[0]"]
)
signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "is", "is not", "in", "not in", "and", "or", "and not"])
decisions = st.one_of(
    st.tuples(operands, signs, operands).map(" ".join).map("if {}:".format),
    operands.map("while not {}:".format),
    operands.map("case {}:".format),
    operands.map("for one in {}:".format),
    st.text(max_size=30),
)
values = st.one_of(
    st.sampled_from(["None", "True", "0", "-1.5", "''", "'ab cd'", "[]", "Cart(size=3)", "float('inf')", "1 if"]),
    st.text(max_size=20),
)


@given(
    decisions,
    st.sampled_from(OUTCOMES),
    st.text(max_size=60),
    values,
    values,
    st.sampled_from(["raises", "result", "warns"]),
)
@example("if a if b else c:", "true", "", "1", "2", "result")
@example("case _:", "matches", "", "1", "2", "result")
@example("except*ValueError:", "raises", "", "1", "2", "result")
@example("if total == 'größe':", "true", "größe fehlt", "'größe'", "2", "raises")
def test_whatever_is_said_a_name_is_one_and_a_title_is_a_line(decision, outcome, prose, value, result, subject):  # noqa: PLR0913, PLR0917 - drawn
    seen = Observation(subject=subject, value=result, message=prose)
    made = case(
        seen,
        text=decision,
        outcome=outcome,
        docstring=prose,
        arguments={"total": value, "sep": value},
    )
    name = named(made)
    assert name.isidentifier()
    assert name.isascii()
    assert len(name) <= names.LONGEST
    assert len(names.title(made, "gives 9").splitlines()) == 1


def test_that_nothing_is_passed_is_what_a_message_says():
    given = case(raises("Argument total is NoneType."), arguments={"total": "None"})
    assert named(given) == "test_price_rejects_none_total"


def test_nothing_that_has_to_be_passed_is_not_what_a_test_is_about_unless_the_decision_is():
    given = case(parameters=("total", "rates"), arguments={"total": "5", "rates": "{}"})
    assert named(given) == "test_price"
    assert named(replace(given, text="if not rates:", outcome="true")) == "test_price_with_empty_rates"


@pytest.mark.parametrize(
    ("anchor", "changed", "begun"),
    [
        ("test_load_no_file_verbose", ["verbose"], "load_no_file"),
        ("test_load_no_file_verbose", [], "load_no_file_verbose"),
        ("test_verbose_load", ["verbose"], "verbose_load"),
        ("test_load_with_verbose", ["verbose"], "load"),
        ("test_loader_empty_find", [], "loader_find"),
        ("test_loader_can_find", [], "loader_find"),
        ("test_loader_for_find", [], "loader_for_find"),
        ("test_json_loader_find", [], "json_loader_find"),
    ],
)
def test_a_name_does_not_say_of_a_parameter_what_was_there_before(anchor, changed, begun):
    assert names.start(anchor, "Loader._find", changed) == begun


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("[-1]", "test_price_rejects_negative_total"),
        ("[-1, 1]", "test_price_rejects_invalid_total"),
        ("[0]", "test_price_rejects_invalid_total"),
        ("['']", "test_price_rejects_invalid_total"),
    ],
)
def test_what_is_evident_of_all_in_a_list_is_evident_of_the_list(value, name):
    assert named(case(raises(), arguments={"total": value})) == name


def test_what_the_other_test_can_do_is_not_what_this_one_is_about():
    assert names.start("test_can_load_file", "Loader.load") == "load"


def test_a_word_that_joins_others_is_not_what_a_name_shares_with_the_function():
    assert names.start("test_is_utilities_mixcase", "List.is_public") == "is_public"


def test_what_stands_for_something_and_comes_back_is_known_by_its_name():
    seen = Observation(subject="result", value="⟨colander:null⟩", expression="{result}")
    given = case(seen, arguments={"pstruct": "⟨colander:null⟩"}, parameters=("pstruct",))
    assert named(given) == "test_price_with_null_pstruct"


def test_a_function_that_comes_back_is_known_by_its_parameter():
    seen = Observation(subject="result", value="⟨asyncio:sleep⟩", expression="{result}")
    given = case(seen, arguments={"function": "sleep"}, parameters=("function",))
    assert named(given) == "test_price_returns_function"


@pytest.mark.parametrize(
    ("method", "result", "other", "name"),
    [
        ("__lt__", "True", "30", "test_price_is_less_than_number"),
        ("__ge__", "False", "⟨shop.cart:Cost⟩(3)", "test_price_is_not_greater_than_or_equal_to_cost"),
        ("__eq__", "False", "'abc'", "test_price_does_not_equal_string"),
        ("__ne__", "False", "3.5", "test_price_equals_number"),
        ("__eq__", "False", "3.5", "test_price_does_not_equal_number"),
        ("__eq__", "False", "⟨shop.cart:Price⟩(3)", "test_price_does_not_equal_different_price"),
        ("__le__", "True", "⟨shop.cart:Price⟩(3)", "test_price_is_less_than_or_equal_to_another"),
    ],
)
def test_a_comparison_is_said_with_what_comes_of_it(method, result, other, name):
    seen = Observation(subject="result", value=result, expression="{result}")
    stated = case(seen, subject=f"Price.{method}", parameters=("other",), arguments={"other": other})
    assert named(cases.of_equality(stated)) == name


@pytest.mark.parametrize(
    ("text", "outcome", "name"),
    [
        ("if self._total is None:", "true", "test_price_without_total"),
        ("if self.codes:", "false", "test_price_without_codes"),
        ("if self.closed:", "false", "test_cart_price"),
        ("if self._total is None:", "false", "test_cart_price"),
    ],
)
def test_what_the_object_itself_lacks_is_said(text, outcome, name):
    assert named(case(subject="Cart.price", text=text, outcome=outcome, parameters=())) == name


def test_what_is_not_passed_by_its_name_is_why_something_is_refused():
    given = {"text": "if 'net' not in kwargs:", "outcome": "true", "arguments": {"kwargs": "{'tax': 1}"}}
    assert named(case(raises(""), **given)) == "test_price_without_net_raises_value_error"


def test_a_word_of_a_longer_text_that_is_passed_is_no_end_of_a_message():
    stated = case(raises("duplicate id fake"), arguments={"total": "'id=\"fake\"; n=2'"})
    assert named(stated) == "test_price_rejects_duplicate_id"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("if not is_known(code):", "test_price_rejects_invalid_code"),
        ("if not is_known(total, code):", "test_price_with_code_raises_value_error"),
    ],
)
def test_the_value_that_is_refused_is_the_one_that_the_decision_is_about(text, name):
    arguments = {"total": "35", "code": "'PCT'"}
    assert named(case(raises(), text=text, outcome="true", arguments=arguments)) == name


def test_what_the_object_was_made_of_is_not_refused():
    seen = raises("Totals can only be added to those of a currency that is known", "⟨builtins:TypeError⟩")
    assert named(case(seen, arguments={"rate": "1.5", "total": "'abc'"})) == "test_price_rejects_string"


def test_what_is_switched_on_is_not_refused():
    assert named(case(raises(), arguments={"total": "True"})) != "test_price_rejects_invalid_total"


@pytest.mark.parametrize(
    ("message", "options", "name"),
    [
        ("either sep or code is required", {}, "test_price_rejects_missing_sep_and_code"),
        ("can only give both sep and code or neither", {"sep": "'-'"}, "test_price_rejects_sep_without_code"),
        ("Provide either `sep` or `code`, not both.", {"sep": "None"}, "test_price_rejects_missing_sep_and_code"),
        ("sep and code exclude each other", {"sep": "'-'", "code": "'a'"}, "test_price_rejects_both_sep_and_code"),
        (
            "cannot set both sep and code to False",
            {"sep": "False"},
            "test_price_cannot_set_both_sep_and_code",
        ),
    ],
)
def test_a_message_about_several_options_is_about_how_they_go_together(message, options, name):
    assert named(case(raises(message), arguments=options, parameters=())) == name


def test_an_exception_that_says_what_is_wrong_says_more_than_where_it_was_raised():
    refused = raises("on line 3 of the cart", "⟨shop.cart:OversizedCartError⟩")
    assert named(case(refused, arguments={"total": "3"})) == "test_price_rejects_oversized_cart"


@pytest.mark.parametrize(
    ("message", "raised", "name"),
    [
        ("unknown code: PCT10", "UnknownCode", "test_price_rejects_unknown_code"),
        ("Validation error: PCT10", "ValidationError", "test_price_rejects_invalid_total"),
        ("Unknown code: total is zero", "UnknownCode", "test_price_rejects_zero_total"),
    ],
)
def test_the_class_s_own_words_are_said_only_where_the_message_has_no_others(message, raised, name):
    stated = case(raises(message, f"⟨shop.cart:{raised}⟩"), arguments={"total": "'PCT10'"})
    assert named(stated) == name


def test_a_name_of_another_class_is_free():
    classes = "class TestA:\n    def test_a(self): pass\n\nclass TestB:\n    def test_b(self): pass\n\n"
    text = f"{classes}def test_c(): pass\n"
    assert names.functions(text, "TestB") == {"test_b"}
    assert names.functions(text) == {"test_a", "test_b", "test_c"}


def test_a_name_of_a_class_above_is_taken():
    classes = "class TestA:\n    def test_a(self): pass\n\nclass TestB(TestA):\n    def test_b(self): pass\n"
    assert names.functions(classes, "TestB") == {"test_a", "test_b"}


@pytest.mark.parametrize(
    ("owner", "family"),
    [("TestA", None), ("TestB", None), ("TestC", "TestC"), ("TestNew", "TestNew"), (None, None)],
)
def test_a_class_without_base_or_heirs_in_its_file_has_names_of_its_own(owner, family):
    text = "class TestA: pass\nclass TestB(TestA): pass\nclass TestC(unittest.TestCase): pass\n"
    assert names.family(text, owner) == family


def test_of_a_docstring_s_clause_that_is_cut_to_a_word_nothing_is_said():
    docstring = "Raises:\n    OverflowError: When `self` exceeds what a timedelta can hold."
    assert "when_self" not in named(case(raises("", "⟨builtins:OverflowError⟩"), docstring=docstring))


def test_bytes_are_said_as_what_is_in_them():
    stated = case(Observation(subject="result", value="b'foo'"), arguments={"total": "3"})
    assert named(stated, taken={"test_price"}) == "test_price_gives_foo"


def test_what_is_no_good_is_what_the_object_was_made_of_where_nothing_is_passed():
    cleaned = case(raises("['a price has a total']"), subject="Price.clean", parameters=(), optional=())
    made = replace(cleaned, arguments={"total": "0"}, text="if not self.total:", outcome="true")
    assert named(made, place="tests/test_price.py") == "test_clean_rejects_zero_total"


def test_a_part_of_what_is_passed_is_left_out_of_a_message_where_it_is_no_word():
    asked = case(raises("Stamp 81M8RJE9WB is too large"), arguments={"total": "['show', '81M8RJE9WB190M6G']"})
    assert named(asked) == "test_price_rejects_too_large_stamp"


def test_a_message_with_a_long_number_that_is_passed_is_said_without_it():
    asked = case(raises("no book 9780141439587"), arguments={"total": "'9780141439587'"})
    assert named(asked) == "test_price_rejects_unknown_book"


@pytest.mark.parametrize(
    ("message", "changed", "name"),
    [
        ("Not Found", (), "test_price_not_found"),
        ("Unauthorized", (), "test_price_is_unauthorized"),
        ("Bad Request", (), "test_price_bad_request"),
        ("unknown code", (), "test_price_rejects_unknown_code"),
        ("Not Found", ("without_code",), "test_price_without_code"),
    ],
)
def test_what_an_answer_says_that_refuses_is_said_where_nothing_else_is_known(message, changed, name):
    status = Observation(subject="result", value="404", expression="{result}.status_code", message=message)
    assert named(case(status, changed=changed, parameters=(), optional=())) == name


def test_what_nobody_decides_on_is_not_what_is_no_good():
    lent = case(raises("Emma is out"), subject="Library.lend", parameters=("isbn",), optional=())
    assert (
        named(replace(lent, arguments={"copies": "0"}), place="tests/test_library.py") == "test_lend_emma_is_out"
    )


@pytest.mark.parametrize(
    ("arguments", "name"), [({}, "test_mask_defaults"), ({"color": "'red'"}, "test_mask_with_color")]
)
def test_what_an_object_has_that_is_made_of_nothing_is_its_defaults(arguments, name):
    made = Observation(subject="result", value="3", expression="{result}.size")
    stated = case(made, subject="Mask.__init__", parameters=(), optional=("color",), arguments=arguments)
    assert named(stated, place="tests/test_draw.py") == name


@pytest.mark.parametrize(
    ("subject", "message", "arguments", "name"),
    [
        (
            "get_feature",
            "Feature combination not (yet) supported",
            {"locked": "True"},
            "test_get_feature_combination_not_supported",
        ),
        (
            "Machine.build_tree",
            "Could not find path of Color.RED.",
            {"states": "⟨enum:Enum⟩('Color', ['RED']).RED", "separator": "'_'"},
            "test_machine_build_tree_could_not_find_path",
        ),
        (
            "Machine.start",
            "Can not start from a terminal state 'terminal'",
            {"state": "'terminal'"},
            "test_machine_start_can_not_start_from_terminal_state",
        ),
        (
            "loads",
            'Duplicate key "foo" found in object',
            {"text": "'{foo: 1, foo: 2}'"},
            "test_loads_rejects_duplicate_key",
        ),
        ("draw", "Width of a bar is negative", {"width": "-1"}, "test_draw_rejects_negative_width_of_bar"),
        ("Chord.at", "Invalid mode m/G", {"scale": "'Dm/G'"}, "test_chord_at_rejects_invalid_mode"),
        (
            "crccls",
            "Either width or basecls must be given",
            {},
            "test_crccls_either_width_or_basecls_must_be_given",
        ),
        ("Axis.of", "Unknown axis q", {"q": "'north'"}, "test_axis_of_rejects_unknown_axis_q"),
        (
            "read_table",
            "Unexpected tables in shop.toml: [tool.shop.s]",
            {"table": "{'s': 1}"},
            "test_read_table_rejects_unexpected_tables",
        ),
        (
            "parent",
            "zoom must be an integer and less than that of the input tile",
            {"zoom": "'12'"},
            "test_parent_rejects_invalid_zoom",
        ),
        (
            "Rule.match",
            "The shortcut won't work here",
            {"text": "'hi'"},
            "test_rule_match_shortcut_will_not_work_here",
        ),
    ],
)
def test_a_message_is_said_whole_without_its_values(subject, message, arguments, name):
    stated = case(raises(message), subject=subject, parameters=tuple(arguments), arguments=arguments)
    assert named(stated) == name


def test_a_name_that_is_too_long_is_without_the_class():
    refused = raises("Frozen machine can't be modified", "⟨shop:Frozen⟩")
    stated = case(refused, subject="FiniteMachine.default_start_state", arguments={"state": "'up'"})
    assert named(stated) == "test_default_start_state_frozen_machine_cannot_be_modified"


def test_what_a_message_says_is_invalid_says_more_than_the_kind_of_the_value():
    stated = case(raises("Invalid report level", "⟨builtins:TypeError⟩"), arguments={"total": "6"})
    assert named(stated) == "test_price_rejects_invalid_report_level"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("each position must be a list", "test_price_rejects_non_list_position"),
        ("the order's code is not valid", "test_price_order_code_is_not_valid"),
        ("nothing to say", "test_price"),
    ],
)
def test_a_text_that_is_given_back_and_says_what_is_wrong_is_a_message(given, name):
    assert named(case(Observation(subject="result", value=repr(given)))) == name


def test_a_text_that_was_passed_is_no_message():
    seen = Observation(subject="result", value="'it must be a list'")
    assert named(case(seen, arguments={"total": "'so it must be a list'"})) == "test_price"


def test_where_nothing_is_passed_no_value_is_refused():
    stated = case(raises("Invalid price values"))
    assert named(stated) == "test_price_rejects_invalid_price_values"
    assert named(replace(stated, is_bare=True)) == "test_price_rejects_missing_arguments"


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("return decode(text)", {"text"}),
        ("return decode(text, proto)", {"proto", "text"}),
        ("return decode(text, **locals())", {"proto", "text"}),
        ("raise NotImplementedError", {"proto", "text"}),
    ],
)
def test_no_case_is_about_a_parameter_that_the_function_does_not_read(fakes, body, known):
    gap = fakes.gap()
    target = fakes.target(gap, source=f"def read(proto, text):\n    {body}\n")
    stated = cases.case_of(target, gap, GIVES, (), {"proto": "0", "text": "'a'"})
    assert stated.arguments.keys() == known


@pytest.mark.parametrize(
    ("message", "value", "name"),
    [
        ("Must use read mode, not 'unknown'", "'unknown'", "test_price_rejects_unknown_code"),
        ("Must use read mode, not 'other'", "'other'", "test_price_rejects_unknown_code"),
        ("Must use read mode, not 'x2'", "'x2'", "test_price_must_use_read_mode"),
    ],
)
def test_a_value_that_is_none_of_what_may_be_passed_is_unknown(message, value, name):
    assert named(case(raises(message), arguments={"code": value})) == name


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("a license is missing before 'OR MIT'", "test_price_rejects_missing_license"),
        ("unbalanced brackets", "test_price_rejects_unbalanced_brackets"),
        ("that is so", "test_price_rejects_invalid_expression"),
    ],
)
def test_what_stands_behind_a_colon_in_a_message_may_say_more(reason, name):
    message = f"'OR MIT' is not a valid expression: {reason}"
    assert named(case(raises(message), arguments={"total": "'OR MIT'"})) == name


@pytest.mark.parametrize(
    ("text", "outcome", "name"),
    [
        ("if self.branch_code:", "false", "test_bic_formatted_without_branch_code"),
        ("if self.branch_code:", "true", "test_bic_formatted_with_branch_code"),
        ("if self.allow_empty:", "true", "test_bic_formatted"),
        ("if self.is_closed:", "false", "test_bic_formatted"),
        ("if self.last_closed:", "true", "test_bic_formatted"),
    ],
)
def test_of_an_object_it_is_said_what_it_has_and_no_flag(text, outcome, name):
    seen = Observation(subject="result", value="'GENO DE'")
    stated = case(seen, subject="BIC.formatted", text=text, outcome=outcome, parameters=(), optional=())
    assert named(stated) == name


@pytest.mark.parametrize(
    ("config", "name"), [("[⟨shop:Nothing⟩(), 2]", "test_show"), ("None", "test_show_with_none")]
)
def test_what_is_something_is_not_said_to_be_missing(config, name):
    text = "elif config is None or isinstance(config, Nothing):"
    stated = case(
        Observation(subject="result", value="'1 = 2'"),
        subject="show",
        text=text,
        outcome="true",
        parameters=("config",),
        optional=(),
        arguments={"config": config},
    )
    assert named(stated) == name


def test_what_is_gone_through_and_empty_yields_nothing():
    given = case(
        Observation(subject="result", value="[]", expression="{result}"),
        text="if sep is None:",
        outcome="true",
        arguments={"total": "3"},
        is_gathered=True,
    )
    assert named(given) == "test_price_without_sep_yields_nothing"


def test_what_a_message_begins_with_is_no_value_though_the_same_was_passed():
    given = case(raises("unknown character encoding: unknown"), arguments={"s": "'unknown'"}, parameters=("s",))
    assert named(given) == "test_price_rejects_unknown_character_encoding"


@pytest.mark.parametrize(("has_more", "name"), [(False, "missing_arguments"), (True, "")])
def test_no_arguments_are_missing_where_some_are_passed_that_have_no_name(has_more, name):
    bare = case(raises("Parameters must be instances of Interval"), is_bare=True, has_more=has_more)
    assert named(bare).endswith(name)
    assert ("missing_arguments" in named(bare)) == (not has_more)


@pytest.mark.parametrize(
    ("text", "name"),
    [("if sep:", "test_price_rejects_invalid_sep"), ("if total < 1:", "test_price_rejects_zero_total")],
)
def test_of_what_is_passed_that_is_refused_which_is_decided_on(text, name):
    stated = case(raises(), arguments={"total": "0", "sep": "','"}, text=text, outcome="true")
    assert named(stated) == name


def test_what_sets_an_attribute_is_called_its_setter():
    assert names.subjects("Reply.result=", "tests/test_reply.py") == ("result_setter", "reply_result_setter")


def test_what_is_no_operand_does_not_stand_behind_from():
    reversed_one = {"subject": "Price.__rsub__", "parameters": ("other",)}
    refused = case(raises("fractional prices are not supported"), arguments={"other": "1"}, **reversed_one)
    assert named(refused) == "test_price_subtract_rejects_unsupported_fractional_prices"
    assert named(case(arguments={"other": "None"}, **reversed_one)) == "test_price_subtract_from_none"


def test_an_argument_that_is_something_is_refused_as_that():
    assert named(case(raises("price() arg is an empty sequence"))) == "test_price_rejects_empty_sequence"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({}, "test_price_rejects_missing_code"), ({"code": "None"}, "test_price_rejects_none_code")],
    ids=["not passed", "passed"],
)
def test_what_is_none_because_nothing_is_passed_is_missing(arguments, name):
    assert named(case(raises("code is None"), arguments=arguments)) == name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"total": "[]"}, "empty_list"),
        ({"totals": "[]"}, "empty_totals"),
        ({"class_": "{}"}, "empty_dictionary"),
        ({"total": "''"}, "empty_total"),
    ],
    ids=["a list", "several", "a dictionary", "a text"],
)
def test_something_empty_is_called_by_its_kind_unless_the_parameter_says_it(arguments, said):
    empty = case(arguments=arguments, parameters=tuple(arguments), text="if not total:", outcome="true")
    assert said in named(empty)


@pytest.mark.parametrize(
    ("name", "before", "after", "other"),
    [
        ("test_append_tags", "RuleAppendTags0", "RuleRemoveTags0", "test_remove_tags"),
        ("test_lru", "cache.LRUCache", "cache.LFUCache", "test_lfu"),
        ("test_it", "Append", "Remove", "test_it"),
        ("test_appendix", "Append", "Remove", "test_appendix"),
        ("test_it", "Append", "AppendAll", "test_it"),
    ],
)
def test_a_test_of_something_else_is_named_by_the_words_in_which_both_differ(name, before, after, other):
    assert names.exchanged(name, before, after) == other
