"""A service that answers after a while, in place of one on the network."""

from twisted.internet import reactor
from twisted.internet.task import deferLater


class ServiceDown(Exception):
    """The service does not answer."""


async def dummyFetch(name: str, seconds: float) -> str:
    """Answer after some time; whose name is "broken" fails then."""
    try:
        await deferLater(reactor, seconds)
    except BaseException as error:
        print(f"{name}: {type(error).__name__}")
        raise
    if name == "broken":
        raise ServiceDown(name)
    return f"answer of {name}"
