"""What a form asks for, and what becomes of what comes from it."""

import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python import formmethod as fm

OFFER = [("a", 1, "The first"), ("b", 2, "The second")]


class TestArgument:
    def test_it_is_described(self) -> None:
        argument = fm.Argument("user", 1, "Short", "Long", {"h": 1})
        assert (argument.name, argument.default) == ("user", 1)
        assert (argument.getShortDescription(), argument.getLongDescription()) == ("Short", "Long")

    def test_without_a_description_the_name_is_shown(self) -> None:
        argument = fm.Argument("user")
        assert (argument.getShortDescription(), argument.getLongDescription()) == ("User", "")

    def test_hints_are_kept(self) -> None:
        argument = fm.Argument("user", hints={"h": 1})
        argument.addHints(q=3)
        assert [argument.getHint("h"), argument.getHint("q")] == [1, 3]
        assert argument.getHint("z", 4) == 4

    def test_the_value_is_what_came(self) -> None:
        assert fm.Argument("user").coerce("x") == "x"

    @pytest.mark.parametrize(
        ("argument", "default"),
        [
            (fm.String("n"), ""),
            (fm.Integer("n"), None),
            (fm.Integer("n", default=0), 0),
            (fm.Float("n"), None),
            (fm.Date("n"), None),
            (fm.Choice("n", default="a"), "a"),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_a_kind_has_a_default(self, argument: fm.Argument, default: object) -> None:
        assert argument.default == default


@pytest.mark.parametrize(
    ("argument", "came", "value"),
    [
        (fm.String("n"), "a", "a"),
        (fm.String("n"), 5, "5"),
        (fm.String("n"), None, ""),
        (fm.String("n"), "é".encode(), "é"),
        (fm.String("n", min=2, max=4), "abcd", "abcd"),
        (fm.Text("n"), "a\nb", "a\nb"),
        (fm.Hidden("n"), "a", "a"),
        (fm.Password("n"), "a", "a"),
        (fm.VerifiedPassword("n"), ["a", "a"], "a"),
        (fm.Integer("n"), " -5 ", -5),
        (fm.Integer("n"), 5, 5),
        (fm.Integer("n"), "", None),
        (fm.Integer("n"), None, None),
        (fm.IntegerRange("n", 1, 5), "1", 1),
        (fm.IntegerRange("n", 1, 5), "5", 5),
        (fm.IntegerRange("n", 1, 5), "", None),
        (fm.Float("n"), "1.5", 1.5),
        (fm.Float("n"), "-.5e1", -5.0),
        (fm.Float("n"), "", None),
        (fm.Boolean("n"), "on", True),
        (fm.Boolean("n"), "1", True),
        (fm.Boolean("n"), ["x"], True),
        (fm.Boolean("n"), "False", False),
        (fm.Boolean("n"), "off", False),
        (fm.Boolean("n"), "", False),
        (fm.Boolean("n"), None, False),
        (fm.Choice("n", OFFER), "b", 2),
        (fm.RadioGroup("n", OFFER), b"a", 1),
        (fm.Flags("n", OFFER), ["b", "a"], [2, 1]),
        (fm.Flags("n", OFFER), "a", [1]),
        (fm.CheckGroup("n", OFFER), None, []),
        (fm.Submit("n"), "Submit", "submit"),
        (fm.Submit("n", OFFER, allowNone=1), "", None),
        (fm.Date("n"), ("2024", "2", "29"), (2024, 2, 29)),
        (fm.Date("n"), ("", "", ""), None),
        (fm.File("n"), None, None),
        (fm.File("n", allowNone=0), "x", "x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_came_becomes_a_value(argument: fm.Argument, came: object, value: object) -> None:
    result = argument.coerce(came)
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("argument", "came"),
    [
        (fm.String("n"), b"\xff"),
        (fm.String("n", min=2), "a"),
        (fm.String("n", max=4), "abcde"),
        (fm.VerifiedPassword("n"), ["a", "b"]),
        (fm.VerifiedPassword("n"), ["a"]),
        (fm.VerifiedPassword("n"), "aa"),
        (fm.VerifiedPassword("n", min=2), ["a", "a"]),
        (fm.Integer("n"), "x"),
        (fm.Integer("n"), "1_0"),
        (fm.Integer("n"), "٣"),
        (fm.Integer("n"), "9" * 101),
        (fm.Integer("n", allowNone=0), ""),
        (fm.IntegerRange("n", 1, 5), "0"),
        (fm.IntegerRange("n", 1, 5), "6"),
        (fm.Float("n"), "nan"),
        (fm.Float("n"), "inf"),
        (fm.Float("n"), "1e999"),
        (fm.Float("n"), "."),
        (fm.Float("n", allowNone=0), " "),
        (fm.Choice("n", OFFER), "z"),
        (fm.Choice("n", OFFER), None),
        (fm.Flags("n", OFFER), ["a", "z"]),
        (fm.Submit("n"), ""),
        (fm.Date("n"), ("2023", "2", "29")),
        (fm.Date("n"), ("x", "1", "1")),
        (fm.Date("n"), ("0", "1", "1")),
        (fm.Date("n"), ()),
        (fm.Date("n"), None),
        (fm.Date("n", allowNone=0), ("", "", "")),
        (fm.File("n", allowNone=0), b""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_used_is_refused(argument: fm.Argument, came: object) -> None:
    with pytest.raises(fm.InputError):
        argument.coerce(came)


ARGUMENTS: list[fm.Argument] = [
    fm.String("n", max=3),
    fm.VerifiedPassword("n"),
    fm.Integer("n"),
    fm.IntegerRange("n", 1, 5),
    fm.Float("n"),
    fm.Boolean("n"),
    fm.Choice("n", OFFER),
    fm.Flags("n", OFFER),
    fm.Submit("n"),
    fm.Date("n"),
    fm.File("n"),
]
texts = st.one_of(st.none(), st.text(max_size=8), st.binary(max_size=8))


@given(st.sampled_from(ARGUMENTS), st.one_of(texts, st.lists(texts, max_size=4)))
def test_whatever_came_is_a_value_or_refused(argument: fm.Argument, came: Any) -> None:
    with suppress(fm.InputError):
        argument.coerce(came)


def test_a_file_is_passed_as_it_came() -> None:
    file = io.BytesIO(b"x")
    assert fm.File("n").coerce(file) is file


def test_a_refusal_has_descriptions() -> None:
    error = fm.FormException("no", user="too long")
    assert (error.args, error.descriptions) == (("no",), {"user": "too long"})


def test_a_refusal_shows_not_too_much() -> None:
    with pytest.raises(fm.InputError) as caught:
        fm.Integer("n").coerce("x" * 10000)
    assert len(str(caught.value)) < 200


def test_a_function_is_called_with_the_values_of_its_arguments() -> None:
    signature = fm.MethodSignature(fm.String("user"), fm.Integer("self"))
    method = signature.method(lambda *args, **keywords: (args, keywords), takesRequest=True)
    assert method.takesRequest
    assert [argument.name for argument in method.getArgs()] == ["user", "self"]
    assert method.call(1, self=2) == ((1,), {"self": 2})


def test_an_argument_is_found_by_its_name() -> None:
    user = fm.String("user")
    signature = fm.MethodSignature(fm.Integer("age"), user)
    assert signature.getArgument("user") is user
    assert signature.getArgument("password") is None


def test_a_number_above_zero() -> None:
    assert fm.positiveInt("17") == 17


@pytest.mark.parametrize("text", ["0", "-1", "+1", " 1", "x", "", "1_0", "9" * 101])
def test_another_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        fm.positiveInt(text)
