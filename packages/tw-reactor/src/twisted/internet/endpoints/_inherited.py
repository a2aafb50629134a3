"""The parsers of `systemd:` and `fd:`: sockets that this process was started with."""

import os
import socket
import stat
from collections.abc import Callable
from socket import AddressFamily

from twisted.internet.endpoints._adopted import AdoptedStreamServerEndpoint
from twisted.internet.endpoints._arguments import numberFrom
from twisted.internet.interfaces import (
    IReactorSocket,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from twisted.python.components import classImplements
from twisted.python.systemd import ListenFDs

_DOMAINS = {
    "INET": socket.AF_INET,
    "INET6": socket.AF_INET6,
    "UNIX": socket.AF_UNIX,
}


def domainFrom(text: str) -> AddressFamily:
    """Return a family of addresses.

    Args:
        text: `INET`, `INET6` or `UNIX`.

    Raises:
        ValueError: It is none of them.
    """
    try:
        return _DOMAINS[text]
    except KeyError:
        known = ", ".join(_DOMAINS)
        raise ValueError(f"a domain is one of {known}, not {text!r}") from None


def _checkListening(descriptor: int, domain: AddressFamily | None) -> AddressFamily:
    """Return the family of a descriptor that is an open socket and listens.

    Args:
        descriptor: The descriptor.
        domain: The family that it has to be of, or None.

    Raises:
        ValueError: It is no such socket.
    """
    try:
        isSocket = stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except OSError as error:
        raise ValueError(f"descriptor {descriptor} is not open in this process") from error
    if not isSocket:
        raise ValueError(f"descriptor {descriptor} is no socket")
    asked = socket.socket(fileno=descriptor)
    try:
        family = AddressFamily(asked.family)
        listens = asked.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    finally:
        asked.detach()
    if domain not in (None, family):
        raise ValueError(f"the socket at descriptor {descriptor} is of {family.name}")
    if not listens:
        raise ValueError(f"the socket at descriptor {descriptor} does not listen")
    return family


class SystemdServerParser:
    """Makes a server endpoint of `systemd:domain:index`, or of `systemd:domain:name=...`.

    What the environment says about the descriptors is taken out of it when the first description is
    parsed, so that child processes do not take it for theirs, and kept for later descriptions.
    """

    prefix = "systemd"

    def __init__(
        self, takeDescriptors: Callable[[], ListenFDs] = ListenFDs.takeFromEnvironment
    ) -> None:
        """Make a parser.

        Args:
            takeDescriptors: Finds out what this process was started with.
        """
        self._takeDescriptors = takeDescriptors
        self._taken: ListenFDs | None = None

    def parseStreamServer(
        self,
        reactor: IReactorSocket,
        domain: str,
        index: str | None = None,
        name: str | None = None,
    ) -> IStreamServerEndpoint:
        """Return the endpoint.

        Args:
            reactor: Listens on the socket.
            domain: The family of its addresses: `INET`, `INET6` or `UNIX`.
            index: Which of the sockets, counted from 0.
            name: What the socket is called (`FileDescriptorName=` of the unit, systemd.socket(5)).

        Raises:
            ValueError: A value is wrong, or there is no such socket.
        """
        if (index is None) == (name is None):
            raise ValueError("either an index or a name says which of the sockets")
        family = domainFrom(domain)
        if index is not None:
            descriptor = self._byIndex(numberFrom(index, "an index"))
        else:
            assert name is not None, "one of them was given"
            descriptor = self._byName(name)
        return AdoptedStreamServerEndpoint(reactor, descriptor, _checkListening(descriptor, family))

    def _byIndex(self, index: int) -> int:
        """Return the descriptor of an index.

        Raises:
            ValueError: There are not so many.
        """
        descriptors = self._inherited().inheritedDescriptors()
        if index < len(descriptors):
            return descriptors[index]
        raise ValueError(f"there is no socket {index}: {_whatThereIs(len(descriptors))}")

    def _byName(self, name: str) -> int:
        """Return the descriptor of a name.

        Raises:
            ValueError: None is called so.
        """
        named = self._inherited().inheritedNamedDescriptors()
        if name in named:
            return named[name]
        count = len(self._inherited().inheritedDescriptors())
        called = f", called {', '.join(sorted(named))}" if named else ""
        raise ValueError(f"no socket is called {name!r}: {_whatThereIs(count)}{called}")

    def _inherited(self) -> ListenFDs:
        """Return what this process was started with."""
        if self._taken is None:
            self._taken = self._takeDescriptors()
        return self._taken


def _whatThereIs(count: int) -> str:
    """Return in words how many sockets this process was given."""
    if count == 0:
        return "this process was given none (LISTEN_FDS and LISTEN_PID, sd_listen_fds(3))"
    return f"this process was given {count}"


class DescriptorServerParser:
    """Makes a server endpoint of `fd:fileno[:domain]`: a socket that a parent process handed on."""

    prefix = "fd"

    def parseStreamServer(
        self, reactor: IReactorSocket, fileno: str, domain: str | None = None
    ) -> IStreamServerEndpoint:
        """Return the endpoint.

        Args:
            reactor: Listens on the socket.
            fileno: The number of its descriptor.
            domain: The family of its addresses: `INET`, `INET6` or `UNIX`; the socket itself is
                asked if it is left out.

        Raises:
            ValueError: A value is wrong, or the descriptor is no listening socket.
        """
        descriptor = numberFrom(fileno, "a descriptor")
        family = _checkListening(descriptor, None if domain is None else domainFrom(domain))
        return AdoptedStreamServerEndpoint(reactor, descriptor, family)


classImplements(SystemdServerParser, IPlugin, IStreamServerEndpointStringParser)
classImplements(DescriptorServerParser, IPlugin, IStreamServerEndpointStringParser)
