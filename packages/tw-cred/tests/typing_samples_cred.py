"""What type checkers must understand of tw-cred; checked by mypy and pyright, not run."""

from collections.abc import Callable
from typing import assert_type

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.portal import AvatarId, IRealm, Login, Portal
from twisted.internet.defer import Deferred
from twisted.python.components import Interface, implementer


class IMailbox(Interface):
    """What avatars provide."""

    def count(self) -> int:
        """Return how many messages there are."""
        ...


@implementer(IMailbox)
class Mailbox:
    """An avatar."""

    def count(self) -> int:
        """Return how many messages there are."""
        return 3


@implementer(IRealm)
class Realm:
    """A realm that answers at once."""

    def requestAvatar(
        self, avatarId: AvatarId, mind: object, *interfaces: Callable[..., object]
    ) -> Login[IMailbox]:
        """Return a mailbox."""
        return IMailbox, Mailbox(), lambda: None


@implementer(IRealm)
class SlowRealm:
    """A realm that is a coroutine."""

    async def requestAvatar(
        self, avatarId: AvatarId, mind: object, *interfaces: Callable[..., object]
    ) -> Login[IMailbox]:
        """Return a mailbox."""
        return IMailbox, Mailbox(), lambda: None


slow: IRealm = SlowRealm()
portal = Portal(Realm(), [InMemoryUsernamePasswordDatabaseDontUse(alice="sesame")])
login = portal.login(UsernamePassword(b"alice", b"sesame"), None, IMailbox)
assert_type(login, Deferred[tuple[Callable[..., IMailbox], IMailbox, Callable[[], object]]])


async def count() -> int:
    """Return how many messages there are."""
    _, mailbox, logout = await login
    logout()
    return mailbox.count()
