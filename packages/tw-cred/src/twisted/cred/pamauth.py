"""A checker that asks PAM, the authentication modules of the system (pam(8)).

It needs the distribution pamela: `pip install 'tw-cred[pam]'`.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

from twisted.cred._cryptformats import MAXIMUM_PASSWORD
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials, IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, fail
from twisted.python.components import Interface, implementer
from twisted.python.failure import Failure


class _Pamela(Protocol):
    """What is used of the module pamela."""

    def authenticate(self, username: str, password: str, service: str) -> object:
        """Return if the password is right.

        Raises:
            PAMError: It is not, or the account is locked, or there is no such account.
        """


def _pamela() -> _Pamela:
    try:
        module: object = import_module("pamela")
    except ImportError as error:
        raise ImportError(
            "Asking PAM needs the distribution pamela: pip install 'tw-cred[pam]'", name="pamela"
        ) from error
    return cast(_Pamela, module)


class _Threads(Protocol):
    """What is used of a reactor: IReactorThreads, which is declared on the floor of reactors."""

    def callInThread(self, callable: Callable[[], object], /) -> None: ...

    def callFromThread(self, callable: Callable[[], object], /) -> None: ...


@implementer(ICredentialsChecker)
class PAMChecker:
    """Asks PAM about names and passwords.

    The modules may take seconds, so they are asked in a thread of the reactor. Whether an account
    exists cannot be told from the time that PAM takes only as far as its modules see to that.
    """

    credentialInterfaces: tuple[Callable[..., ICredentials], ...] = (IUsernamePassword,)

    def __init__(self, service: str = "login", reactor: object | None = None) -> None:
        """Make a checker.

        Args:
            service: The name of the file in `/etc/pam.d` that says what is asked.
            reactor: Has the threads (IReactorThreads); the default reactor, when it is needed, if
                None.

        Raises:
            ImportError: The distribution pamela, or the library of PAM, is not there.
        """
        self._authenticate = _pamela().authenticate
        self._service = service
        self._reactor = reactor

    def requestAvatarId(self, credentials: IUsernamePassword) -> Deferred[bytes]:
        """Return the account's name if PAM lets it in."""
        name, secret = credentials.username, credentials.password
        try:
            username, password = name.decode("utf-8"), secret.decode("utf-8")
        except UnicodeDecodeError:
            return fail(UnauthorizedLogin("names and passwords are UTF-8"))
        if "\0" in username + password or len(secret) > MAXIMUM_PASSWORD:
            return fail(UnauthorizedLogin("a name or a password that nobody has"))
        reactor = cast(_Threads, self._reactor or defaultReactor(Interface))
        result: Deferred[bytes] = Deferred()

        def ask() -> None:
            try:
                self._authenticate(username, password, self._service)
            except Exception as error:
                refused = UnauthorizedLogin("no such user, or another password")
                refused.__cause__ = error
                reactor.callFromThread(lambda: result.errback(Failure(refused)))
            else:
                reactor.callFromThread(lambda: result.callback(name))

        reactor.callInThread(ask)
        return result


__all__ = ["PAMChecker"]
