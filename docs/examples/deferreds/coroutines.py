"""The same waiting in a coroutine, and in a generator."""

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, inlineCallbacks

waiting: dict[str, Deferred[str]] = {}


def ask(question: str) -> Deferred[str]:
    """Put a question; the answer comes when somebody gives it."""
    waiting[question] = Deferred()
    return waiting[question]


async def greet(question: str) -> str:
    try:
        name = await ask(question)
    except ValueError as error:
        return f"no name: {error}"
    return f"hello {name}"


@inlineCallbacks
def greetTwo() -> Generator[Deferred[Any], Any, str]:
    first = yield ask("the first?")
    second = yield ask("the second?")
    return f"hello {first} and {second}"


ensureDeferred(greet("your name?")).addCallback(print)
ensureDeferred(greet("and yours?")).addCallback(print)
greetTwo().addCallback(print)

print("now come the answers")
waiting["your name?"].callback("Ada")
waiting["and yours?"].errback(ValueError("I forgot it"))
waiting["the first?"].callback("Grace")
waiting["the second?"].callback("Mary")
