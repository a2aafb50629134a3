"""A reactor on which nothing works."""

from typing import NoReturn

from twisted.internet.interfaces import (
    IHostnameResolver,
    IReactorPluggableNameResolver,
    IReactorSocket,
    IReactorSSL,
    IReactorTCP,
    IReactorUNIX,
)
from twisted.internet.testing._memoryports import MemoryNameResolver
from twisted.python.components import classImplements


class RaisingMemoryReactor:
    """A reactor whose every attempt to listen or connect raises an exception."""

    def __init__(
        self,
        listenException: Exception | None = None,
        connectException: Exception | None = None,
    ) -> None:
        """Make a reactor.

        Args:
            listenException: What the listening and adopting methods raise.
            connectException: What the connecting methods raise.
        """
        self._listenException = listenException
        self._connectException = connectException
        self.nameResolver: IHostnameResolver = MemoryNameResolver({})

    def _listen(self, *args: object, **kwargs: object) -> NoReturn:
        """Raise what listening raises.

        Args:
            args: Not looked at.
            kwargs: Not looked at.
        """
        raise self._listenException or RuntimeError("no exception was given for listening")

    def _connect(self, *args: object, **kwargs: object) -> NoReturn:
        """Raise what connecting raises.

        Args:
            args: Not looked at.
            kwargs: Not looked at.
        """
        raise self._connectException or RuntimeError("no exception was given for connecting")

    listenTCP = _listen
    listenSSL = _listen
    listenUNIX = _listen
    adoptStreamPort = _listen
    adoptStreamConnection = _listen
    adoptDatagramPort = _listen
    connectTCP = _connect
    connectSSL = _connect
    connectUNIX = _connect

    def installNameResolver(self, resolver: IHostnameResolver) -> IHostnameResolver:
        """Use another name resolver, and return the one in use before."""
        previous, self.nameResolver = self.nameResolver, resolver
        return previous


classImplements(
    RaisingMemoryReactor,
    IReactorTCP,
    IReactorSSL,
    IReactorUNIX,
    IReactorSocket,
    IReactorPluggableNameResolver,
)
