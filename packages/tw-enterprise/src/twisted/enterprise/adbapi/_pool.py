"""A pool of connections, each in a thread of its own."""

from collections.abc import Callable
from threading import Thread, current_thread
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from twisted.enterprise.adbapi._asynctransaction import AsyncTransaction
from twisted.enterprise.adbapi._calls import Call
from twisted.enterprise.adbapi._closing import Closing
from twisted.enterprise.adbapi._connection import Connection
from twisted.enterprise.adbapi._driver import Driver, DriverConnection, driverNamed
from twisted.enterprise.adbapi._errors import PoolClosed, TooManyCalls
from twisted.enterprise.adbapi._performing import Work, perform
from twisted.enterprise.adbapi._statements import operate, query
from twisted.enterprise.adbapi._threadconnections import ThreadConnections
from twisted.enterprise.adbapi._threads import DatabaseThreadPool
from twisted.enterprise.adbapi._transaction import Transaction
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.interfaces import IReactorCore, IReactorFromThreads, IReactorTime
from twisted.python.components import Interface
from twisted.python.failure import Failure

_P = ParamSpec("_P")
_R = TypeVar("_R")


class IReactorOfPools(IReactorCore, IReactorFromThreads, IReactorTime, Interface):
    """What a pool needs of a reactor."""


class ConnectionPool:
    """Connections to a database, each in a thread of its own, and calls that use them.

    Connections are opened when they are wanted, stay open, and are used only in the thread that
    opened them. Calls that come before the reactor runs wait for that. When the reactor stops, the
    pool is closed.

    Attributes:
        dbapiName: The name of the module of the DB-API.
        dbapi: The module.
        reactor: On whose thread the Deferreds fire.
        threadpool: The threads.
        connections: The driver's connections, by the identity of their thread.
        running: Whether the threads were started, and not closed since.
    """

    CP_ARGS: list[str] = [
        *("min", "max", "name", "noisy", "openfun", "reconnect", "good_sql"),
        *("checkAfter", "closeTimeout", "maxCalls"),
    ]
    """The options; each is given as `cp_` and its name, and becomes an attribute."""

    min: int = 3
    """The number of threads that are kept when there is nothing to do; `max`, if that is less and
    `cp_min` is not given."""
    max: int = 5
    """The largest number of threads, and so of connections."""
    name: str | None = None
    """What the names of the threads begin with; else it is made of the name of the module."""
    noisy: bool = False
    """Whether connecting and disconnecting are logged."""
    openfun: Callable[[Any], object] | None = None
    """Called with each of the driver's connections, in its thread, when it was opened."""
    reconnect: bool = False
    """Whether connections are checked by `good_sql`: before use when they had nothing to do for
    `checkAfter` seconds, and after a call has failed, which fails with `ConnectionLost` then."""
    good_sql: str = "select 1"
    """A statement that always succeeds while there is a connection."""
    checkAfter: float = 30.0
    """See `reconnect`."""
    closeTimeout: float = 5.0
    """How many seconds calls have to be done after `close`; then they are interrupted."""
    maxCalls: int = 100_000
    """The largest number of calls that wait or are at work; more fail with `TooManyCalls`."""

    connectionFactory: type[Connection] = Connection
    """What makes the connections that calls see."""
    transactionFactory: type[Transaction] = Transaction
    """What makes the transactions that interactions see."""

    running: bool = False
    startID: object = None
    shutdownID: object = None

    def __init__(self, dbapiName: str, *connargs: object, **connkw: object) -> None:
        """Make a pool; nothing is connected yet.

        Args:
            dbapiName: The name of a module of the DB-API 2.0, which is imported.
            connargs: The arguments of its function `connect`.
            connkw: Its keyword arguments, and options of the pool (`CP_ARGS`), which begin with
                `cp_`. Beside those, `cp_reactor` is the reactor, instead of the default one.

        Raises:
            ImportError: The module is not there, or cannot be imported.
            TypeError: It is no module of the DB-API, or there is no such option.
            ValueError: A number among the options is too small.
        """
        self.dbapiName: str = dbapiName
        self.dbapi: Driver = driverNamed(dbapiName)
        reactor = cast("IReactorOfPools | None", connkw.pop("cp_reactor", None))
        if "cp_max" in connkw and "cp_min" not in connkw:
            self.min = min(self.min, cast(int, connkw["cp_max"]))
        for option in self.CP_ARGS:
            if f"cp_{option}" in connkw:
                setattr(self, option, connkw.pop(f"cp_{option}"))
        self._checkOptions(connkw)
        self.connargs: tuple[object, ...] = connargs
        self.connkw: dict[str, object] = connkw
        if reactor is None:
            # Every reactor that is complete enough to be the default one has the rest, too.
            reactor = cast(IReactorOfPools, defaultReactor(IReactorFromThreads))
        self.reactor: IReactorOfPools = reactor
        self._threadConnections = ThreadConnections(self)
        self.connections: dict[int, DriverConnection] = self._threadConnections.open
        # Changed in the thread of the reactor alone.
        self._calls: dict[Call[Work], Deferred[Any]] = {}
        self._closing: Closing | None = None
        self.threadpool: DatabaseThreadPool = self._makeThreads()
        self.startID = reactor.callWhenRunning(self._startOnce)

    def start(self) -> None:
        """Start the threads, if they were not started; the reactor does it when it runs.

        Raises:
            RuntimeError: The pool was closed, and is not done with it.
        """
        if self.running:
            return
        if self._closing is not None:
            if not self._closing.done:
                raise RuntimeError("the pool is being closed: wait for the Deferred of close()")
            self._closing = None
            self.threadpool = self._makeThreads()
        self._dropTrigger("startID")
        self.threadpool.start()
        self.shutdownID = self.reactor.addSystemEventTrigger("during", "shutdown", self.finalClose)
        self.running = True

    def close(self) -> Deferred[None]:
        """Let all calls be done for `closeTimeout` seconds, end the rest, close all connections.

        Calls that come after this fail with `PoolClosed`; `start` opens the pool again.

        Returns:
            A Deferred that fires when nothing is open any more, or what is left was given up.
        """
        self._dropTrigger("shutdownID")
        return self.finalClose()

    def finalClose(self) -> Deferred[None]:
        """Do what `close` does; called by the reactor when it stops.

        Returns:
            As `close` does.
        """
        self.shutdownID = None
        if self._closing is None:
            self._dropTrigger("startID")
            if not self.running:
                # Nobody is going to do what waits.
                self._abandon(PoolClosed("The pool was closed before it was started"))
            self.running = False
            self.threadpool.stopWithoutWaiting()
            self._closing = Closing(
                self.reactor,
                self.closeTimeout,
                self.threadpool.alive,
                self._calls.keys(),
                self._abandon,
            )
        return self._closing.whenDone()

    def runQuery(self, *args: object, **kw: object) -> Deferred[list[Any]]:
        """Execute a statement, and fetch all rows.

        Args:
            args: The arguments of the cursor's `execute`: the statement, its parameters, ...
            kw: Its keyword arguments.

        Returns:
            A Deferred with the rows, each of the type that the driver makes. It fails with the
            driver's exception, and then nothing was changed.
        """
        return self.runInteraction(query, args, kw)

    def runOperation(self, *args: object, **kw: object) -> Deferred[None]:
        """Execute a statement that has no rows as its result.

        Args:
            args: The arguments of the cursor's `execute`: the statement, its parameters, ...
            kw: Its keyword arguments.

        Returns:
            A Deferred with None. It fails with the driver's exception, and then nothing was changed.
        """
        return self.runInteraction(operate, args, kw)

    def runInteraction(
        self,
        interaction: Callable[Concatenate[Transaction, _P], _R],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> Deferred[_R]:
        """Call a function in a thread, inside one transaction.

        The transaction is committed when the function has returned, and rolled back when it raised.
        Cancelling the Deferred interrupts it, if the driver can do that, and rolls it back, unless
        the commit was under way.

        Args:
            interaction: Called with a `Transaction` and the other arguments; it may block.
            args: Its other arguments.
            kw: Its keyword arguments.

        Returns:
            A Deferred with what the function returned. It fails with what the function or the
            commit raised; with `ConnectionLost` if the connection is gone and the pool was made
            with `cp_reconnect`; with `PoolClosed` or `TooManyCalls`.
        """

        def work(connection: Connection) -> _R:
            transaction = self.transactionFactory(self, connection)
            result = interaction(transaction, *args, **kw)
            # After a failure the rollback does without it, and the cursor is let go.
            transaction.close()
            return result

        return self._submit(work)

    def runWithConnection(
        self,
        func: Callable[Concatenate[Connection, _P], _R],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> Deferred[_R]:
        """Call a function in a thread, with the connection of that thread.

        It is committed and rolled back as by `runInteraction`.

        Args:
            func: Called with a `Connection` and the other arguments; it may block.
            args: Its other arguments.
            kw: Its keyword arguments.

        Returns:
            As `runInteraction` does.
        """
        return self._submit(lambda connection: func(connection, *args, **kw))

    def transaction(self) -> AsyncTransaction:
        """Return a transaction for a coroutine: `async with pool.transaction() as transaction:`.

        It takes a thread and its connection for as long as the block lasts.
        """
        return AsyncTransaction(self)

    def connect(self) -> DriverConnection:
        """Return the driver's connection of the current thread, which is opened if need be.

        Raises:
            Exception: The driver's, if it cannot connect; what `openfun` raises.
        """
        return self._threadConnections.connect()

    def disconnect(self, conn: DriverConnection) -> None:
        """Close the driver's connection of the current thread, and let it go.

        Args:
            conn: The connection; one that was let go already is closed again, which does nothing.
        """
        self._threadConnections.disconnect(conn)

    def check(self, conn: DriverConnection) -> None:
        """Ask the server whether a connection is alive, by `good_sql`; in its thread.

        Args:
            conn: The driver's connection, outside of a transaction.

        Raises:
            Exception: The driver's, if it is not.
        """
        cursor = conn.cursor()
        cursor.execute(self.good_sql)
        cursor.fetchall()
        cursor.close()
        # Most drivers have begun a transaction for it.
        conn.commit()

    def _checkOptions(self, connkw: dict[str, object]) -> None:
        for option in connkw:
            if option.startswith("cp_"):
                known = ", ".join(f"cp_{each}" for each in [*self.CP_ARGS, "reactor"])
                raise TypeError(f"{option} is no option of a pool: {known} are")
        for name, least in (("max", 1), ("closeTimeout", 0), ("checkAfter", 0), ("maxCalls", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"cp_{name} is {getattr(self, name)}: give {least} or more")

    def _makeThreads(self) -> DatabaseThreadPool:
        name = self.name or f"adbapi-{self.dbapiName}"
        return DatabaseThreadPool(self.min, self.max, name, self._endThread)

    def _startOnce(self) -> None:
        self.startID = None
        if self._closing is None:
            self.start()

    def _dropTrigger(self, name: str) -> None:
        trigger = getattr(self, name)
        setattr(self, name, None)
        if trigger is not None:
            self.reactor.removeSystemEventTrigger(trigger)

    def _submit(
        self, work: Callable[[Connection], _R], onGivenUp: Callable[[], object] | None = None
    ) -> Deferred[_R]:
        """Hand a call to a thread.

        Args:
            work: Called there with a connection; then it is committed.
            onGivenUp: Called here if the call is given up before it is done.

        Returns:
            A Deferred with what `work` returns, when it was committed.
        """
        if self._closing is not None:
            return fail(PoolClosed("The pool was closed: open it again with start()"))
        if len(self._calls) >= self.maxCalls:
            return fail(TooManyCalls(f"{len(self._calls)} calls wait or are at work: try later"))
        call: Call[Work] = Call(work, onGivenUp)
        deferred: Deferred[_R] = Deferred(
            lambda _: call.giveUp(CancelledError("the call was cancelled"))
        )
        self._calls[call] = deferred

        def finished(success: bool, result: object) -> None:
            self.reactor.callFromThread(self._finished, call, success, result)

        self.threadpool.callInThreadWithCallback(
            finished, perform, self, self._threadConnections, call
        )
        return deferred

    def _finished(self, call: Call[Work], success: bool, result: object) -> None:
        deferred = self._calls.pop(call, None)
        # The call may have failed already: it was cancelled, or left behind by a closed pool.
        if deferred is None or deferred.called:
            return
        if success:
            deferred.callback(result)
        else:
            deferred.errback(cast(Failure, result))

    def _abandon(self, reason: PoolClosed) -> None:
        """Fail all calls that are not done."""
        while self._calls:
            call, deferred = self._calls.popitem()
            call.giveUp(reason)
            if not deferred.called:
                deferred.errback(reason)

    def _endThread(self) -> None:
        """Close what is left of a thread of the pool; called in it."""
        connection = self._threadConnections.ofThisThread()
        if connection is not None:
            self.disconnect(connection)
        self.reactor.callFromThread(self._threadEnded, current_thread())

    def _threadEnded(self, thread: Thread) -> None:
        # Here, and not in the thread: what it has done was told before, and must count before.
        self.threadpool.alive.discard(thread)
        if self._closing is not None:
            self._closing.threadEnded()


__all__ = ["ConnectionPool", "IReactorOfPools"]
