"""Which thread does input and output, and methods that only one thread runs at a time."""

import pickle
import threading
from collections.abc import Callable
from typing import TypeVar

import pytest

from twisted.python import threadable

_R = TypeVar("_R")


def inThread(function: Callable[[], _R]) -> _R:
    """Return what a function returns in a thread of its own."""
    results: list[_R] = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def test_threads_have_numbers() -> None:
    assert threadable.getThreadID() == threading.get_ident()
    assert inThread(threadable.getThreadID) != threadable.getThreadID()


def test_a_thread_is_of_input_and_output_once_it_has_registered() -> None:
    def ask() -> list[bool]:
        before = threadable.isInIOThread()
        threadable.registerAsIOThread()
        return [before, threadable.isInIOThread()]

    assert inThread(ask) == [False, True]


def test_another_thread_takes_nothing_from_the_first() -> None:
    def ask() -> list[bool]:
        threadable.registerAsIOThread()
        inThread(threadable.registerAsIOThread)
        return [threadable.isInIOThread(), inThread(threadable.isInIOThread)]

    assert inThread(ask) == [True, False]


def test_the_last_thread_that_registered_is_known() -> None:
    def ask() -> bool:
        threadable.registerAsIOThread()
        return threadable.ioThread == threadable.getThreadID()

    assert inThread(ask)


def test_there_are_always_threads() -> None:
    assert threadable.threaded
    threadable.init(1)
    with pytest.raises(RuntimeError, match="remove the call"):
        threadable.init(0)


class TestXLock:
    def test_a_thread_takes_it_again(self) -> None:
        lock = threadable.XLock()
        with lock, lock:
            assert lock.acquire(blocking=False)
            lock.release()

    def test_another_thread_does_not_get_it(self) -> None:
        lock = threadable.XLock()
        with lock:
            assert not inThread(lambda: lock.acquire(blocking=False))

    def test_what_nobody_holds_cannot_be_released(self) -> None:
        with pytest.raises(RuntimeError):
            threadable.XLock().release()

    def test_it_comes_out_of_a_pickle_as_a_free_lock(self) -> None:
        lock = threadable.XLock()
        with lock:
            copy: threadable.XLock = pickle.loads(pickle.dumps(lock))
        assert isinstance(copy, threadable.XLock)
        assert inThread(lambda: copy.acquire(blocking=False))


class TestSynchronize:
    def test_another_thread_waits_until_the_method_is_done(self) -> None:
        entered, leave = threading.Event(), threading.Event()
        order: list[str] = []

        class Guarded:
            synchronized = ["slow", "quick"]

            def slow(self) -> None:
                entered.set()
                leave.wait()
                order.append("slow")

            def quick(self) -> None:
                order.append("quick")

        threadable.synchronize(Guarded)
        guarded = Guarded()
        one = threading.Thread(target=guarded.slow)
        one.start()
        entered.wait()
        other = threading.Thread(target=guarded.quick)
        other.start()
        leave.set()
        one.join()
        other.join()
        assert order == ["slow", "quick"]

    def test_a_method_may_call_another_and_keeps_its_name_and_arguments(self) -> None:
        class Guarded:
            synchronized = ["outer", "inner"]

            def outer(self, name: str) -> str:
                return self.inner(name=name)

            def inner(self, name: str) -> str:
                return name.upper()

        threadable.synchronize(Guarded)
        assert Guarded().outer("x") == "X"
        assert Guarded.outer.__name__ == "outer"

    def test_a_class_that_lists_nothing_is_left_alone(self) -> None:
        class Free:
            def method(self) -> None:
                pass

        before = Free.method
        threadable.synchronize(Free)
        assert Free.method is before
