"""Where users can be reached: what a registrar remembers, and what a proxy asks (RFC 3261, section 10)."""

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.protocols.sip._errors import RegistrationError
from twisted.protocols.sip._names import PORT
from twisted.protocols.sip._urls import URL
from twisted.python.components import Interface, implementer


@dataclass
class Registration:
    """Where a user can be reached, and how long.

    Attributes:
        secondsToExpiry: For how many seconds this holds; 0 if it does not hold any more.
        contactURL: Where.
    """

    secondsToExpiry: float
    contactURL: URL


class IRegistry(Interface):
    """Remembers where users can be reached."""

    def registerAddress(
        self, domainURL: URL, logicalURL: URL, physicalURL: URL
    ) -> Deferred[Registration]:
        """Remember where a user can be reached.

        Args:
            domainURL: The domain that was asked to remember it.
            logicalURL: The user.
            physicalURL: Where they can be reached.

        Returns:
            A Deferred with the registration. It fails with `RegistrationError` if it is refused.
        """
        ...

    def unregisterAddress(
        self, domainURL: URL, logicalURL: URL, physicalURL: URL
    ) -> Deferred[Registration]:
        """Forget where a user can be reached.

        Args:
            domainURL: The domain that was asked to forget it.
            logicalURL: The user.
            physicalURL: Where they could be reached.

        Returns:
            A Deferred with a registration that has expired. It fails with `RegistrationError` if it
            is refused.
        """
        ...

    def getRegistrationInfo(self, logicalURL: URL) -> Deferred[Registration]:
        """Return what is remembered of a user.

        Args:
            logicalURL: The user.

        Returns:
            A Deferred with the registration. It fails with `LookupError` if there is none.
        """
        ...


class ILocator(Interface):
    """Knows where users can be reached."""

    def getAddress(self, logicalURL: URL) -> Deferred[URL]:
        """Return where a user can be reached.

        Args:
            logicalURL: The user.

        Returns:
            A Deferred with the address. It fails with `LookupError` if there is none.
        """
        ...


@implementer(IRegistry, ILocator)
class InMemoryRegistry:
    """Remembers where the users of one domain can be reached, as long as the program runs.

    It finds addresses that are registered too, so that requests within a dialog, which name them,
    go through a proxy.

    Attributes:
        domain: The domain.
        users: The delayed call that forgets a user, and where they can be reached, by their names.
        lifetime: After how many seconds a user is forgotten (3600).
        MAX_USERS: How many users are remembered at most (10,000).
    """

    lifetime: float = 3600
    MAX_USERS: int = 10_000

    def __init__(self, domain: str) -> None:
        """Make a registry without users.

        Args:
            domain: The domain, as it stands in the URLs of the users.
        """
        self.domain = domain
        self.users: dict[str, tuple[IDelayedCall, URL]] = {}
        # The same addresses, by what a request within a dialog says of them.
        self._contacts: dict[tuple[str | None, str, int], URL] = {}

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule that a user is forgotten; the default reactor does it unless overridden.

        Args:
            period: After how many seconds.
            func: What to call.
        """
        return defaultReactor(IReactorTime).callLater(period, func)

    def seconds(self) -> float:
        """Return the time, by the clock that `callLater` goes by."""
        return defaultReactor(IReactorTime).seconds()

    def getAddress(self, logicalURL: URL) -> Deferred[URL]:
        """Return where a user can be reached.

        Args:
            logicalURL: The user.

        Returns:
            A Deferred with the address. It fails with `LookupError` if there is none.
        """
        if self._isOurs(logicalURL):
            found = self.users.get(logicalURL.username or "")
            if found is not None:
                return succeed(found[1])
        contact = self._contacts.get(_place(logicalURL))
        if contact is not None:
            return succeed(contact)
        return fail(LookupError(f"no {logicalURL} is registered"))

    def getRegistrationInfo(self, logicalURL: URL) -> Deferred[Registration]:
        """Return what is remembered of a user.

        Args:
            logicalURL: The user.

        Returns:
            A Deferred with the registration. It fails with `LookupError` if there is none.
        """
        found = self.users.get(logicalURL.username or "") if self._isOurs(logicalURL) else None
        if found is None:
            return fail(LookupError(f"no {logicalURL} is registered"))
        call, contact = found
        return succeed(Registration(self._secondsTo(call), contact))

    def registerAddress(
        self, domainURL: URL, logicalURL: URL, physicalURL: URL
    ) -> Deferred[Registration]:
        """Remember where a user can be reached.

        Args:
            domainURL: The domain that was asked.
            logicalURL: The user.
            physicalURL: Where they can be reached.

        Returns:
            A Deferred with the registration. It fails with `RegistrationError` if the user or the
            domain is another's, or too many users are remembered.
        """
        refused = self._refused(domainURL, logicalURL)
        if refused is not None:
            return fail(refused)
        username = logicalURL.username or ""
        if username in self.users:
            self._forget(username).cancel()
        elif len(self.users) >= self.MAX_USERS:
            return fail(RegistrationError(503))
        call = self.callLater(self.lifetime, lambda: self._expireRegistration(username))
        self.users[username] = call, physicalURL
        self._contacts[_place(physicalURL)] = physicalURL
        return succeed(Registration(self.lifetime, physicalURL))

    def unregisterAddress(
        self, domainURL: URL, logicalURL: URL, physicalURL: URL
    ) -> Deferred[Registration]:
        """Forget where a user can be reached; there may be nothing to forget.

        Args:
            domainURL: The domain that was asked.
            logicalURL: The user.
            physicalURL: Where they could be reached.

        Returns:
            A Deferred with a registration that has expired. It fails with `RegistrationError` if
            the user or the domain is another's.
        """
        refused = self._refused(domainURL, logicalURL)
        if refused is not None:
            return fail(refused)
        if logicalURL.username in self.users:
            self._forget(logicalURL.username).cancel()
        return succeed(Registration(0, physicalURL))

    def _refused(self, domainURL: URL, logicalURL: URL) -> RegistrationError | None:
        """Return why users of a domain are not registered here."""
        if domainURL.host.lower() != self.domain.lower():
            return RegistrationError(404)
        if not self._isOurs(logicalURL) or not logicalURL.username:
            return RegistrationError(404)
        return None

    def _isOurs(self, url: URL) -> bool:
        return url.host.lower() == self.domain.lower()

    def _expireRegistration(self, username: str) -> None:
        self._forget(username)

    def _forget(self, username: str) -> IDelayedCall:
        """Forget a user, and return the call that was to do so."""
        call, contact = self.users.pop(username)
        # Another user may have registered the same address since.
        if self._contacts.get(_place(contact)) is contact:
            del self._contacts[_place(contact)]
        return call

    def _secondsTo(self, call: IDelayedCall) -> float:
        return max(0.0, call.getTime() - self.seconds())


def _place(url: URL) -> tuple[str | None, str, int]:
    return url.username, url.host.lower(), url.port or PORT


__all__ = ["ILocator", "IRegistry", "InMemoryRegistry", "Registration"]
