"""Coroutines beside asyncio: what the seam asks for, in a program that has imported asyncio."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer._deferred import Deferred


def surround(driver: Deferred[Any], run: Callable[..., Any]) -> Callable[..., Any]:
    """Return what runs the next steps of a coroutine."""
    return run


def waitFor(driver: Deferred[Any], awaited: object) -> Deferred[Any] | None:
    """Return a Deferred of what a coroutine awaits, or None for what is nothing to wait for."""
    return None


def awaitIn(deferred: Deferred[Any]) -> Generator[Any, Any, Any] | None:
    """Return a generator that waits in the Task of asyncio that runs, if one does."""
    return None


__all__ = ["awaitIn", "surround", "waitFor"]
