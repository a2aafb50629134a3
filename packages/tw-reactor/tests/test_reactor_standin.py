"""The stand-in for the default reactor; each program is a process of its own."""

from .reactor_processes import run


def test_importing_installs_nothing() -> None:
    assert (
        run(
            """
            import sys
            from twisted.internet import reactor
            import twisted.internet.reactor
            print(reactor)
            print("twisted.internet.epollreactor" in sys.modules)
            """
        )
        == "<the default reactor, not chosen yet>\nFalse\n"
    )


def test_the_first_use_binds_the_default_reactor() -> None:
    assert (
        run(
            """
            import sys
            from twisted.internet import reactor as early
            early.callLater(0, print)
            from twisted.internet import reactor as late
            import twisted.internet
            print(type(late).__name__, early == late, late == early, hash(early) == hash(late))
            print(sys.modules["twisted.internet.reactor"] is late, twisted.internet.reactor is late)
            """
        )
        == "EPollReactor True True True\nTrue True\n"
    )


def test_installing_is_legal_after_the_import() -> None:
    assert (
        run(
            """
            from twisted.internet import reactor as early
            from twisted.internet import selectreactor
            selectreactor.install()
            from twisted.internet import reactor as late
            print(type(late).__name__, early == late, early.__class__.__name__)
            """
        )
        == "SelectReactor True SelectReactor\n"
    )


def test_installing_after_the_first_use_names_the_place() -> None:
    output = run(
        """
        from twisted.internet import reactor, selectreactor

        def firstUse():
            reactor.callLater(0, print)

        firstUse()
        try:
            selectreactor.install()
        except Exception as error:
            print(type(error).__name__)
            print(error)
        """
    )
    name, message = output.splitlines()
    assert name == "ReactorAlreadyInstalledError"
    assert 'first used, in "<string>", line 5, in firstUse' in message


def test_installing_twice_names_the_place() -> None:
    output = run(
        """
        from twisted.internet import epollreactor, selectreactor

        def first():
            selectreactor.install()

        first()
        try:
            epollreactor.install()
        except AssertionError as error:
            print(error)
        """
    )
    assert 'installed in "<string>", line 5, in first' in output


def test_it_passes_for_the_reactor() -> None:
    assert (
        run(
            """
            from twisted.internet import reactor
            from twisted.internet.interfaces import IReactorCore, IReactorTCP, IReactorTime
            from twisted.internet.interfaces import IReactorFDSet, IReactorThreads, ITransport
            from twisted.internet.base import ReactorBase
            from zope.interface.verify import verifyObject
            for interface in (IReactorCore, IReactorTCP, IReactorTime, IReactorFDSet, IReactorThreads):
                assert interface.providedBy(reactor), interface
                assert interface(reactor) is not None
                assert verifyObject(interface, reactor)
            print(isinstance(reactor, ReactorBase), ITransport.providedBy(reactor))
            """
        )
        == "True False\n"
    )


def test_provided_by_alone_binds() -> None:
    assert (
        run(
            """
            from twisted.internet import reactor
            from twisted.internet.interfaces import IReactorTime
            print(IReactorTime.providedBy(reactor), type(reactor).__name__)
            """
        )
        == "True ReactorStandIn\n"
    )


def test_attributes_can_be_set_and_deleted_through_it() -> None:
    assert (
        run(
            """
            from twisted.internet import reactor as early
            early.extra = 7
            from twisted.internet import reactor as late
            print(late.extra)
            del early.extra
            print(hasattr(late, "extra"), "callLater" in dir(early))
            """
        )
        == "7\nFalse True\n"
    )


def test_looking_at_all_modules_does_not_bind() -> None:
    assert (
        run(
            """
            import inspect, sys, warnings, unittest, traceback, linecache, pkgutil, doctest
            from twisted.internet import reactor
            inspect.getmodule(inspect.currentframe())
            inspect.stack()
            for module in list(sys.modules.values()):
                for name in ("__file__", "__path__", "__warningregistry__", "__spec__", "__dict__"):
                    getattr(module, name, None)
            class Case(unittest.TestCase):
                def runTest(self):
                    with self.assertWarns(UserWarning):
                        warnings.warn("x")
            Case().debug()
            print(repr(reactor))
            """
        )
        == "<the default reactor, not chosen yet>\n"
    )


def test_deleting_the_entry_permits_a_new_install() -> None:
    assert (
        run(
            """
            import sys
            from twisted.internet import reactor
            reactor.callLater(0, print)
            del sys.modules["twisted.internet.reactor"]
            from twisted.internet import selectreactor
            selectreactor.install()
            from twisted.internet import reactor
            print(type(reactor).__name__)
            """
        )
        == "SelectReactor\n"
    )


def test_the_reactor_runs_through_the_stand_in() -> None:
    assert (
        run(
            """
            from twisted.internet import reactor
            reactor.callLater(0.01, reactor.stop)
            reactor.callWhenRunning(print, "running")
            reactor.run()
            print("stopped", reactor.running)
            """
        )
        == "running\nstopped False\n"
    )


def test_threads_bind_it_once() -> None:
    assert (
        run(
            """
            import threading
            from twisted.internet import reactor
            found = []
            barrier = threading.Barrier(8)
            def use():
                barrier.wait()
                found.append(reactor.seconds and reactor.callLater.__self__)
            threads = [threading.Thread(target=use) for _ in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(len(set(map(id, found))))
            """
        )
        == "1\n"
    )


def test_install_reactor_without_argument_installs_the_default() -> None:
    assert (
        run(
            """
            from twisted.internet.main import installReactor
            installReactor()
            from twisted.internet import reactor
            print(type(reactor).__name__)
            """
        )
        == "EPollReactor\n"
    )


def test_the_import_is_light() -> None:
    modules = run(
        """
        import sys
        from twisted.internet import reactor
        print(*sys.modules)
        """
    ).split()
    # Nothing of the loop, of sockets or of threads' pools is needed to hold a stand-in.
    heavy = {"twisted.internet._pollingreactor", "twisted.logger", "socket", "zope.interface"}
    assert not heavy & set(modules)


def test_the_first_use_imports_nothing_heavy() -> None:
    modules = run(
        """
        import sys
        from twisted.internet import reactor
        reactor.callLater(0, print)
        print(*sys.modules)
        """
    ).split()
    assert not {"asyncio", "ssl", "email", "http", "unittest"} & set(modules)
