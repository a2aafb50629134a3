"""What a checker is."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from twisted.cred.credentials import ICredentials
from twisted.internet.defer import Deferred
from twisted.python.components import Interface

ANONYMOUS: tuple[()] = ()
"""Who somebody is who did not say; compare with `is`."""


class ICredentialsChecker(Interface):
    """Finds out whose credentials are."""

    @property
    def credentialInterfaces(self) -> Iterable[Callable[..., ICredentials]]:
        """The interfaces of the credentials that can be checked."""
        ...

    def requestAvatarId(
        self,
        credentials: Any,  # noqa: ANN401 - each checker takes the credentials that it names
    ) -> (
        bytes
        | tuple[()]
        | Deferred[bytes]
        | Deferred[tuple[()]]
        | Deferred[bytes | tuple[()]]
        | Coroutine[Deferred[Any], Any, bytes | tuple[()]]
    ):
        """Return whose the credentials are.

        Args:
            credentials: They provide one of `credentialInterfaces`.

        Returns:
            The user's name in bytes (text is encoded as UTF-8), or `ANONYMOUS`; or a Deferred or a
            coroutine of that.

        Raises:
            UnauthorizedLogin: They are not valid, or there is no such user.
        """
        ...


__all__ = ["ANONYMOUS", "ICredentialsChecker"]
