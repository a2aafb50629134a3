"""The door to the default reactor: the one place below tw-reactor that looks up to it.

A function whose `reactor` or `clock` argument was left out asks here. Nothing is imported until
then, so that a Deferred can be used without any event loop.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar, cast

from twisted.python.components import provides

R = TypeVar("R")

REACTOR_MODULE = "twisted.internet.reactor"


def defaultReactor(interface: Callable[..., R], /) -> R:
    """Return the default reactor as a provider of an interface.

    Args:
        interface: What is asked of the reactor: `IReactorTime`, `IReactorTCP`, ...

    Returns:
        The default reactor of this process; asking for it may bind it.

    Raises:
        ImportError: tw-reactor is not installed.
        TypeError: The default reactor does not provide `interface`.
    """
    try:
        module = import_module(REACTOR_MODULE)
    except ModuleNotFoundError as error:
        if error.name != REACTOR_MODULE:
            raise
        raise ImportError(
            "No reactor was given, and the default reactor is not there: "
            "pip install tw-reactor, or pass a reactor",
            name=REACTOR_MODULE,
        ) from error
    # Once bound, the reactor itself stands in sys.modules in place of its module.
    reactor: object = module
    if not provides(interface, reactor):
        name = getattr(interface, "__name__", repr(interface))
        raise TypeError(
            f"The default reactor ({reactor!r}) does not provide {name}: "
            "install a reactor that does, or pass one"
        )
    return cast(R, reactor)


__all__ = ["defaultReactor"]
