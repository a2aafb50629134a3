"""Remembering where the things were made that a test leaves in a reactor.

While tests run, some methods of the reactor in use are wrapped: those through which calls and
descriptors come to it. They note the callers. Nothing is kept alive by that, and nothing is noted
above a number, so that a test with very many timers costs no more than one with many.
"""

import sys
import weakref
from collections.abc import Callable
from functools import wraps
from types import FrameType
from typing import Any

from twisted.trial._kinds import AnyObject, AnyReactor

MOST_PLACES = 10_000
"""How many places are remembered at a time."""

MOST_FRAMES = 4
"""How many callers are remembered of each."""

_WATCHED_METHODS = ("callLater", "addReader", "addWriter")

Place = tuple[tuple[str, int, str], ...]
"""Callers, the nearest first: file, line, function."""


class Places:
    """Where calls and descriptors were made."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._known: dict[int, tuple[weakref.ref[Any], Place, str]] = {}
        self._reactor: object = None
        self.test = ""

    def watch(self, reactor: AnyReactor) -> None:
        """Begin to remember what comes to a reactor; harmless if that has begun.

        Args:
            reactor: The reactor.
        """
        if self._reactor is reactor:
            return
        self._reactor = reactor
        for name in _WATCHED_METHODS:
            method = getattr(reactor, name, None)
            if method is not None:
                remembering = self._rememberingResult if name == "callLater" else self._remembering
                try:
                    setattr(reactor, name, remembering(method))
                except AttributeError:
                    # A reactor whose class has slots: what it holds is reported without places.
                    return

    def _rememberingResult(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def callLater(*args: AnyObject, **kwargs: AnyObject) -> AnyObject:
            made = method(*args, **kwargs)
            self._remember(made)
            return made

        return callLater

    def _remembering(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def add(descriptor: AnyObject) -> AnyObject:
            if id(descriptor) not in self._known:
                self._remember(descriptor)
            return method(descriptor)

        return add

    def _remember(self, made: AnyObject) -> None:
        if len(self._known) >= MOST_PLACES:
            return
        try:
            reference = weakref.ref(made)
        except TypeError:
            return
        self._known[id(made)] = reference, _callers(sys._getframe(2)), self.test

    def describe(self, left: object) -> str:
        """Return where something was made and by which test, in lines that begin with blanks.

        Args:
            left: What a test left behind.
        """
        found = self._known.get(id(left))
        if found is None or found[0]() is not left:
            return ""
        _, place, test = found
        lines = [f"    made by {test}"] if test else []
        lines += [f'    made in "{file}", line {line}, in {name}' for file, line, name in place]
        return "\n".join(lines)

    def forget(self) -> None:
        """Forget what does not exist any more."""
        self._known = {key: known for key, known in self._known.items() if known[0]() is not None}


def _callers(frame: FrameType | None) -> Place:
    """Return the callers outside of the framework, from a frame on."""
    found: list[tuple[str, int, str]] = []
    while frame is not None and len(found) < MOST_FRAMES:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("twisted.trial."):
            break
        if not module.startswith("twisted.") or ".test" in module:
            found.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return tuple(found)


places = Places()
"""What remembers for the reactor in use."""


__all__ = ["MOST_PLACES", "Places", "places"]
