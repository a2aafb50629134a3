"""The reactors on asyncio and uvloop: their loops, and being started inside of a running one."""

import asyncio
import gc
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._sockets._loopconnection import LoopServer
from twisted.internet.address import IPv4Address
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorAlreadyRunning
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import Factory, Protocol

from .reactor_helpers import (
    HANGS_AFTER,
    LOOP_REACTORS,
    AsyncioReactor,
    LoopTransportsReactor,
    Pair,
    Recorder,
    RecordingClient,
    RecordingServer,
    discard,
    turn,
    turnUntil,
)
from .reactor_processes import run


@pytest.fixture(params=[*LOOP_REACTORS, LoopTransportsReactor], ids=lambda kind: str(kind.__name__))
def reactor(request: pytest.FixtureRequest) -> Iterator[AsyncioReactor]:
    """A reactor on each kind of loop."""
    made: AsyncioReactor = request.param()
    yield made
    discard(made)


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn until a condition holds."""

    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.002)

    await asyncio.wait_for(wait(), HANGS_AFTER)


def inside(reactor: AsyncioReactor, main: Awaitable[None]) -> None:
    """Run a coroutine in the loop of a reactor."""
    reactor.loop.run_until_complete(main)


class Echo(Protocol):
    def dataReceived(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(data)


class TestMoving:
    """A reactor leaves its loop for another one, and takes along what it has."""

    def test_timers_and_ports_move_along(self, reactor: AsyncioReactor) -> None:
        left = reactor.loop
        loop = type(left)()
        port = reactor.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1")
        called: list[asyncio.AbstractEventLoop] = []
        reactor.callLater(0, lambda: called.append(asyncio.get_running_loop()))
        reactor.moveTo(loop)
        assert reactor.loop is loop
        turnUntil(reactor, lambda: called)
        assert called == [loop]

        async def main() -> None:
            reactor.startRunning()
            address = port.getHost()
            assert isinstance(address, IPv4Address)
            reading, writing = await asyncio.open_connection("127.0.0.1", address.port)
            writing.write(b"hello")
            assert await reading.readexactly(5) == b"hello"
            writing.close()
            await writing.wait_closed()
            reactor.stop()
            await until(lambda: not reactor.running)

        loop.run_until_complete(main())
        turnUntil(reactor, lambda: not reactor.openTransports)
        reactor.moveTo(left)
        loop.close()

    def test_kind_of_connections_is_that_of_the_new_loop(self) -> None:
        foreign = pytest.importorskip("uvloop", reason="pip install uvloop").new_event_loop()
        made = AsyncioSelectorReactor(foreign)
        loop = asyncio.new_event_loop()
        made.moveTo(loop)
        server, client = RecordingServer(), RecordingClient()
        port = made.listenTCP(0, server, interface="127.0.0.1")
        address = port.getHost()
        assert isinstance(address, IPv4Address)
        made.connectTCP("127.0.0.1", address.port, client)
        turnUntil(made, lambda: server.built and server.built[0].made)
        assert not isinstance(server.built[0].transport, LoopServer)
        discard(made)
        foreign.close()
        loop.close()

    def test_running_reactor_stays(self, reactor: AsyncioReactor) -> None:
        loop = asyncio.new_event_loop()

        async def main() -> None:
            reactor.startRunning()
            with pytest.raises(ReactorAlreadyRunning, match="stop the reactor before"):
                reactor.moveTo(loop)
            reactor.stop()
            await until(lambda: not reactor.running)

        inside(reactor, main())
        loop.close()
        with pytest.raises(ValueError, match="is closed"):
            reactor.moveTo(loop)


class TestLoops:
    @pytest.mark.parametrize("wrong", [7, "loop", asyncio])
    def test_what_is_no_loop_is_refused(self, wrong: object) -> None:
        with pytest.raises(TypeError, match="no event loop"):
            AsyncioSelectorReactor(wrong)  # type: ignore[arg-type]

    def test_a_closed_loop_is_refused(self) -> None:
        loop = asyncio.new_event_loop()
        loop.close()
        with pytest.raises(ValueError, match="closed"):
            AsyncioSelectorReactor(loop)

    def test_without_a_loop_one_is_made_and_set(self) -> None:
        answers: list[object] = []

        def make() -> None:
            made = AsyncioSelectorReactor()
            answers.append(made.loop is asyncio.get_event_loop())
            made.close()
            answers.append(made.loop.is_closed())

        # In a thread of its own, which has no loop yet.
        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        assert answers == [True, True]

    def test_the_loop_that_was_set_is_taken(self) -> None:
        answers: list[object] = []

        def make() -> None:
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            made = AsyncioSelectorReactor()
            answers.append(made.loop is loop)
            made.close()
            answers.append(loop.is_closed())
            loop.close()

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        assert answers == [True, False]

    def test_a_loop_that_was_closed_meanwhile_is_named(self, reactor: AsyncioReactor) -> None:
        reactor.loop.close()
        calls: list[Callable[[], object]] = [reactor.run, reactor.startRunning, reactor.iterate]
        for call in calls:
            with pytest.raises(RuntimeError, match="was closed"):
                call()
        reactor.callLater(0, print)
        reactor.callFromThread(print)

    def test_a_loop_that_somebody_stops_shuts_the_reactor_down(
        self, reactor: AsyncioReactor
    ) -> None:
        seen: list[str] = []
        reactor.addSystemEventTrigger("before", "shutdown", seen.append, "shutdown")
        reactor.callWhenRunning(reactor.loop.stop)
        reactor.run()
        assert seen == ["shutdown"]

    def test_the_loop_runs_when_startup_is_fired(self, reactor: AsyncioReactor) -> None:
        seen: list[object] = []
        reactor.callWhenRunning(lambda: seen.append(asyncio.get_running_loop()))
        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        assert seen == [reactor.loop]

    def test_reactors_run_in_threads_at_the_same_time(self, reactor: AsyncioReactor) -> None:
        other = type(reactor)()
        meeting = threading.Barrier(2, timeout=HANGS_AFTER)
        met: list[PollingReactor] = []

        def meet(one: PollingReactor) -> None:
            meeting.wait()
            met.append(one)
            one.stop()

        def work(one: PollingReactor) -> None:
            one.callWhenRunning(meet, one)
            one.run(installSignalHandlers=False)

        threads = [threading.Thread(target=work, args=(one,)) for one in (reactor, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {id(one) for one in met} == {id(reactor), id(other)}
        discard(other)


class TestInsideOfARunningLoop:
    def test_the_running_loop_is_taken(self) -> None:
        async def main() -> None:
            made = AsyncioSelectorReactor()
            assert made.loop is asyncio.get_running_loop()
            made.close()

        asyncio.run(main())

    def test_start_running_returns_and_stop_leaves_the_loop_running(
        self, reactor: AsyncioReactor
    ) -> None:
        seen: list[str] = []

        async def main() -> None:
            reactor.addSystemEventTrigger("after", "shutdown", seen.append, "shutdown")
            reactor.startRunning()
            assert reactor.running
            called: Deferred[str] = Deferred()
            reactor.callLater(0.001, called.callback, "timer")
            seen.append(await called)
            reactor.stop()
            await until(lambda: not reactor.running and seen[-1] == "shutdown")
            await asyncio.sleep(0)
            seen.append("loop")

        inside(reactor, main())
        assert seen == ["timer", "shutdown", "loop"]

    def test_connections_work_inside(self, reactor: AsyncioReactor) -> None:
        async def once() -> None:
            reactor.startRunning()
            server, client = RecordingServer(), RecordingClient()
            port = reactor.listenTCP(0, server, interface="127.0.0.1")
            reactor.connectTCP("127.0.0.1", port.getHost().port, client)
            await until(lambda: server.built and client.built and server.built[0].made)
            # From a Task, outside of any callback of the reactor.
            client.built[0].transport.write(b"hello")
            await until(lambda: server.built[0].received == b"hello")
            reactor.stop()
            await until(lambda: server.built[0].lost and client.built[0].lost)
            await until(lambda: not reactor._attached)

        inside(reactor, once())
        inside(reactor, once())

    def test_signals_stay_with_the_host(self) -> None:
        assert (
            run(
                """
                import asyncio, signal
                from twisted.internet.asyncioreactor import AsyncioSelectorReactor
                async def main():
                    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
                    reactor = AsyncioSelectorReactor()
                    reactor.startRunning()
                    after = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
                    print(before == after)
                asyncio.run(main())
                """
            )
            == "True\n"
        )

    @pytest.mark.parametrize("method", ["run", "iterate"])
    def test_running_it_there_is_an_error_with_advice(
        self, reactor: AsyncioReactor, method: str
    ) -> None:
        async def main() -> None:
            with pytest.raises(RuntimeError, match="startRunning"):
                getattr(reactor, method)()

        inside(reactor, main())
        assert not reactor.running

    def test_starting_twice_is_an_error(self, reactor: AsyncioReactor) -> None:
        async def main() -> None:
            reactor.startRunning()
            with pytest.raises(ReactorAlreadyRunning):
                reactor.startRunning()
            with pytest.raises(ReactorAlreadyRunning):
                reactor.run()
            reactor.crash()

        inside(reactor, main())


class TestTimers:
    def test_calls_come_in_order_however_they_are_moved(self, reactor: AsyncioReactor) -> None:
        order: list[str] = []

        async def main() -> None:
            reactor.startRunning()
            await asyncio.sleep(0)
            # Outside of the reactor's callbacks: only the timers themselves say that they moved.
            late = reactor.callLater(1000, order.append, "brought forward")
            first = reactor.callLater(0.002, order.append, "put off")
            cancelled = reactor.callLater(0.001, order.append, "cancelled")
            late.reset(0.003)
            first.delay(0.01)
            cancelled.cancel()
            reactor.callLater(0.004, order.append, "new")
            await until(lambda: len(order) == 3)
            reactor.crash()

        inside(reactor, main())
        assert order == ["brought forward", "new", "put off"]

    def test_the_calls_keep_the_context_of_whoever_scheduled_them(
        self, reactor: AsyncioReactor
    ) -> None:
        variable: ContextVar[str] = ContextVar("variable", default="none")
        seen: list[str] = []

        async def task(name: str, delay: float) -> None:
            variable.set(name)
            reactor.callLater(delay, lambda: seen.append(variable.get()))

        async def main() -> None:
            reactor.startRunning()
            await asyncio.gather(task("late", 0.004), task("early", 0.002))
            reactor.addSystemEventTrigger("before", "shutdown", lambda: seen.append(variable.get()))
            await until(lambda: len(seen) == 2)
            reactor.stop()
            await until(lambda: len(seen) == 3)

        inside(reactor, main())
        assert seen == ["early", "late", "none"]

    def test_a_call_that_schedules_itself_leaves_room(self, reactor: AsyncioReactor) -> None:
        calls: list[IDelayedCall] = []

        def again() -> None:
            calls.append(reactor.callLater(0, again))

        async def main() -> None:
            reactor.startRunning()
            again()
            await until(lambda: len(calls) > 5)
            calls[-1].cancel()
            reactor.crash()

        inside(reactor, main())


class TestConnections:
    def test_nothing_is_left_to_the_garbage_collector(self, reactor: AsyncioReactor) -> None:
        def connectAndStop() -> None:
            pair = Pair(reactor)
            reactor.callWhenRunning(pair.client.transport.loseConnection)
            pair.server.onLost = reactor.stop
            reactor.run()
            assert pair.client.lost

        # An error would not come out of the garbage collector, so the warnings are looked at.
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", ResourceWarning)
            connectAndStop()
            gc.collect()
        assert [str(warning.message) for warning in warned] == []
        assert reactor.closing == set()

    def test_the_descriptor_is_unknown_once_the_connection_is_lost(
        self, reactor: AsyncioReactor
    ) -> None:
        pair = Pair(reactor)
        transport = pair.client.transport
        numbers: list[int] = []
        pair.client.onLost = lambda: numbers.append(transport.fileno())  # type: ignore[attr-defined]
        transport.abortConnection()
        pair.until(lambda: pair.client.lost and pair.server.lost)
        assert numbers == [-1]

    def test_a_connection_paused_from_the_start_gets_all_when_it_resumes(
        self, reactor: AsyncioReactor
    ) -> None:
        def paused() -> Recorder:
            protocol = Recorder()
            protocol.onMade = lambda: protocol.transport.pauseProducing()  # type: ignore[attr-defined]
            return protocol

        server, client = RecordingServer(paused), RecordingClient()

        def greet() -> Recorder:
            protocol = Recorder()

            def sayAll() -> None:
                protocol.transport.write(b"all")
                protocol.transport.loseConnection()

            protocol.onMade = sayAll
            return protocol

        client.make = greet
        port = reactor.listenTCP(0, server, interface="127.0.0.1")
        reactor.connectTCP("127.0.0.1", port.getHost().port, client)
        turnUntil(reactor, lambda: server.built and server.built[0].made and client.reasons)
        turn(reactor)
        protocol = server.built[0]
        assert (protocol.received, protocol.lost) == (b"", [])
        protocol.transport.resumeProducing()  # type: ignore[attr-defined]
        turnUntil(reactor, lambda: protocol.lost)
        assert protocol.received == b"all"

    def test_connections_are_among_what_is_read_and_written(self, reactor: AsyncioReactor) -> None:
        pair = Pair(reactor)
        server, client = pair.server.transport, pair.client.transport
        assert {id(server), id(client)} <= {id(one) for one in reactor.getReaders()}
        client.pauseProducing()  # type: ignore[attr-defined]
        assert id(client) not in {id(one) for one in reactor.getReaders()}
        server.write(b"x" * 16 * 1024 * 1024)
        pair.until(lambda: id(server) in {id(one) for one in reactor.getWriters()})
        removed = {id(one) for one in reactor.removeAll()}
        assert id(server) in removed
        assert reactor.getReaders() == []

    def test_what_is_written_past_tls_is_not_sent_in_the_clear(
        self, reactor: AsyncioReactor
    ) -> None:
        pair = Pair(reactor)
        kept = pair.server.transport.write
        taken: list[bytes] = []
        # As tw-tls does when TLS is started.
        setattr(pair.server.transport, "_writesInstead", taken.append)  # noqa: B010 - unknown name
        pair.server.onData = lambda data: kept(b"secret")
        pair.client.transport.write(b"x")
        pair.until(lambda: taken)
        turn(reactor)
        assert (taken, pair.client.received) == ([b"secret"], b"")

    def test_tcp_no_delay_stays_as_the_protocol_set_it(self, reactor: AsyncioReactor) -> None:
        def slow() -> Recorder:
            protocol = Recorder()
            protocol.onMade = lambda: protocol.transport.setTcpNoDelay(False)
            return protocol

        server, client = RecordingServer(slow), RecordingClient()
        port = reactor.listenTCP(0, server, interface="127.0.0.1")
        reactor.connectTCP("127.0.0.1", port.getHost().port, client)
        turnUntil(reactor, lambda: server.built and server.built[0].made and client.built)
        client.built[0].transport.write(b"x")
        turnUntil(reactor, lambda: server.built[0].received)
        assert server.built[0].transport.getTcpNoDelay() is False

    def test_system_exit_in_data_received_ends_run(self, reactor: AsyncioReactor) -> None:
        pair = Pair(reactor)

        def leave(data: bytes) -> None:
            raise SystemExit(3)

        pair.server.onData = leave
        pair.client.transport.write(b"x")
        with pytest.raises(SystemExit):
            reactor.run()


KINDS = ("asyncio", "uvloop")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_from_elsewhere_stops_the_reactor(kind: str, name: str) -> None:
    if kind == "uvloop":
        pytest.importorskip("uvloop")
    assert (
        run(
            """
            import os, signal, sys, threading
            from twisted.internet._reactorchoice import installReactor
            reactor = installReactor(sys.argv[1])
            number = getattr(signal, sys.argv[2])
            def send():
                os.kill(os.getpid(), number)
            reactor.callWhenRunning(reactor.callLater, 0.05, threading.Thread(target=send).start)
            reactor.addSystemEventTrigger("before", "shutdown", print, "shutdown")
            before = signal.getsignal(number)
            reactor.run()
            print("stopped by", reactor._exitSignal == number, signal.getsignal(number) == before)
            """,
            kind,
            name,
        )
        == "shutdown\nstopped by True True\n"
    )


def test_without_uvloop_the_error_says_how_to_get_it() -> None:
    assert (
        run(
            """
            import sys
            sys.modules["uvloop"] = None
            try:
                import twisted.internet.uvloopreactor
            except ImportError as error:
                print(error)
            """
        )
        == "the reactor on uvloop needs uvloop: pip install 'tw-reactor[uvloop]'\n"
    )


def test_packages_find_the_loop_by_its_old_name(reactor: AsyncioReactor) -> None:
    assert reactor._asyncioEventloop is reactor.loop
