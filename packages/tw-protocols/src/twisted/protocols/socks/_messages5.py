"""The messages of SOCKS 5, without I/O (RFC 1928, and RFC 1929 for names and passwords).

The client offers ways to log in and the server chooses one; with a name and a password, if that is
the one; then comes one request and one reply. Both sides are machines that are fed bytes. That of the
server, `Server5`, is asked for events one by one, since its owner has to decide in between.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address as IPv4
from ipaddress import IPv6Address as IPv6
from typing import TypeAlias

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress
from twisted.protocols.socks._names import nameFrom
from twisted.protocols.socks._refusals import (
    SOCKSConnectionRefusedError,
    SOCKSError,
    SOCKSLoginError,
    SOCKSMalformed,
    SOCKSNoRouteError,
    SOCKSTimedOutError,
)

VERSION = 5
LOGIN_VERSION = 1
NO_LOGIN, PASSWORD, NO_METHOD = 0, 2, 0xFF
CONNECT = 1
IPV4, NAME, IPV6 = 1, 3, 4

# Codes of replies, section 6.
SUCCEEDED = 0
FAILED = 1
NOT_ALLOWED = 2
NETWORK_UNREACHABLE = 3
HOST_UNREACHABLE = 4
CONNECTION_REFUSED = 5
TIMED_OUT = 6
COMMAND_UNKNOWN = 7
ADDRESS_UNKNOWN = 8

LONGEST_CREDENTIAL = 255
"""How many bytes a name or a password may have: as many as one byte can count."""

_PORT = struct.Struct("!H")

_ERRORS: dict[int, tuple[type[SOCKSError], str]] = {
    FAILED: (SOCKSError, "it failed"),
    NOT_ALLOWED: (SOCKSError, "its rules don't allow this one"),
    NETWORK_UNREACHABLE: (SOCKSNoRouteError, "it can't reach the network"),
    HOST_UNREACHABLE: (SOCKSNoRouteError, "it can't reach the host"),
    CONNECTION_REFUSED: (SOCKSConnectionRefusedError, "the connection was refused"),
    TIMED_OUT: (SOCKSTimedOutError, "the host did not answer in time"),
    COMMAND_UNKNOWN: (SOCKSError, "it can't connect"),
    ADDRESS_UNKNOWN: (SOCKSError, "it knows no addresses of this kind"),
}


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes are to be sent to the client."""

    data: bytes


@dataclass(frozen=True, slots=True)
class LoginTried:
    """The client showed a name and a password; `Server5.decide` is to be called."""

    user: bytes
    password: bytes


@dataclass(frozen=True, slots=True)
class Request5:
    """The client asks for a connection.

    Attributes:
        host: An address, or a name.
        port: The number of the port.
    """

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The client can't be served; when `data` was sent, the connection is to be closed."""

    data: bytes
    why: str


Event: TypeAlias = Send | LoginTried | Request5 | GaveUp


class Server5:
    """The server's side.

    Attributes:
        rest: What came after the request.
    """

    def __init__(self, withLogin: bool) -> None:
        """Make a server that has received nothing yet.

        Args:
            withLogin: Whether clients have to show a name and a password.
        """
        self.rest = b""
        self._withLogin = withLogin
        self._held = b""
        self._next: Callable[[], Event | None] = self._greeting

    def receive(self, data: bytes) -> None:
        """Take bytes from the client.

        Args:
            data: The bytes.
        """
        self._held += data

    def next(self) -> Event | None:
        """Return what happens next; None if that takes more bytes, or a decision."""
        try:
            return self._next()
        except SOCKSMalformed as error:
            self._next = _nothing
            code = error.code
            return GaveUp(b"" if code is None else reply5(code), str(error))

    def decide(self, letIn: bool) -> Event:
        """Say whether the name and the password are right.

        Args:
            letIn: Whether they are.

        Returns:
            What happens next.
        """
        if letIn:
            self._next = self._request
            return Send(bytes([LOGIN_VERSION, 0]))
        return GaveUp(bytes([LOGIN_VERSION, 1]), "a wrong name or password")

    def _take(self, size: int) -> bytes:
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def _checkVersion(self, version: int) -> None:
        if self._held and self._held[0] != version:
            raise SOCKSMalformed(f"version {self._held[0]} where {version} is spoken")

    def _greeting(self) -> Event | None:
        self._checkVersion(VERSION)
        if len(self._held) < 2 or len(self._held) < 2 + self._held[1]:
            return None
        methods = self._take(2 + self._held[1])[2:]
        method = PASSWORD if self._withLogin else NO_LOGIN
        if method not in methods:
            self._next = _nothing
            return GaveUp(bytes([VERSION, NO_METHOD]), "no way to log in that is wanted here")
        self._next = self._login if self._withLogin else self._request
        return Send(bytes([VERSION, method]))

    def _login(self) -> Event | None:
        self._checkVersion(LOGIN_VERSION)
        held = self._held
        if len(held) < 2:
            return None
        userEnd = 2 + held[1]
        if len(held) <= userEnd or len(held) <= userEnd + held[userEnd]:
            return None
        password = held[userEnd + 1 : userEnd + 1 + held[userEnd]]
        self._take(userEnd + 1 + len(password))
        self._next = _nothing
        return LoginTried(held[2:userEnd], password)

    def _request(self) -> Event | None:
        self._checkVersion(VERSION)
        held = self._held
        if len(held) > 1 and held[1] != CONNECT:
            raise SOCKSMalformed(f"the command {held[1]}", COMMAND_UNKNOWN)
        if len(held) > 2 and held[2] != 0:
            raise SOCKSMalformed("a reserved byte that is used", FAILED)
        if len(held) < 4:
            return None
        address = _addressIn(held)
        if address is None:
            return None
        host, port, size = address
        if host is None:
            raise SOCKSMalformed("a name of a host that is none", FAILED)
        self._take(size)
        self.rest, self._held = self._held, b""
        self._next = _nothing
        return Request5(host, port)


def _nothing() -> None:
    """Wait for ever, or for a decision."""


def _addressIn(held: bytes) -> tuple[str | None, int, int] | None:
    """Return the address of a request or reply, its port, and where it ends.

    Args:
        held: The message, of which four bytes are there.

    Returns:
        None if it is not whole yet. The address is None if it is a name that is none.

    Raises:
        SOCKSMalformed: It is of an unknown kind.
    """
    kind = held[3]
    if kind == IPV4:
        start, end = 4, 8
    elif kind == IPV6:
        start, end = 4, 20
    elif kind == NAME:
        if len(held) < 5:
            return None
        start, end = 5, 5 + held[4]
    else:
        raise SOCKSMalformed(f"an address of the unknown kind {kind}", ADDRESS_UNKNOWN)
    if len(held) < end + _PORT.size:
        return None
    field = held[start:end]
    (port,) = _PORT.unpack_from(held, end)
    if kind == NAME:
        host = nameFrom(field)
    else:
        host = str(IPv4(field) if kind == IPV4 else IPv6(field))
    return host, port, end + _PORT.size


def _packed(address: IAddress) -> bytes:
    """Return an address as it stands in messages."""
    if isinstance(address, HostnameAddress):
        name = address.hostname
        return bytes([NAME, len(name)]) + name + _PORT.pack(address.port)
    if isinstance(address, IPv4Address):
        return bytes([IPV4]) + IPv4(address.host).packed + _PORT.pack(address.port)
    if isinstance(address, IPv6Address):
        host = address.host.partition("%")[0]
        return bytes([IPV6]) + IPv6(host).packed + _PORT.pack(address.port)
    # What has no place here, such as a path.
    return bytes([IPV4]) + bytes(6)


def reply5(code: int, address: IAddress | None = None) -> bytes:
    """Return a reply to a request.

    Args:
        code: `SUCCEEDED`, or why not.
        address: What the connection was made from; None if there is none.
    """
    return bytes([VERSION, code, 0]) + _packed(address or IPv4Address("TCP", "0.0.0.0", 0))


class Client5:
    """The client's side.

    Attributes:
        isDone: Whether the proxy has made the connection.
        rest: What came from the host behind the proxy together with the reply.
    """

    def __init__(
        self,
        target: IPv4Address | IPv6Address | HostnameAddress,
        credentials: tuple[bytes, bytes] | None = None,
    ) -> None:
        """Make a client that has said nothing yet.

        Args:
            target: Where to.
            credentials: A name and a password for the proxy; None to show none.

        Raises:
            ValueError: The name or the password is empty or too long.
        """
        for credential in credentials or ():
            if not 1 <= len(credential) <= LONGEST_CREDENTIAL:
                # Without the credential, which may be a password.
                raise ValueError(
                    f"a name and a password for a proxy have 1 to {LONGEST_CREDENTIAL} bytes each"
                )
        self.isDone = False
        self.rest = b""
        self._target = target
        self._credentials = credentials
        self._held = b""
        self._step: Callable[[], bytes | None] = self._method

    def begin(self) -> bytes:
        """Return what is sent first."""
        if self._credentials is None:
            return bytes([VERSION, 1, NO_LOGIN])
        return bytes([VERSION, 2, NO_LOGIN, PASSWORD])

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the proxy.

        Args:
            data: The bytes.

        Returns:
            What is to be sent.

        Raises:
            SOCKSMalformed: They are no message of the protocol.
            SOCKSError: The proxy does not make the connection.
        """
        self._held += data
        answers: list[bytes] = []
        while not self.isDone:
            answer = self._step()
            if answer is None:
                break
            answers.append(answer)
        return b"".join(answers)

    def _method(self) -> bytes | None:
        held = self._held
        if held[:1] not in (b"", b"\5"):
            raise SOCKSMalformed(f"version {held[0]} where 5 is spoken")
        if len(held) < 2:
            return None
        self._held = held[2:]
        if held[1] == NO_LOGIN:
            return self._ask()
        if held[1] == PASSWORD and self._credentials is not None:
            self._step = self._letIn
            user, password = self._credentials
            return b"".join(
                (bytes([LOGIN_VERSION, len(user)]), user, bytes([len(password)]), password)
            )
        if held[1] == NO_METHOD:
            wanted = "it wants a name and a password, or" if self._credentials is None else "it"
            raise SOCKSLoginError(string=f"{wanted} takes no way to log in that is spoken here")
        raise SOCKSMalformed(f"a way to log in, {held[1]}, that was not offered")

    def _letIn(self) -> bytes | None:
        held = self._held
        if held[:1] not in (b"", b"\1"):
            raise SOCKSMalformed(f"version {held[0]} of the answer to a password")
        if len(held) < 2:
            return None
        if held[1] != 0:
            raise SOCKSLoginError(string="the name or the password is wrong")
        self._held = held[2:]
        return self._ask()

    def _ask(self) -> bytes:
        self._step = self._reply
        return bytes([VERSION, CONNECT, 0]) + _packed(self._target)

    def _reply(self) -> bytes | None:
        held = self._held
        if held[:1] not in (b"", b"\5"):
            raise SOCKSMalformed(f"the version {held[0]} of a reply")
        if len(held) > 1 and held[1] != SUCCEEDED:
            error, why = _ERRORS.get(held[1], (SOCKSError, f"it answered with the code {held[1]}"))
            raise error(string=why)
        if len(held) < 4:
            return None
        address = _addressIn(held)
        if address is None:
            return None
        self.isDone = True
        self.rest = held[address[2] :]
        self._held = b""
        return b""


__all__ = [
    "CONNECTION_REFUSED",
    "FAILED",
    "HOST_UNREACHABLE",
    "LONGEST_CREDENTIAL",
    "NETWORK_UNREACHABLE",
    "NOT_ALLOWED",
    "SUCCEEDED",
    "TIMED_OUT",
    "Client5",
    "Event",
    "GaveUp",
    "LoginTried",
    "Request5",
    "Send",
    "Server5",
    "reply5",
]
