"""What must not be cancelled half-way."""

from twisted.internet.defer import CancelledError, CancelScope, ensureDeferred, shield
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react


async def save(reactor: IReactorTime, what: str) -> None:
    """Save something, which takes a while."""
    await deferLater(reactor, 0.1)
    print(f"{what} is saved")


async def session(reactor: IReactorTime) -> None:
    """Wait for something, and save what there is when it is cancelled."""
    try:
        await deferLater(reactor, 60)
    finally:
        async with CancelScope(shield=True):
            await save(reactor, "the session")


async def main(reactor: IReactorTime) -> None:
    running = ensureDeferred(session(reactor))
    running.cancel()
    # This one comes while it saves, and is kept back.
    running.cancel()
    try:
        await running
    except CancelledError:
        print("the session has ended")

    saving = ensureDeferred(save(reactor, "the draft"))
    waiting = shield(saving)
    waiting.cancel()
    try:
        await waiting
    except CancelledError:
        print("waits no longer")
    await saving


react(main)
