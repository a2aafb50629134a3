"""A context variable says whose request a coroutine works for."""

from contextvars import ContextVar

from twisted.internet.defer import Deferred, ensureDeferred

user: ContextVar[str] = ContextVar("user", default="nobody")


def log(message: str) -> None:
    """Print who is meant, without being told."""
    print(f"{user.get()}: {message}")


async def serve(name: str, ready: Deferred[None]) -> None:
    """Serve a user, as soon as that can be done."""
    user.set(name)
    log("waits")
    await ready
    log("is served")


first: Deferred[None] = Deferred()
second: Deferred[None] = Deferred()
ensureDeferred(serve("Ada", first))
ensureDeferred(serve("Grace", second))
log("opens the door")
second.callback(None)
first.callback(None)
