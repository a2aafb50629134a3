"""The small protocols by which the first hosts of the Internet tried out their connections.

`Echo` (RFC 862) sends back what it receives, `Discard` (RFC 863) does nothing with it, and
`Chargen` (RFC 864) sends without end. `QOTD` (RFC 865), `Who` (RFC 866), `Daytime` (RFC 867) and
`Time` (RFC 868) say one thing and close the connection.

They are good for trials; `Echo` and `Chargen` are nothing to offer to the whole world.
"""

import struct
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from twisted.internet.interfaces import (
    IConsumer,
    IPullProducer,
    IPushProducer,
    ITransport,
)
from twisted.internet.protocol import Protocol
from twisted.python.components import implementer, provides

# Between 1900, when the clock of RFC 868 began, and 1970, when that of Python did.
_SECONDS_FROM_1900_TO_1970 = 2_208_988_800


@implementer(IPushProducer)
class Echo(Protocol):
    """Sends back what it receives (RFC 862); from a peer that does not read it does not receive.

    It is the producer of its transport, so a subclass that wants to close the connection calls
    `transport.unregisterProducer()` first.
    """

    def connectionMade(self) -> None:
        """Let what waits to be sent steer what is received."""
        if provides(IConsumer, self.transport):
            cast(IConsumer, self.transport).registerProducer(self, True)

    def dataReceived(self, data: bytes) -> None:
        """Send it back."""
        self.transport.write(data)

    def pauseProducing(self) -> None:
        """Receive nothing for now, for the peer does not read."""
        cast(IPushProducer, self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Receive again."""
        cast(IPushProducer, self.transport).resumeProducing()

    def stopProducing(self) -> None:
        """Do nothing: the connection is lost, and nothing is held."""


class Discard(Protocol):
    """Does nothing with what it receives (RFC 863)."""

    def dataReceived(self, data: bytes) -> None:
        """Do nothing."""


def _pattern() -> bytes:
    """Return the lines of RFC 864: 72 of the 95 printable characters, each line one further."""
    characters = bytes(range(ord(" "), ord("~") + 1))
    twice = characters * 2
    return b"".join(twice[at : at + 72] + b"\r\n" for at in range(len(characters)))


@implementer(IPullProducer)
class Chargen(Protocol):
    """Sends characters for as long as the connection lasts (RFC 864), as fast as the peer reads.

    Attributes:
        noise: What is sent again and again: the pattern that the RFC shows.
    """

    noise: bytes = _pattern()

    def connectionMade(self) -> None:
        """Begin."""
        cast(IConsumer, self.transport).registerProducer(self, False)

    def dataReceived(self, data: bytes) -> None:
        """Do nothing, as the RFC says."""

    def resumeProducing(self) -> None:
        """Send the noise once more."""
        self.transport.write(self.noise)

    def pauseProducing(self) -> None:
        """Do nothing: it sends only when it is asked."""

    def stopProducing(self) -> None:
        """Close the connection."""
        self.transport.loseConnection()


def _say(transport: ITransport, answer: bytes) -> None:
    """Send the one answer of a connection."""
    transport.write(answer)
    transport.loseConnection()


class QOTD(Protocol):
    """Sends a quote of the day and closes the connection (RFC 865)."""

    def connectionMade(self) -> None:
        """Send it."""
        _say(self.transport, self.getQuote())

    def getQuote(self) -> bytes:
        """Return the quote with the end of its line; subclasses have better ones.

        Returns:
            At most 512 characters, says the RFC.
        """
        return b"An apple a day keeps the doctor away.\r\n"


class Who(Protocol):
    """Sends who uses the host, a line for each user, and closes the connection (RFC 866)."""

    def connectionMade(self) -> None:
        """Send it."""
        lines = [
            f"{user} on {terminal} since {datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S}-UTC\r\n"
            for user, terminal, since in self.getUsers()
        ]
        _say(self.transport, "".join(lines).encode("ascii", "replace"))

    def getUsers(self) -> Sequence[tuple[str, str, float]]:
        """Return who is to be told of; subclasses define whom.

        Returns:
            For each user the name, the terminal, and when they came, in seconds since 1970: nobody.
        """
        return ()


class Daytime(Protocol):
    """Sends date and time in words (RFC 867), in UTC, and closes the connection."""

    def connectionMade(self) -> None:
        """Send it."""
        # Not by strftime, which speaks the language of the locale.
        now = time.gmtime(time.time())
        text = (
            f"{_DAYS[now.tm_wday]}, {_MONTHS[now.tm_mon - 1]} {now.tm_mday}, {now.tm_year}"
            f" {now.tm_hour:02}:{now.tm_min:02}:{now.tm_sec:02}-UTC\r\n"
        )
        _say(self.transport, text.encode())


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Time(Protocol):
    """Sends the seconds since 1900 in 32 bits (RFC 868) and closes the connection."""

    def connectionMade(self) -> None:
        """Send them."""
        seconds = int(time.time()) + _SECONDS_FROM_1900_TO_1970
        # The clock of the RFC begins anew in 2036.
        _say(self.transport, struct.pack("!I", seconds % 2**32))


__all__ = ["QOTD", "Chargen", "Daytime", "Discard", "Echo", "Time", "Who"]
