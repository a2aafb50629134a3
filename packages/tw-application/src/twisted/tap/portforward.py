"""The command `portforward`: passes connections on to another port."""

from collections.abc import Sequence
from typing import Any

from twisted.application import strports
from twisted.application.service import Service
from twisted.protocols.portforward import ProxyFactory
from twisted.python.usage import CompleteHostnames, Completions, UsageError, portCoerce
from twisted.python.usage import Options as UsageOptions


class Options(UsageOptions):
    """The options of `twistd portforward`."""

    synopsis = "[options]"
    longdesc = "Passes the connections to a port on to a port of another host."
    optParameters: Sequence[Sequence[Any]] = [
        ["port", "p", "tcp:6666:interface=127.0.0.1", "Where to listen, as an endpoint."],
        ["host", "h", "localhost", "The host to connect to."],
        ["dest_port", "d", 6665, "The port to connect to.", portCoerce],
    ]
    compData: Completions | None = Completions(optActions={"host": CompleteHostnames()})


def makeService(config: UsageOptions) -> Service:
    """Return a service that passes connections on.

    Args:
        config: The options.

    Raises:
        UsageError: The endpoint cannot be understood.
    """
    factory = ProxyFactory(config["host"], config["dest_port"])
    port = str(config["port"])
    # A bare number is a port, as it was before there were endpoints.
    description = f"tcp:{port}" if port.isascii() and port.isdigit() else port
    try:
        return strports.service(description, factory)
    except ValueError as error:
        raise UsageError(f"--port does not take {port!r}: {error}") from error


__all__ = ["Options", "makeService"]
