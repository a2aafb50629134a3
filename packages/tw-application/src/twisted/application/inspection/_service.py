"""Listens at a UNIX socket, takes one question a connection, and answers it.

A question is a line with a list of words in JSON, an answer a line with an object: its `rows`, or
its `error`. Only the user that the service runs as can connect, by the permissions of the socket.
"""

import json
from typing import Any, cast

from twisted.application.draining import IDrainable
from twisted.application.inspection._inspection import Inspection, InspectionError
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IDelayedCall,
    IListeningPort,
    IReactorTime,
    IReactorUNIX,
    ITCPTransport,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.components import Interface, implementer
from twisted.python.failure import Failure

_log = Logger("twisted.application.inspection")

MAXIMUM_QUESTION = 4096
"""How long a question may be, in bytes."""
PATIENCE = 10.0
"""How many seconds a peer has to ask, and to take its answer."""
MODE = 0o600
"""The permissions of the socket file."""


class IReactorOfInspecting(IReactorUNIX, IReactorTime, Interface):
    """What the service needs of a reactor."""


def reply(inspection: Inspection, line: bytes) -> bytes:
    """Return the answer to a question, whatever it is.

    Args:
        inspection: Knows the answers.
        line: The question, as it came.
    """
    try:
        words = json.loads(line)
    except (ValueError, RecursionError):
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        answer: dict[str, object] = {"error": "a question is a line with a list of words in JSON"}
    else:
        try:
            answer = {"rows": inspection.answer(words)}
        except InspectionError as error:
            answer = {"error": str(error)}
        except Exception:
            _log.failure("The question {words} failed", words=words)
            answer = {"error": "the question failed, and the log of the service says why"}
    return json.dumps(answer).encode() + b"\n"


@implementer(IDrainable)
class _Answering(Protocol):
    """Answers one question."""

    def __init__(self, inspection: Inspection, reactor: IReactorTime) -> None:
        self._inspection = inspection
        self._reactor = reactor
        self._asked = b""
        self._limit: IDelayedCall | None = None

    def connectionMade(self) -> None:
        """Begin to be patient."""
        self._limit = self._reactor.callLater(
            PATIENCE, cast(ITCPTransport, self.transport).abortConnection
        )

    def dataReceived(self, data: bytes) -> None:
        """Take a part of the question, and answer when it is whole."""
        if b"\n" in self._asked or len(self._asked) > MAXIMUM_QUESTION:
            return
        self._asked += data[: MAXIMUM_QUESTION + 1]
        line, end, _ = self._asked.partition(b"\n")
        if end:
            self.transport.write(reply(self._inspection, line))
        elif len(self._asked) > MAXIMUM_QUESTION:
            self.transport.write(reply(self._inspection, b""))
        else:
            return
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Be patient no more."""
        if self._limit is not None and self._limit.active():
            self._limit.cancel()

    def drain(self) -> None:
        """End at once: a question that was not asked yet is none."""
        self.transport.loseConnection()


class _AnsweringFactory(Factory[_Answering]):
    """Builds the protocols."""

    noisy = False

    def __init__(self, inspection: Inspection, reactor: IReactorTime) -> None:
        self._inspection = inspection
        self._reactor = reactor

    def buildProtocol(self, addr: object) -> _Answering:
        """Build one."""
        return _Answering(self._inspection, self._reactor)


class InspectionService(Service):
    """Answers questions at a UNIX socket while it runs.

    Args:
        reactor: Listens.
        path: The path of the socket.
        inspection: Knows the answers.
    """

    def __init__(self, reactor: IReactorOfInspecting, path: str, inspection: Inspection) -> None:
        self._reactor = reactor
        self._path = path
        self._factory = _AnsweringFactory(inspection, reactor)
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        """Listen.

        Raises:
            CannotListenError: The path is taken, or cannot be made.
        """
        super().startService()
        self._port = self._reactor.listenUNIX(self._path, self._factory, mode=MODE, wantPID=True)

    def stopService(self) -> Deferred[Any] | None:
        """Listen no more.

        Returns:
            A Deferred that fires when the socket is gone, or None if it is.
        """
        super().stopService()
        port, self._port = self._port, None
        return None if port is None else port.stopListening()
