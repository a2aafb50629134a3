"""What type checkers are told of the module of the default reactor is what a reactor has."""

import ast
import inspect
from pathlib import Path

import pytest
from zope.interface import implementedBy  # type: ignore[import-untyped]
from zope.interface.interface import Method  # type: ignore[import-untyped]

from twisted.internet import _reactorinstall
from twisted.internet.selectreactor import SelectReactor

MODULE = Path(_reactorinstall.__file__).with_name("reactor.py")
DECLARED = {
    node.name: node
    for block in ast.parse(MODULE.read_text()).body
    if isinstance(block, ast.If)
    for node in block.body
    if isinstance(node, ast.FunctionDef)
}


def _names(arguments: ast.arguments) -> list[str]:
    """Return the names of a function's parameters, in order."""
    positional = [each.arg for each in [*arguments.posonlyargs, *arguments.args]]
    more = [each.arg for each in (arguments.vararg, arguments.kwarg) if each]
    return positional + more


# A function of the standard library that has no signature stands in for `seconds`.
@pytest.mark.parametrize("name", sorted(DECLARED.keys() - {"seconds"}))
def test_a_declared_function_has_the_parameters_of_the_method(name: str) -> None:
    signature = inspect.signature(getattr(SelectReactor, name))
    names = [each for each in signature.parameters if each != "self"]
    assert _names(DECLARED[name].args) == names


def test_every_method_of_the_interfaces_of_a_reactor_is_declared() -> None:
    promised = {
        name
        for interface in implementedBy(SelectReactor)
        for name, description in interface.namesAndDescriptions(all=True)
        if isinstance(description, Method)
    }
    assert promised - DECLARED.keys() == set()
