"""Fields that are bound to a Logger, or hold in a context."""

import contextvars
import threading
from collections.abc import Generator, Iterator

import pytest

from twisted.logger import (
    FilteringLogObserver,
    LogEvent,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    LogPublisher,
    bindContext,
    boundContext,
    clearContext,
    contextFields,
    formatEvent,
    unbindContext,
)

events: list[LogEvent] = []


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    events.clear()
    clearContext()
    yield
    clearContext()


@pytest.fixture
def log() -> Logger:
    return Logger("shop", observer=events.append)


def test_bound_fields_are_in_each_event(log: Logger) -> None:
    bound = log.bind(order=7)
    bound.info("{order} is paid")
    bound.warn("x")
    assert [event["order"] for event in events] == [7, 7]
    assert formatEvent(events[0]) == "7 is paid"


def test_binding_leaves_the_logger_as_it_is(log: Logger) -> None:
    log.bind(order=7)
    log.info("x")
    assert "order" not in events[0]


def test_bound_logger_is_otherwise_the_same(log: Logger) -> None:
    bound = log.bind(order=7)
    bound.info("x")
    assert bound.namespace == "shop"
    assert events[0]["log_logger"] is bound
    assert events[0]["log_namespace"] == "shop"


def test_binding_adds_to_what_was_bound(log: Logger) -> None:
    log.bind(order=7, item="chair").bind(item="table").info("x")
    assert (events[0]["order"], events[0]["item"]) == (7, "table")


def test_field_of_the_call_is_preferred_to_the_bound_one(log: Logger) -> None:
    log.bind(order=7).info("x", order=8)
    assert events[0]["order"] == 8


@pytest.mark.parametrize("name", ["self", "level", "format", "namespace", "source", "observer"])
def test_fields_may_have_any_name(name: str, log: Logger) -> None:
    log.bind(**{name: 1}).info("x")
    assert events[0][name] == 1


def test_keys_of_the_system_are_not_replaced(log: Logger) -> None:
    log.bind(log_namespace="other", log_format="y").info("x")
    assert (events[0]["log_namespace"], events[0]["log_format"]) == ("shop", "x")


def test_failure_has_the_bound_fields(log: Logger) -> None:
    log.bind(order=7).failure("x")
    assert events[0]["order"] == 7


class Order:
    log = Logger(observer=events.append).bind(kind="order")

    def pay(self) -> None:
        self.log.bind(step="pay").info("x")


def test_logger_in_a_class_can_be_bound() -> None:
    order = Order()
    order.pay()
    (event,) = events
    assert (event["kind"], event["step"]) == ("order", "pay")
    assert event["log_source"] is order
    assert event["log_namespace"] == f"{__name__}.Order"


def test_subclass_of_logger_stays_one_when_it_is_bound() -> None:
    class Quiet(Logger):
        pass

    quiet = Quiet("n", observer=events.append)
    quiet.tag = "t"  # type: ignore[attr-defined]
    bound = quiet.bind(order=7)
    assert type(bound) is Quiet
    assert bound.tag == "t"  # type: ignore[attr-defined]


def test_observer_that_is_set_later_leaves_the_fields(log: Logger) -> None:
    others: list[LogEvent] = []
    bound = log.bind(order=7)
    bound.observer = others.append
    bound.namespace = "n"
    bound.info("x")
    assert others[0]["order"] == 7
    log.info("y")
    assert len(events) == 1


def test_change_of_a_filter_reaches_bound_loggers() -> None:
    predicate = LogLevelFilterPredicate()
    log = Logger("n", observer=LogPublisher(FilteringLogObserver(events.append, [predicate])))
    bound = log.bind(order=7)
    bound.debug("x")
    predicate.setLogLevelForNamespace("n", LogLevel.debug)
    bound.debug("y")
    assert [event["log_format"] for event in events] == ["y"]


def test_fields_of_the_context_reach_every_logger(log: Logger) -> None:
    other = Logger("other", observer=events.append)
    with boundContext(request=1):
        log.info("x")
        other.info("y")
    log.info("z")
    assert [event.get("request") for event in events] == [1, 1, None]


def test_contexts_are_nested(log: Logger) -> None:
    with boundContext(request=1, user="a"):
        with boundContext(user="b"):
            log.info("x")
        log.info("y")
    assert [(event["request"], event["user"]) for event in events] == [(1, "b"), (1, "a")]


def test_context_ends_with_an_exception(log: Logger) -> None:
    with pytest.raises(ValueError, match="x"), boundContext(request=1):
        raise ValueError("x")
    assert contextFields() == {}


def test_bound_field_is_preferred_to_the_context(log: Logger) -> None:
    with boundContext(order=1, request=2):
        log.bind(order=7).info("x")
    assert (events[0]["order"], events[0]["request"]) == (7, 2)


def test_context_is_bound_without_an_end() -> None:
    bindContext(request=1)
    bindContext(user="a")
    assert contextFields() == {"request": 1, "user": "a"}
    unbindContext("request", "unknown")
    assert contextFields() == {"user": "a"}
    clearContext()
    assert contextFields() == {}


def test_fields_of_the_context_cannot_be_changed() -> None:
    bindContext(request=1)
    with pytest.raises(TypeError):
        contextFields()["request"] = 2  # type: ignore[index]


def test_contexts_do_not_disturb_each_other(log: Logger) -> None:
    first, second = contextvars.copy_context(), contextvars.copy_context()
    first.run(bindContext, request=1)
    second.run(bindContext, request=2)
    first.run(log.info, "x")
    second.run(log.info, "y")
    log.info("z")
    assert [event.get("request") for event in events] == [1, 2, None]


def test_thread_of_its_own_begins_without_fields(log: Logger) -> None:
    with boundContext(request=1):
        thread = threading.Thread(target=contextvars.Context().run, args=(log.info, "x"))
        thread.start()
        thread.join()
    assert "request" not in events[0]


def test_coroutine_keeps_its_fields_while_it_waits(log: Logger) -> None:
    class Pause:
        def __await__(self) -> Generator[None, None, None]:
            yield

    async def serve(number: int) -> None:
        with boundContext(request=number):
            await Pause()
            log.info("x")

    # Each in its context, as a reactor's coroutines are.
    served = [(contextvars.copy_context(), serve(number)) for number in (1, 2)]
    for context, coroutine in served:
        context.run(coroutine.send, None)
    for context, coroutine in served:
        with pytest.raises(StopIteration):
            context.run(coroutine.send, None)
    assert [event["request"] for event in events] == [1, 2]
