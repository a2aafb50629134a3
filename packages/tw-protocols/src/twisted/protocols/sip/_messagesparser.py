"""Joins the parser of messages to what brings the bytes: a connection, or one datagram after another."""

from collections.abc import Callable

from twisted.protocols.basic import LineReceiver
from twisted.protocols.sip._messagebuffer import (
    Limits,
    MessageBuffer,
    MessageRefused,
    parseFirstLine,
)
from twisted.protocols.sip._messages import Request, Response
from twisted.protocols.sip._names import VERSION


class MessagesParser(LineReceiver):
    """Hands each message that it receives to a function.

    Over a connection the messages follow each other, and each says how long its body is. A message
    in a datagram need not say so; `dataDone` tells where it ends. What is no message is dropped with
    all that follows, up to `dataDone` or `reset`, and `invalidMessage` is called.

    Attributes:
        MAX_LENGTH: How many bytes a line may have, with those that it goes on in (16384).
        MAX_HEADERS: How many headers a message may have (256).
        MAX_HEAD_SIZE: How many bytes first line and headers may have (64 KiB).
        MAX_BODY_SIZE: How many bytes a body may have (1 MiB).
        version: The version of the protocol.
        acceptRequests: Whether requests are taken.
        acceptResponses: Whether responses are taken.
        state: `firstline`, `headers` or `body`: what comes next; `invalid` if it is dropped.
        message: The message whose head has come, while its body has not.
        messageReceived: The function.
        debug: Nothing; existing code sets it.
    """

    MAX_HEADERS: int = Limits.headers
    MAX_HEAD_SIZE: int = Limits.head
    MAX_BODY_SIZE: int = Limits.body
    version: str = VERSION
    acceptRequests: int = 1
    acceptResponses: int = 1
    state: str = "firstline"
    debug: int = 0

    def __init__(self, messageReceivedCallback: Callable[[Request | Response], object]) -> None:
        """Make a parser.

        Args:
            messageReceivedCallback: Called with each message.
        """
        self.messageReceived = messageReceivedCallback
        self.message: Request | Response | None = None
        self._messages = self._newBuffer()
        self._taking = False

    def reset(self, remainingData: bytes = b"") -> None:
        """Forget what has come, and begin anew.

        Args:
            remainingData: Bytes to begin with.
        """
        self._messages = self._newBuffer()
        self._noteState()
        if remainingData:
            self.dataReceived(remainingData)

    def invalidMessage(self) -> None:
        """Learn that what has come is no message, or one that is not taken.

        Unless overridden, drop all that follows, up to `dataDone` or `reset`.
        """
        self.state = "invalid"
        self._messages = self._newBuffer()
        self.message = None

    def dataReceived(self, data: bytes) -> None:
        """Take bytes.

        Args:
            data: The bytes.
        """
        if self.state != "invalid":
            self._messages.receive(data)
            self._takeMessages(False)

    def dataDone(self) -> None:
        """Learn that no more bytes follow, as at the end of a datagram, and begin anew."""
        if self.state != "invalid":
            self._takeMessages(True)
        self.reset()

    def messageDone(self, remainingData: bytes = b"") -> None:
        """Learn that the message ends here.

        Args:
            remainingData: Bytes that belong to the next one.
        """
        self.dataDone()
        if remainingData:
            self.dataReceived(remainingData)

    def handleFirstLine(self, line: str) -> None:
        """Take the first line of a message.

        Args:
            line: The line.
        """
        try:
            parseFirstLine(line)
        except MessageRefused:
            self.invalidMessage()
        else:
            self.dataReceived(line.encode() + b"\r\n")

    def lineReceived(self, line: bytes) -> None:
        """Take a line of a head.

        Args:
            line: The line without its end.
        """
        self.dataReceived(line + b"\r\n")

    def rawDataReceived(self, data: bytes) -> None:
        """Take bytes of a body.

        Args:
            data: The bytes.
        """
        self.dataReceived(data)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Learn that a line is too long.

        Args:
            line: What has come of it.
        """
        self.invalidMessage()

    def resumeProducing(self) -> None:
        """Take what was held back, and then let the transport receive again."""
        self.paused = False
        if self.state != "invalid":
            self._takeMessages(False)
        super().resumeProducing()

    def _takeMessages(self, ended: bool) -> None:
        """Hand on the messages that are complete."""
        if self._taking:
            return
        self._taking = True
        try:
            while not self.paused:
                messages = self._messages
                message = messages.takeMessage(ended)
                if message is None:
                    break
                taken = isinstance(message, Request) and self.acceptRequests
                if taken or (isinstance(message, Response) and self.acceptResponses):
                    self.messageReceived(message)
                else:
                    self.invalidMessage()
                if self.state == "invalid":
                    return
        except MessageRefused:
            self.invalidMessage()
        else:
            self._noteState()
        finally:
            self._taking = False

    def _noteState(self) -> None:
        """Say what comes next."""
        self.message = self._messages.begun
        if self.message is not None:
            self.state = "body"
        else:
            self.state = "headers" if b"\r\n" in self._messages.held else "firstline"

    def _newBuffer(self) -> MessageBuffer:
        return MessageBuffer(
            Limits(self.MAX_LENGTH, self.MAX_HEADERS, self.MAX_HEAD_SIZE, self.MAX_BODY_SIZE)
        )


__all__ = ["MessagesParser"]
