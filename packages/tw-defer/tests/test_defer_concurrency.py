"""Locks, semaphores and queues."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    DeferredLock,
    DeferredQueue,
    DeferredSemaphore,
    QueueOverflow,
    QueueUnderflow,
    ensureDeferred,
    succeed,
)

from .defer_helpers import failureOf, outcomes, resultOf


class TestDeferredLock:
    """`DeferredLock`."""

    def test_a_free_lock_is_acquired_at_once(self) -> None:
        lock = DeferredLock()
        assert resultOf(lock.acquire()) is lock
        assert lock.locked

    def test_others_wait_and_get_it_in_the_order_of_asking(self) -> None:
        lock = DeferredLock()
        order: list[int] = []
        for n in range(3):
            lock.acquire().addCallback(lambda _, n: order.append(n), n)
        assert order == [0]
        lock.release()
        lock.release()
        assert order == [0, 1, 2]
        assert lock.locked
        lock.release()
        assert not lock.locked

    def test_releasing_a_free_lock_raises(self) -> None:
        with pytest.raises(AssertionError, match="nobody has acquired"):
            DeferredLock().release()

    def test_cancelling_gives_up_the_place(self) -> None:
        lock = DeferredLock()
        lock.acquire()
        second, third = lock.acquire(), lock.acquire()
        second.cancel()
        failureOf(second, CancelledError)
        lock.release()
        assert third.called

    def test_cancelling_after_it_was_acquired_changes_nothing(self) -> None:
        lock = DeferredLock()
        d = lock.acquire()
        d.cancel()
        assert resultOf(d) is lock
        assert lock.locked

    def test_run_holds_the_lock_until_the_result_is_there(self) -> None:
        lock = DeferredLock()
        inner: Deferred[int] = Deferred()
        outcome = lock.run(lambda: inner)
        assert lock.locked
        inner.callback(1)
        assert resultOf(outcome) == 1
        assert not lock.locked

    def test_run_releases_the_lock_when_the_function_raises(self) -> None:
        lock = DeferredLock()

        def boom() -> None:
            raise ValueError

        failureOf(lock.run(boom), ValueError)
        assert not lock.locked

    def test_run_waits_for_its_turn(self) -> None:
        lock = DeferredLock()
        lock.acquire()
        seen = outcomes(lock.run(divmod, 7, 2))
        assert seen == []
        lock.release()
        assert seen == [(3, 1)]

    def test_run_takes_a_coroutine(self) -> None:
        async def asks() -> int:
            return await succeed(2)

        assert resultOf(DeferredLock().run(asks)) == 2

    @pytest.mark.parametrize("keyword", ["self", "f", "args", "kwargs"])
    def test_any_keyword_reaches_the_function(self, keyword: str) -> None:
        def takes(**kwargs: object) -> object:
            return kwargs

        assert resultOf(DeferredLock().run(takes, **{keyword: 1})) == {keyword: 1}

    def test_it_is_an_asynchronous_context_manager(self) -> None:
        lock = DeferredLock()
        states: list[bool] = []

        async def enters() -> None:
            async with lock as entered:
                assert entered is lock
                states.append(lock.locked)

        resultOf(ensureDeferred(enters()))
        assert states == [True]
        assert not lock.locked


class TestDeferredSemaphore:
    """`DeferredSemaphore`."""

    def test_as_many_as_its_tokens_get_a_turn(self) -> None:
        semaphore = DeferredSemaphore(2)
        turns = [semaphore.acquire() for _ in range(3)]
        assert [d.called for d in turns] == [True, True, False]
        semaphore.release()
        assert turns[2].called

    def test_tokens_count_the_free_turns(self) -> None:
        semaphore = DeferredSemaphore(2)
        semaphore.acquire()
        assert (semaphore.tokens, semaphore.limit) == (1, 2)
        semaphore.release()
        assert semaphore.tokens == 2

    def test_releasing_more_than_was_acquired_raises(self) -> None:
        with pytest.raises(AssertionError, match="all its tokens are free"):
            DeferredSemaphore(1).release()

    @pytest.mark.parametrize("tokens", [0, -1])
    def test_it_needs_a_token(self, tokens: int) -> None:
        with pytest.raises(ValueError, match="1 token or more"):
            DeferredSemaphore(tokens)

    @given(st.integers(1, 4), st.lists(st.booleans(), max_size=40))
    def test_never_more_than_its_tokens_are_taken(self, tokens: int, asks: list[bool]) -> None:
        semaphore = DeferredSemaphore(tokens)
        running = 0
        waiting: list[Deferred[Any]] = []
        for ask in asks:
            if ask:
                waiting.append(semaphore.acquire())
            elif running:
                running -= 1
                semaphore.release()
            running += sum(d.called for d in waiting)
            waiting = [d for d in waiting if not d.called]
            assert running <= tokens
            assert not waiting or running == tokens


class TestDeferredQueue:
    """`DeferredQueue`."""

    def test_what_was_put_is_got_in_order(self) -> None:
        queue: DeferredQueue[int] = DeferredQueue()
        queue.put(1)
        queue.put(2)
        assert [resultOf(queue.get()), resultOf(queue.get())] == [1, 2]

    def test_those_who_wait_are_served_in_the_order_of_asking(self) -> None:
        queue: DeferredQueue[int] = DeferredQueue()
        first, second = queue.get(), queue.get()
        queue.put(1)
        assert not second.called
        queue.put(2)
        assert [resultOf(first), resultOf(second)] == [1, 2]

    def test_a_full_queue_refuses_more(self) -> None:
        queue: DeferredQueue[int] = DeferredQueue(size=1)
        queue.put(1)
        with pytest.raises(QueueOverflow, match="larger size"):
            queue.put(2)

    def test_a_queue_of_size_zero_hands_over_to_those_who_wait(self) -> None:
        queue: DeferredQueue[int] = DeferredQueue(size=0)
        got = queue.get()
        queue.put(1)
        assert resultOf(got) == 1
        with pytest.raises(QueueOverflow):
            queue.put(2)

    def test_no_more_than_the_backlog_may_wait(self) -> None:
        queue: DeferredQueue[int] = DeferredQueue(backlog=1)
        queue.get()
        with pytest.raises(QueueUnderflow, match="larger backlog"):
            queue.get()

    def test_cancelling_gives_up_the_place(self) -> None:
        queue: DeferredQueue[int] = DeferredQueue()
        first, second = queue.get(), queue.get()
        first.cancel()
        failureOf(first, CancelledError)
        queue.put(1)
        assert resultOf(second) == 1
