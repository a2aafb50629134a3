"""What servers and clients of SIP over UDP have in common (RFC 3261, section 18)."""

import hashlib
import secrets
from ipaddress import ip_address

from twisted.internet.interfaces import IUDPTransport
from twisted.internet.protocol import DatagramProtocol
from twisted.logger import Logger
from twisted.protocols.sip._messages import Message, Request, Response, encodeBody
from twisted.protocols.sip._messagesparser import MessagesParser
from twisted.protocols.sip._names import PORT, parseNumber
from twisted.protocols.sip._urls import URL, parseAddress
from twisted.protocols.sip._via import parseViaHeader

_log = Logger()

_GREATEST_SEQUENCE = 2**31 - 1
"""The greatest number in a CSeq header (RFC 3261, section 8.1.1.5)."""

Address = tuple[str, int]
"""Host and port."""


class Base(DatagramProtocol):
    """Receives and sends messages, one a datagram; a subclass deals with them.

    What is no message is dropped. Responses go where the request came from, whatever it says.

    Attributes:
        PORT: The usual port.
        debug: Whether messages are logged.
        messages: The messages that were received and not dealt with yet.
        parser: What makes them of datagrams.
    """

    PORT: int = PORT
    debug: bool = False

    transport: IUDPTransport

    def __init__(self) -> None:
        """Make a server or client."""
        self.messages: list[Request | Response] = []
        self.parser: MessagesParser = MessagesParser(self.addMessage)
        self._secret = secrets.token_bytes(16)

    def addMessage(self, msg: Request | Response) -> None:
        """Take a message of the parser.

        Args:
            msg: The message.
        """
        self.messages.append(msg)

    def datagramReceived(self, data: bytes, addr: Address) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Deal with the message in a datagram.

        Args:
            data: The datagram.
            addr: Where it came from.
        """
        self.parser.dataReceived(data)
        self.parser.dataDone()
        # What follows the message in the datagram counts for nothing.
        messages, self.messages = self.messages[:1], []
        for message in messages:
            if self.debug:
                _log.info("received from {addr}: {message}", addr=addr, message=message)
            if isinstance(message, Response):
                self.handle_response(message, addr)
            elif self._noteSender(message, addr):
                self.handle_request(message, addr)

    def _noteSender(self, message: Request, addr: Address) -> bool:
        """Write into a request where it came from; return whether it has all that it needs."""
        if not message.headers.get("via"):
            return False
        for name in ("to", "from", "call-id", "cseq"):
            if len(message.headers.get(name, ())) != 1:
                return False
        try:
            via = parseViaHeader(message.headers["via"][0])
            number, method = message.headers["cseq"][0].split()
            parseNumber(number, _GREATEST_SEQUENCE)
        except ValueError:
            return False
        if method != message.method:
            return False
        # A sender may write what it likes; a response goes to no one else.
        via.received = addr[0] if via.host.strip("[]") != addr[0] else None
        via.maddr = None
        if via.rportRequested or via.rportValue is not None:
            via.rport = addr[1]
            via.received = addr[0]
        message.headers["via"][0] = via.toString()
        return True

    def handle_request(self, message: Request, addr: Address) -> None:
        """Deal with a request; subclasses define this.

        Args:
            message: The request.
            addr: Where it came from.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define handle_request")

    def handle_response(self, message: Response, addr: Address) -> None:
        """Deal with a response; subclasses define this.

        Args:
            message: The response.
            addr: Where it came from.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define handle_response")

    def deliverResponse(self, responseMessage: Response) -> None:
        """Send a response to where its request came from, as its first Via header says.

        Args:
            responseMessage: The response.

        Raises:
            ValueError: It has no Via header, or a malformed one.
        """
        vias = responseMessage.headers.get("via")
        if not vias:
            raise ValueError("the response has no Via header: nobody waits for it")
        via = parseViaHeader(vias[0])
        port = via.port if via.rportValue is None else via.rportValue
        self.sendMessage(URL(host=via.received or via.host, port=port), responseMessage)

    def responseFromRequest(self, code: int, request: Request) -> Response:
        """Return a response to a request, with the headers that it has to have.

        Args:
            code: The status.
            request: The request.
        """
        response = Response(code)
        for name in ("via", "to", "from", "call-id", "cseq"):
            response.headers[name] = [*request.headers.get(name, ())]
        if code > 100 and response.headers["to"]:
            response.headers["to"] = [self._tagged(response.headers["to"][0], request)]
        return response

    def _tagged(self, to: str, request: Request) -> str:
        """Return a To header with a tag, which RFC 3261 (section 8.2.6.2) asks for."""
        try:
            _, url, parameters = parseAddress(to)
        except ValueError:
            return to
        if "tag" in parameters or url.tag is not None:
            return to
        return f"{to};tag={self._tagFor(request)}"

    def _tagFor(self, request: Request) -> str:
        """Return the tag for the responses to a request; the same if it is sent again."""
        headers = request.headers
        number = headers["cseq"][0].split()[0]
        return self._hash(headers["call-id"][0], headers["from"][0], number)

    def _hash(self, *texts: str) -> str:
        """Return what nobody else can make of some texts."""
        data = "\0".join(texts).encode("utf-8", "surrogateescape")
        return hashlib.blake2s(data, key=self._secret, digest_size=12).hexdigest()

    def sendMessage(self, destURL: URL, message: Message) -> None:
        """Send a message.

        Args:
            destURL: Where to: an address of IP, no name.
            message: The message.

        Raises:
            ValueError: The URL has a name, or another protocol than UDP.
        """
        if destURL.transport is not None and destURL.transport.lower() != "udp":
            raise ValueError(f"{destURL} is not to be reached by UDP")
        host = destURL.host.strip("[]")
        try:
            ip_address(host)
        except ValueError:
            raise ValueError(f"{host} has to be resolved to an address first") from None
        if self.debug:
            _log.info("sending to {url}: {message}", url=destURL, message=message)
        self.transport.write(encodeBody(message.toString()), (host, destURL.port or self.PORT))


__all__ = ["Address", "Base"]
