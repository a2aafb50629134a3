"""Signals stop a running reactor; each program is a process of its own."""

import pytest

from .reactor_processes import run


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_the_reactor(name: str) -> None:
    assert (
        run(
            """
            import os, signal, sys
            from twisted.internet import reactor
            number = getattr(signal, sys.argv[1])
            reactor.callWhenRunning(os.kill, os.getpid(), number)
            reactor.addSystemEventTrigger("before", "shutdown", print, "shutdown")
            reactor.run()
            print("stopped by", reactor._exitSignal == number)
            """,
            name,
        )
        == "shutdown\nstopped by True\n"
    )


def test_a_signal_wakes_a_reactor_that_sleeps() -> None:
    assert (
        run(
            """
            import os, signal, threading, time
            from twisted.internet import reactor
            def send():
                time.sleep(0.1)
                os.kill(os.getpid(), signal.SIGTERM)
            reactor.callWhenRunning(threading.Thread(target=send).start)
            reactor.run()
            print("stopped")
            """
        )
        == "stopped\n"
    )


def test_a_signal_that_another_thread_gets_wakes_the_reactor() -> None:
    # The reactor's thread blocks the signal in the kernel's eyes, so that it interrupts no call
    # of that thread; only the byte in the wake-up pipe is noticed.
    assert (
        run(
            """
            import os, signal, threading, time
            from twisted.internet import reactor
            def send():
                signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
                time.sleep(0.1)
                os.kill(os.getpid(), signal.SIGUSR1)
                time.sleep(0.1)
            def begin():
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
                signal.signal(signal.SIGUSR1, lambda *args: reactor.callFromThread(reactor.stop))
                threading.Thread(target=send).start()
            reactor.callWhenRunning(begin)
            reactor.run()
            print("stopped")
            """
        )
        == "stopped\n"
    )


def test_handlers_are_put_back_after_the_run() -> None:
    assert (
        run(
            """
            import signal
            from twisted.internet import reactor
            before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
            during = []
            def look():
                during.extend(signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM))
                reactor.stop()
            reactor.callWhenRunning(look)
            reactor.run()
            after = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
            print(before == after, before != during, signal.set_wakeup_fd(-1))
            """
        )
        == "True True -1\n"
    )


def test_an_interrupt_handler_of_the_application_stays() -> None:
    assert (
        run(
            """
            import os, signal
            from twisted.internet import reactor
            def mine(number, frame):
                print("mine")
                reactor.callFromThread(reactor.stop)
            signal.signal(signal.SIGINT, mine)
            reactor.callWhenRunning(os.kill, os.getpid(), signal.SIGINT)
            reactor.run()
            print(signal.getsignal(signal.SIGINT) is mine)
            """
        )
        == "mine\nTrue\n"
    )


def test_a_handler_that_was_set_meanwhile_stays() -> None:
    assert (
        run(
            """
            import signal
            from twisted.internet import reactor
            def mine(number, frame):
                pass
            reactor.callWhenRunning(signal.signal, signal.SIGTERM, mine)
            reactor.callLater(0.01, reactor.stop)
            reactor.run()
            print(signal.getsignal(signal.SIGTERM) is mine)
            """
        )
        == "True\n"
    )


def test_without_handlers_an_interrupt_ends_run_with_an_exception() -> None:
    assert (
        run(
            """
            import os, signal
            from twisted.internet import reactor
            reactor.callLater(0.01, os.kill, os.getpid(), signal.SIGINT)
            try:
                reactor.run(installSignalHandlers=False)
            except KeyboardInterrupt:
                print("interrupted", reactor.running)
            """
        )
        == "interrupted False\n"
    )


def test_another_thread_installs_nothing() -> None:
    assert (
        run(
            """
            import signal, threading
            from twisted.internet.selectreactor import SelectReactor
            reactor = SelectReactor()
            before = signal.getsignal(signal.SIGTERM)
            seen = []
            def look():
                seen.append(signal.getsignal(signal.SIGTERM))
                reactor.stop()
            reactor.callWhenRunning(look)
            thread = threading.Thread(target=reactor.run)
            thread.start()
            thread.join()
            print(seen == [before])
            """
        )
        == "True\n"
    )


def test_a_second_signal_while_it_shuts_down_is_harmless() -> None:
    assert (
        run(
            """
            import os, signal
            from twisted.internet import reactor
            from twisted.internet.task import deferLater
            def slow():
                os.kill(os.getpid(), signal.SIGTERM)
                return deferLater(reactor, 0.05)
            reactor.addSystemEventTrigger("before", "shutdown", slow)
            reactor.callWhenRunning(os.kill, os.getpid(), signal.SIGTERM)
            reactor.run()
            print("stopped")
            """
        )
        == "stopped\n"
    )
