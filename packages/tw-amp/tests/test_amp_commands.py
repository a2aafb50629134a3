"""Commands: signatures, names, and what becomes of boxes."""

from typing import Any

import pytest

from twisted.protocols.amp import (
    AMP,
    AmpBox,
    Command,
    CommandLocator,
    Integer,
    InvalidSignature,
    IResponderLocator,
    SimpleStringLocator,
    String,
    Unicode,
)
from twisted.python.components import verifyObject

from .amp_helpers import Forbidden, Pair, Sum, TooBig, results


class Named(Command):
    """Has names that are no identifiers."""

    commandName = "named-command"
    arguments = [(b"from-user", Unicode()), ("class", Integer(optional=True))]
    response = [("in", Integer())]


def test_names_may_be_text_or_bytes_and_are_bytes_then() -> None:
    assert [name for name, _ in Named.arguments] == [b"from-user", b"class"]
    assert [name for name, _ in Sum.response] == [b"total"]
    assert Sum.errors == {TooBig: b"TOO_BIG"}


@pytest.mark.parametrize("name", ["", b"", "sn\N{SNOWMAN}w", b"\xff"])
def test_names_are_ascii(name: str | bytes) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        type("Bad", (Command,), {"arguments": [(name, Integer())]})


def test_names_are_no_numbers() -> None:
    with pytest.raises(TypeError, match="text or bytes"):
        type("Bad", (Command,), {"arguments": [(3, Integer())]})


def test_command_is_called_as_its_class_unless_it_says_otherwise() -> None:
    assert Sum.commandName == b"Sum"
    assert vars(Named)["commandName"] == b"named-command"
    assert vars(type("Other", (Named,), {}))["commandName"] == b"Other"


def test_python_sees_identifiers() -> None:
    box = Named.makeArguments({"from_user": "alice", "Class": 3}, None)
    assert box == {b"from-user": b"alice", b"class": b"3"}
    assert Named.parseArguments(box, None) == {"from_user": "alice", "Class": 3}
    assert Named.makeResponse({"In": 1}, None) == {b"in": b"1"}
    assert Named.parseResponse(AmpBox({b"in": b"1", b"_answer": b"7"}), None) == {"In": 1}


def test_optional_argument_that_is_missing_is_none() -> None:
    assert Named.parseArguments(AmpBox({b"from-user": b"x"}), None)["Class"] is None


def test_box_stays_as_it_is() -> None:
    box = AmpBox(a=b"1", b=b"2")
    Sum.parseArguments(box, None)
    assert box == {b"a": b"1", b"b": b"2"}


def test_request_that_lacks_an_argument_is_not_made() -> None:
    with pytest.raises(InvalidSignature, match="forgot b for b'Sum'"):
        Sum(a=1)


def test_unknown_argument_is_refused() -> None:
    with pytest.raises(InvalidSignature, match="zz is not a valid argument"):
        Sum.makeArguments({"a": 1, "b": 2, "zz": 3}, None)


def test_response_has_to_be_a_dict() -> None:
    with pytest.raises(TypeError, match="has to return a dict with 'total', not 3"):
        Sum.makeResponse(3, None)


def test_response_has_to_be_complete() -> None:
    with pytest.raises(InvalidSignature, match="'total' is missing"):
        Sum.makeResponse({}, None)


def test_errors_of_the_commands_that_are_extended_count() -> None:
    class More(Sum):
        errors = {ValueError: b"VALUE"}

    assert More.errors == {ValueError: b"VALUE"}
    assert More.allErrors == {TooBig: b"TOO_BIG", Forbidden: b"FORBIDDEN", ValueError: b"VALUE"}
    assert More.reverseErrors[b"FORBIDDEN"] is Forbidden
    assert More.reverseErrors[b"VALUE"] is ValueError
    assert More._fatal == {Forbidden}


def test_command_may_have_boxes_of_its_own() -> None:
    class MyBox(AmpBox):
        pass

    class Boxed(Command):
        arguments = [("a", String())]
        response = [("b", String())]
        commandType = MyBox
        responseType = MyBox

    assert type(Boxed.makeArguments({"a": b""}, None)) is MyBox
    assert type(Boxed.makeResponse({"b": b""}, None)) is MyBox


class Registrar(CommandLocator):
    """Answers one command."""

    @Sum.responder
    def add(self, a: int, b: int) -> dict[str, int]:
        return {"total": a + b}


def test_responder_can_still_be_called() -> None:
    assert Registrar().add(1, 2) == {"total": 3}


def test_locator_finds_its_responders() -> None:
    locator = Registrar()
    assert verifyObject(IResponderLocator, locator)
    responder = locator.locateResponder(b"Sum")
    assert responder is not None
    assert results(responder(AmpBox(a=b"1", b=b"2"))) == [{b"total": b"3"}]
    assert locator.locateResponder(b"sum") is None
    assert locator.lookupFunction(b"Sum") is not None


def test_responders_are_inherited_and_overridden() -> None:
    class Same(Registrar):
        pass

    class Other(Registrar):
        @Sum.responder
        def multiply(self, a: int, b: int) -> dict[str, int]:
            return {"total": a * b}

    for cls, total in (Registrar, b"7"), (Same, b"7"), (Other, b"12"):
        responder = cls().locateResponder(b"Sum")
        assert responder is not None
        assert results(responder(AmpBox(a=b"3", b=b"4"))) == [{b"total": total}]


def test_one_method_may_answer_several_commands() -> None:
    class Both(CommandLocator):
        @Sum.responder
        @Named.responder
        def anything(self, **arguments: Any) -> dict[str, int]:
            return {"total": 1, "In": 2}

    locator = Both()
    assert locator.locateResponder(b"Sum") is not None
    assert locator.locateResponder(b"named-command") is not None


def test_methods_are_found_by_their_names() -> None:
    class Simple(SimpleStringLocator):
        def amp_HELLO(self, box: AmpBox) -> AmpBox:
            return AmpBox(hello=box[b"name"])

    locator = Simple()
    assert verifyObject(IResponderLocator, locator)
    found: object = locator.locateResponder(b"hello")
    assert found == locator.amp_HELLO
    assert locator.locateResponder(b"goodbye") is None
    assert locator.locateResponder(b"\xff\0.__class__") is None


def test_protocol_looks_for_both_kinds() -> None:
    class Both(AMP):
        @Sum.responder
        def add(self, a: int, b: int) -> dict[str, int]:
            return {"total": a + b}

        def amp_SUM(self, box: AmpBox) -> AmpBox:
            raise AssertionError("the declared one goes first")

        def amp_PING(self, box: AmpBox) -> AmpBox:
            return AmpBox(pong=b"1")

    pair = Pair(Both())
    total = results(pair.client.callRemote(Sum, a=1, b=2))
    pong = results(pair.client.callRemoteString(b"ping"))
    pair.turn()
    assert total == [{"total": 3}]
    assert pong == [{b"_answer": b"2", b"pong": b"1"}]
