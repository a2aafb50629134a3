"""A proxy that is a registrar too (RFC 3261, section 10)."""

from collections.abc import Callable

from twisted.cred.error import LoginFailed, UnauthorizedLogin
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.protocols.sip._authorizers import IAuthorizer, IContact
from twisted.protocols.sip._base import Address
from twisted.protocols.sip._errors import SIPError
from twisted.protocols.sip._messages import Request
from twisted.protocols.sip._names import parseNumber
from twisted.protocols.sip._proxy import Proxy
from twisted.protocols.sip._registry import IRegistry, Registration
from twisted.protocols.sip._urls import URL, parseAddress, splitOutside
from twisted.python.failure import Failure

_LONGEST = 2**32 - 1


class RegisterProxy(Proxy):
    """Registers where users can be reached, and passes requests on.

    Attributes:
        portal: Who may register. Without one, anybody may register any user.
        registry: Remembers where users can be reached.
        authorizers: How users prove who they are, by the names of the schemes in lower case.
    """

    portal: Portal | None = None
    registry: IRegistry | None = None
    authorizers: dict[str, IAuthorizer] = {}

    def __init__(self, *args: object, **kw: object) -> None:
        """Make a proxy.

        Args:
            args: What `Proxy` takes.
            kw: The same.
        """
        super().__init__(*args, **kw)  # type: ignore[arg-type]  # whatever it takes

    def handle_ACK_request(self, message: Request, host_port: Address) -> Deferred[None] | None:
        """Pass an acknowledgement on, unless it is for a response of our own.

        Args:
            message: The request.
            host_port: Where it came from.
        """
        _, url, parameters = _address(message, "to")
        if self._tagFor(message) in (parameters.get("tag"), url.tag):
            return None
        return self.handle_request_default(message, host_port)

    def handle_REGISTER_request(
        self, message: Request, host_port: Address
    ) -> Deferred[None] | None:
        """Register a user, if they are who they say.

        Args:
            message: The request.
            host_port: Where it came from.
        """
        host, port = host_port
        if self.portal is None:
            return self.register(message, host, port)
        if not message.headers.get("authorization"):
            self.unauthorized(message, host, port)
            return None
        return self.login(message, host, port)

    def unauthorized(self, message: Request, host: str, port: int) -> None:
        """Answer a request with challenges.

        Args:
            message: The request.
            host: The host that it came from.
            port: The port that it came from.
        """
        response = self.responseFromRequest(401, message)
        for scheme, authorizer in self.authorizers.items():
            challenge = authorizer.getChallenge((host, port))
            value = f'{scheme.title()} realm="{self.host}"'
            if challenge is not None and "realm=" in challenge:
                value = f"{scheme.title()} {challenge}"
            elif challenge is not None:
                value = f'{scheme.title()} {challenge},realm="{self.host}"'
            response.addHeader("www-authenticate", value)
        response.addHeader("content-length", "0")
        self.deliverResponse(response)

    def login(self, message: Request, host: str, port: int) -> Deferred[None] | None:
        """Check who somebody is, and register them.

        Args:
            message: The request, with an answer to a challenge.
            host: The host that it came from.
            port: The port that it came from.

        Returns:
            A Deferred that fires when the request was answered.

        Raises:
            SIPError: There is no such scheme.
        """
        assert self.portal is not None
        scheme, _, response = message.headers["authorization"][0].partition(" ")
        authorizer = self.authorizers.get(scheme.lower())
        if authorizer is None:
            raise SIPError(400, "Unknown authentication scheme")
        try:
            credentials = authorizer.decode(response)
        except LoginFailed:
            self.unauthorized(message, host, port)
            return None
        username = getattr(credentials, "username", b"")
        if isinstance(username, bytes):
            username = username.decode("utf-8", "replace")
        return self.portal.login(credentials, None, IContact).addCallbacks(
            self._loggedIn,
            self._refused,
            callbackArgs=(message, host, port, username),
            errbackArgs=(message, host, port),
        )

    def _loggedIn(
        self,
        result: tuple[object, object, Callable[[], object]],
        message: Request,
        host: str,
        port: int,
        username: str,
    ) -> Deferred[None] | None:
        _, _, logout = result
        # That there is an avatar is all that counts.
        logout()
        _, url, _ = _address(message, "to")
        if url.username != username:
            # Nobody registers for others (RFC 3261, section 10.3, step 4).
            raise SIPError(403)
        return self.register(message, host, port)

    def _refused(self, failure: Failure, message: Request, host: str, port: int) -> None:
        failure.trap(UnauthorizedLogin)
        self.unauthorized(message, host, port)

    def register(self, message: Request, host: str, port: int) -> Deferred[None]:
        """Register, unregister, or tell what is registered, as a request says.

        A user whose address is another than that which the request came from is behind a
        translation of addresses; they are reached where the request came from.

        Args:
            message: The request.
            host: The host that it came from.
            port: The port that it came from.

        Returns:
            A Deferred that fires when the request was answered.

        Raises:
            SIPError: The request is malformed, or there is no registry.
        """
        if self.registry is None:
            raise SIPError(501)
        _, toURL, _ = _address(message, "to", clean=1)
        contacts = message.headers.get("contact", [])
        if not contacts:
            found = self.registry.getRegistrationInfo(toURL)
            return found.addCallbacks(
                self._registered,
                self._notRegistered,
                callbackArgs=(message,),
                errbackArgs=(message,),
            )
        contact = splitOutside(contacts[0], ",")[0]
        expires = message.headers.get("expires", ["3600"])[0]
        if contact == "*":
            if expires.strip() != "0":
                raise SIPError(400)
            return self.unregister(message, toURL, contact)
        _, contactURL, parameters = _parsed(contact)
        if _isZero(parameters.get("expires", expires)):
            return self.unregister(message, toURL, contact)
        if contactURL.host.strip("[]") != host:
            contactURL.host = f"[{host}]" if ":" in host else host
            contactURL.port = port
        return self.registry.registerAddress(message.uri, toURL, contactURL).addCallback(
            self._registered, message
        )

    def unregister(self, message: Request, toURL: URL, contact: str) -> Deferred[None]:
        """Forget where a user can be reached.

        Args:
            message: The request.
            toURL: The user.
            contact: Where they could be reached, or `*` for all places.

        Returns:
            A Deferred that fires when the request was answered.

        Raises:
            SIPError: There is no registry.
        """
        if self.registry is None:
            raise SIPError(501)
        contactURL = toURL if contact == "*" else _parsed(contact)[1]
        return self.registry.unregisterAddress(message.uri, toURL, contactURL).addCallback(
            self._registered, message
        )

    def _registered(self, registration: Registration, message: Request) -> None:
        """Tell what is registered now."""
        response = self.responseFromRequest(200, message)
        if registration.secondsToExpiry > 0:
            seconds = int(registration.secondsToExpiry)
            contact = registration.contactURL.toString()
            response.addHeader("contact", f"<{contact}>;expires={seconds}")
            response.addHeader("expires", str(seconds))
        response.addHeader("content-length", "0")
        self.deliverResponse(response)

    def _notRegistered(self, failure: Failure, message: Request) -> None:
        """Tell that nothing is registered."""
        failure.trap(LookupError)
        response = self.responseFromRequest(200, message)
        response.addHeader("content-length", "0")
        self.deliverResponse(response)


def _address(message: Request, name: str, clean: int = 0) -> tuple[str, URL, dict[str, str]]:
    return _parsed(message.headers[name][0], clean)


def _parsed(address: str, clean: int = 0) -> tuple[str, URL, dict[str, str]]:
    """Parse an address; a malformed one is answered with 400."""
    try:
        return parseAddress(address, clean=clean)
    except ValueError:
        raise SIPError(400) from None


def _isZero(expires: str) -> bool:
    try:
        return parseNumber(expires.strip(), _LONGEST) == 0
    except ValueError:
        # Taken for the usual time (RFC 3261, section 10.2.1.1).
        return False


__all__ = ["RegisterProxy"]
