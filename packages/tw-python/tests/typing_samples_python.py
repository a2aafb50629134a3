"""What type checkers must understand of tw-python; checked by mypy and pyright, not run."""

from collections.abc import Generator
from types import TracebackType
from typing import assert_type

from twisted.python.components import (
    Attribute,
    Componentized,
    Interface,
    adapt,
    classImplements,
    implementer,
    provides,
    proxyForInterface,
    registerAdapter,
    verifyObject,
)
from twisted.python.deprecate import deprecated
from twisted.python.failure import Failure
from twisted.python.reflect import requireModule
from twisted.python.usage import Options, UsageError
from twisted.python.util import InsensitiveDict, padTo, sibpath, uniquify
from twisted.python.versions import Version


class ISocket(Interface):
    """A socket."""

    rating: int = Attribute("The largest current, in amperes.")

    def voltage(self, phase: int = 1) -> float:
        """Return the voltage."""
        ...


class IColored(Interface):
    """What has a color."""

    @property
    def color(self) -> str:
        """The color."""
        ...


class IColoredSocket(ISocket, IColored, Interface):
    """Both of them."""


@implementer(ISocket)
class Socket:
    rating = 16

    def voltage(self, phase: int = 1) -> float:
        return 230.0


@implementer(IColoredSocket)
class RedSocket(Socket):
    color = "red"


class Transformer:
    def __init__(self, original: Socket) -> None:
        self.original = original


classImplements(Transformer, ISocket)


# The decorator leaves the class as it is, and the class fits the interface.
assert_type(Socket(), Socket)
assert_type(RedSocket().color, str)
socket: ISocket = Socket()
both: IColoredSocket = RedSocket()
colored: IColored = both
plugged: ISocket = both


def adapting(thing: object) -> None:
    assert_type(adapt(ISocket, thing), ISocket)
    assert_type(adapt(ISocket, thing).voltage(2), float)
    assert_type(adapt(ISocket, thing, None), ISocket | None)
    assert_type(adapt(IColoredSocket, thing), IColoredSocket)
    assert_type(adapt(IColoredSocket, thing).color, str)
    assert_type(adapt(IColoredSocket, thing).rating, int)
    assert_type(provides(ISocket, thing), bool)
    assert_type(verifyObject(ISocket, thing), bool)


def components(componentized: Componentized) -> None:
    registerAdapter(Transformer, Socket, ISocket, IColored)
    assert_type(componentized.getComponent(ISocket), ISocket | None)
    assert_type(componentized.getComponent(ISocket, 5), ISocket | int)
    assert_type(componentized.addAdapter(Transformer), Transformer)
    assert_type(proxyForInterface(ISocket)(Socket()), ISocket)


def failures(failure: Failure, generator: Generator[int, None, str]) -> None:
    assert_type(failure.value, BaseException)
    assert_type(failure.type, type[BaseException])
    assert_type(failure.tb, TracebackType | None)
    assert_type(failure.trap(KeyError), type[KeyError])
    assert_type(failure.check(KeyError), type[KeyError] | None)
    assert_type(failure.check("builtins.KeyError"), type[BaseException] | str | None)
    assert_type(failure.throwExceptionIntoGenerator(generator), int)
    assert_type(failure.getErrorMessage(), str)


class Cat(Options):
    optFlags = [["number", "n", "Number the lines"], ["quiet", None, None]]
    optParameters = [["width", "w", 80, "The width", int], ["user", "u", None]]

    def opt_verbose(self) -> None:
        """Say more."""

    def parseArgs(self, *files: str) -> None:
        self["files"] = files


class Copy(Options):
    subCommands = [["cat", "c", Cat, "Print"], ["other", None, Cat, None]]

    def parseArgs(self, origin: str, target: str) -> None:
        raise UsageError("no")


@deprecated(Version("Thing", 1, 0, 0), "new")
def old(value: int, *, scale: float = 1.0) -> str:
    return str(value * scale)


def helpers() -> None:
    assert_type(old(1, scale=2.0), str)
    assert_type(uniquify([1, 2]), list[int])
    assert_type(padTo(2, ["a"]), list[str | None])
    assert_type(sibpath("a", "b"), str)
    assert_type(sibpath(b"a", b"b"), bytes)
    assert_type(InsensitiveDict({"a": 1})["A"], int)
    module = requireModule("json")
    assert module is not None
    assert_type(module.__name__, str)
