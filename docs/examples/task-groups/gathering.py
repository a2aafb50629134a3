"""gatherResults, with and without an end for the others when one fails."""

from dummy_service import dummyFetch

from twisted.internet.defer import FirstError, ensureDeferred, gatherResults
from twisted.internet.task import react


async def main(reactor: object) -> None:
    both = [ensureDeferred(dummyFetch(name, 0.1)) for name in ("weather", "news")]
    print(await gatherResults(both))

    slow = ensureDeferred(dummyFetch("slow", 60))
    broken = ensureDeferred(dummyFetch("broken", 0.1))
    try:
        await gatherResults([slow, broken], consumeErrors=True, cancelOthers=True)
    except FirstError as error:
        print(f"number {error.index} has failed: {error.subFailure.value!r}")


react(main)
