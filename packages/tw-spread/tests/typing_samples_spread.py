"""What type checkers must understand of tw-spread; checked by mypy and pyright, not run."""

from typing import Any, Protocol, assert_type

from twisted.cred.credentials import Anonymous, UsernamePassword
from twisted.internet.defer import Deferred
from twisted.spread import jelly, pb
from twisted.spread.util import getAllPages


class Counting(Protocol):
    """What both ends know."""

    def remote_add(self, number: int, times: int = 1) -> int:
        """Add a number."""
        ...

    async def remote_later(self) -> str:
        """Answer later."""
        ...

    def remote_deferred(self) -> Deferred[bytes]:
        """Answer later."""
        ...


class Counter(pb.Root):
    """Provides it."""

    def remote_add(self, number: int, times: int = 1) -> int:
        """Add a number."""
        return number * times

    async def remote_later(self) -> str:
        """Answer later."""
        return ""

    def remote_deferred(self) -> Deferred[bytes]:
        """Answer later."""
        return Deferred()


class Pond(pb.Copyable, pb.RemoteCopy):
    """Is copied."""


async def references(factory: pb.PBClientFactory) -> None:
    """Calls without types, and with them."""
    assert_type(factory.getRootObject(), Deferred[pb.RemoteReference])
    reference = await factory.getRootObject()
    assert_type(await reference.callRemote("add", 1), Any)
    counter = pb.TypedReference(reference, Counting)
    assert_type(counter, pb.TypedReference[Counting])
    assert_type(counter.callRemote(Counting.remote_add, 1), Deferred[int])
    assert_type(await counter.callRemote(Counting.remote_add, 1, times=2), int)
    assert_type(await counter.callRemote(Counting.remote_later), str)
    assert_type(await counter.callRemote(Counting.remote_deferred), bytes)
    counter.callRemote(Counting.remote_add, "x")  # type: ignore[call-overload]  # pyright: ignore
    counter.callRemote(Counter.remote_add, 1)  # type: ignore[call-overload]  # pyright: ignore
    other = pb.TypedReference(reference, Counter)
    assert_type(await other.callRemote(Counter.remote_add, number=1), int)
    assert_type(await getAllPages(reference, "pages", 1), list[Any])


async def logins(factory: pb.PBClientFactory) -> None:
    """What a login gives."""
    assert_type(await factory.login(Anonymous()), pb.RemoteReference)
    assert_type(
        await factory.login(UsernamePassword(b"a", b"b"), client=Counter()), pb.RemoteReference
    )


def serializing() -> None:
    """What can be registered and made."""
    pb.setUnjellyableForClass(Pond, Pond)
    pb.setUnjellyableForClass("other.Pond", Pond)
    taster = jelly.SecurityOptions()
    taster.allowInstancesOf(Pond)
    jelly.unjelly(jelly.jelly([1], taster), taster)
    counting: Counting = Counter()
    pb.PBServerFactory(Counter(), unsafeTracebacks=True, security=taster)
    assert_type(counting.remote_add(1), int)
