"""Pools of connections over sqlite3: calls, threads, commit and rollback."""

import sqlite3
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from twisted.enterprise.adbapi import Connection, ConnectionPool, Transaction
from twisted.internet.defer import Deferred, gatherResults, succeed

from .enterprise_helpers import HANGS_AFTER, DummyDriver, House, driver, house

__all__ = ["driver", "house"]

variable: ContextVar[str] = ContextVar("variable", default="outside")


class TestMaking:
    """What a pool is made of."""

    def test_the_arguments_go_to_the_driver_and_options_do_not(
        self, house: House, driver: DummyDriver
    ) -> None:
        pool = house.pool("dummydb", "mydb", "andrew", password="secret", cp_max=7, cp_min=1)
        house.result(pool.runOperation("anything"))
        assert driver.arguments == [(("mydb", "andrew"), {"password": "secret"})]
        module: object = pool.dbapi
        assert module is driver
        assert (pool.dbapiName, pool.min, pool.max) == ("dummydb", 1, 7)

    def test_a_dotted_name_is_imported(self, house: House) -> None:
        pool = house.pool("sqlite3.dbapi2", str(house.file))
        assert house.result(pool.runQuery("SELECT 1")) == [(1,)]

    def test_nothing_is_connected_yet(self, house: House, driver: DummyDriver) -> None:
        pool = house.pool("dummydb")
        assert (driver.connections, pool.connections, pool.running) == ([], {}, True)

    def test_a_module_that_is_not_there_is_named(self, house: House) -> None:
        with pytest.raises(ImportError, match=r"'no_such\.driver' is not there: install"):
            house.pool("no_such.driver")

    def test_a_module_that_lacks_another_one_says_which(
        self, house: House, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "halfdriver.py").write_text("import no_such_library\n")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(ImportError, match="no_such_library"):
            house.pool("halfdriver")

    def test_a_module_without_connect_is_refused(self, house: House) -> None:
        with pytest.raises(TypeError, match="json has no function connect"):
            house.pool("json")

    def test_an_unknown_option_is_refused(self, house: House) -> None:
        with pytest.raises(TypeError, match="cp_maximum is no option of a pool: cp_min, cp_max"):
            house.pool(cp_maximum=3)

    @pytest.mark.parametrize(
        "options",
        [
            {"cp_max": 0, "cp_min": 0},
            {"cp_min": 9},
            {"cp_min": -1},
            {"cp_closeTimeout": -1},
            {"cp_maxCalls": 0},
        ],
    )
    def test_numbers_that_cannot_be_are_refused(
        self, house: House, options: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError, match=r"or more|above the maximum"):
            house.pool(**options)

    def test_a_maximum_alone_is_enough_for_a_small_pool(self, house: House) -> None:
        pool = house.pool(cp_max=1)
        assert (pool.min, pool.max) == (1, 1)
        assert house.result(pool.runQuery("SELECT name FROM users")) == [("joe",)]

    def test_every_connection_is_opened_by_openfun(self, house: House) -> None:
        def prepare(connection: sqlite3.Connection) -> None:
            connection.row_factory = sqlite3.Row

        pool = house.pool(cp_openfun=prepare)
        (row,) = house.result(pool.runQuery("SELECT name, age FROM users"))
        assert row["age"] == 32

    def test_a_connection_that_openfun_refuses_is_closed(
        self, house: House, driver: DummyDriver
    ) -> None:
        def refuse(connection: object) -> None:
            raise ValueError("not this one")

        pool = house.pool("dummydb", cp_openfun=refuse)
        assert isinstance(house.error(pool.runOperation("anything")), ValueError)
        assert driver.connections[0].done == ["close"]
        assert pool.connections == {}

    def test_threads_have_the_name_that_was_given(self, house: House) -> None:
        pool = house.pool(cp_name="accounts")
        name = house.result(pool.runInteraction(lambda _: threading.current_thread().name))
        assert "accounts" in name

    def test_factories_of_subclasses_are_used(self, house: House) -> None:
        class OurTransaction(Transaction):
            pass

        class OurConnection(Connection):
            pass

        class OurPool(ConnectionPool):
            transactionFactory = OurTransaction
            connectionFactory = OurConnection

        pool = OurPool("sqlite3", str(house.file), cp_reactor=house.reactor)
        house.pools.append(pool)
        assert house.result(pool.runInteraction(type)) is OurTransaction
        assert house.result(pool.runWithConnection(type)) is OurConnection


class TestCalls:
    """What the four methods do."""

    def test_a_query_gives_a_list_of_rows(self, house: House) -> None:
        query = house.pool().runQuery("SELECT age FROM users WHERE name = ?", ("joe",))
        assert house.result(query) == [(32,)]

    def test_a_query_without_rows_gives_an_empty_list(self, house: House) -> None:
        query = house.pool().runQuery("SELECT age FROM users WHERE name = ?", ("eve",))
        assert house.result(query) == []

    def test_rows_are_a_list_where_the_driver_makes_a_tuple(
        self, house: House, driver: DummyDriver
    ) -> None:
        assert house.result(house.pool("dummydb").runQuery("anything")) == [(1,)]

    def test_parameters_are_in_the_style_of_the_driver(self, house: House) -> None:
        query = house.pool().runQuery("SELECT age FROM users WHERE name = :who", {"who": "joe"})
        assert house.result(query) == [(32,)]

    def test_an_operation_is_there_for_others_and_gives_none(self, house: House) -> None:
        operation = house.pool().runOperation("INSERT INTO users VALUES (?, ?)", ("ann", 45))
        assert house.result(operation) is None
        assert house.rows("SELECT age FROM users WHERE name = 'ann'") == [(45,)]

    def test_an_error_of_the_driver_arrives_as_it_is(self, house: House) -> None:
        error = house.error(house.pool().runQuery("SELECT name FROM nowhere"))
        assert isinstance(error, sqlite3.OperationalError)
        assert "no such table: nowhere" in str(error)

    def test_an_interaction_gets_all_arguments_and_gives_its_result(self, house: House) -> None:
        def interact(transaction: Transaction, /, user: str, *, interaction: int) -> list[object]:
            transaction.execute("SELECT age FROM users WHERE name = ?", (user,))
            return [*transaction.fetchone(), interaction]

        deferred = house.pool().runInteraction(interact, "joe", interaction=5)
        assert house.result(deferred) == [32, 5]

    def test_a_transaction_has_what_a_cursor_has(self, house: House) -> None:
        def interact(transaction: Transaction) -> tuple[object, ...]:
            new = [("ann", 45), ("bob", 7)]
            transaction.executemany("INSERT INTO users VALUES (?, ?)", new)
            count = transaction.rowcount
            transaction.arraysize = 2
            transaction.execute("SELECT name FROM users ORDER BY name")
            return (
                count,
                transaction.description[0][0],
                transaction.fetchmany(),
                list(transaction),
                transaction.fetchone(),
                hasattr(transaction, "no_such_thing"),
            )

        assert house.result(house.pool().runInteraction(interact)) == (
            *(2, "name", [("ann",), ("bob",)], [("joe",)]),
            *(None, False),
        )

    def test_a_transaction_is_over_when_the_interaction_is(self, house: House) -> None:
        transaction = house.result(house.pool().runInteraction(lambda transaction: transaction))
        with pytest.raises(AttributeError, match="the transaction is over"):
            transaction.execute("SELECT 1")

    def test_reopening_gives_a_fresh_cursor_in_the_same_transaction(self, house: House) -> None:
        def interact(transaction: Transaction) -> Any:
            transaction.execute("INSERT INTO users VALUES ('ann', 45)")
            transaction.execute("SELECT name FROM users")
            transaction.reopen()
            nothing = transaction.fetchone()
            transaction.execute("SELECT count(*) FROM users")
            return nothing, transaction.fetchone()

        assert house.result(house.pool().runInteraction(interact)) == (None, (2,))

    def test_reconnecting_undoes_what_was_done(self, house: House) -> None:
        def interact(transaction: Transaction) -> Any:
            transaction.execute("INSERT INTO users VALUES ('ann', 45)")
            transaction.reconnect()
            transaction.execute("SELECT name FROM users")
            return transaction.fetchall()

        assert house.result(house.pool().runInteraction(interact)) == [("joe",)]

    def test_a_function_gets_the_connection(self, house: House) -> None:
        def work(connection: Connection, name: str) -> int:
            connection.cursor().execute("INSERT INTO users VALUES (?, 1)", (name,))
            count: int = connection.total_changes
            return count

        assert house.result(house.pool().runWithConnection(work, "ann")) == 1
        assert house.rows("SELECT count(*) FROM users") == [(2,)]

    def test_a_closed_connection_is_replaced(self, house: House) -> None:
        pool = house.pool(cp_min=1, cp_max=1)
        error = house.error(pool.runWithConnection(lambda connection: connection.close()))
        assert isinstance(error, sqlite3.ProgrammingError)
        assert house.result(pool.runQuery("SELECT age FROM users")) == [(32,)]

    def test_what_an_interaction_wrote_is_gone_when_it_raises(self, house: House) -> None:
        pool = house.pool(cp_min=1, cp_max=1)

        def interact(transaction: Transaction) -> None:
            transaction.execute("INSERT INTO users VALUES ('ann', 45)")
            transaction.execute("DELETE FROM users WHERE name = 'joe'")
            raise ValueError("never mind")

        for _ in range(3):
            error = house.error(pool.runInteraction(interact))
            assert (type(error), str(error)) == (ValueError, "never mind")
            assert house.rows("SELECT name FROM users") == [("joe",)]
        house.result(pool.runOperation("INSERT INTO users VALUES ('bob', 7)"))
        assert house.rows("SELECT count(*) FROM users") == [(2,)]

    def test_a_commit_that_fails_is_the_failure(self, house: House) -> None:
        pool = house.pool(cp_min=1, cp_max=1)
        house.result(pool.runOperation("PRAGMA foreign_keys = 1"))
        house.result(
            pool.runOperation(
                "CREATE TABLE pets (owner TEXT REFERENCES users (name) "
                "DEFERRABLE INITIALLY DEFERRED)"
            )
        )
        error = house.error(pool.runOperation("INSERT INTO pets VALUES ('nobody')"))
        assert isinstance(error, sqlite3.IntegrityError)
        assert house.result(pool.runQuery("SELECT * FROM pets")) == []

    def test_an_interaction_that_exits_fails_alone(self, house: House) -> None:
        pool = house.pool(cp_max=1)

        def interact(transaction: Transaction) -> None:
            transaction.execute("DELETE FROM users")
            raise SystemExit(3)

        assert isinstance(house.error(pool.runInteraction(interact)), SystemExit)
        assert house.result(pool.runQuery("SELECT name FROM users")) == [("joe",)]

    def test_an_interaction_cannot_return_a_deferred(self, house: House) -> None:
        def interact(transaction: Transaction) -> Deferred[int]:
            transaction.execute("DELETE FROM users")
            return succeed(1)

        error = house.error(house.pool().runInteraction(interact))
        assert isinstance(error, TypeError)
        assert "pool.transaction()" in str(error)
        assert house.rows("SELECT count(*) FROM users") == [(1,)]

    def test_context_variables_of_the_caller_hold(self, house: House) -> None:
        variable.set("inside")
        deferred = house.pool().runInteraction(lambda transaction: variable.get())
        variable.set("later")
        assert house.result(deferred) == "inside"


class TestThreads:
    """Who does what in which thread."""

    def test_the_work_is_elsewhere_and_the_callback_here(self, house: House) -> None:
        threads: list[int] = []
        deferred = house.pool().runInteraction(lambda _: threads.append(threading.get_ident()))
        deferred.addCallback(lambda _: threads.append(threading.get_ident()))
        house.result(deferred)
        assert threads[0] != threads[1] == threading.get_ident()

    def test_the_reactor_goes_on_meanwhile(self, house: House) -> None:
        timer = threading.Event()
        # The query can only end if the reactor makes the call.
        deferred = house.pool().runInteraction(lambda _: timer.wait(HANGS_AFTER))
        house.reactor.callLater(0, timer.set)
        assert house.result(deferred) is True

    def test_a_connection_stays_in_the_thread_that_opened_it(
        self, house: House, driver: DummyDriver
    ) -> None:
        pool = house.pool("dummydb", cp_min=3, cp_max=3)

        def interact(transaction: Transaction, number: int) -> None:
            transaction.execute(str(number))
            if number % 2:
                raise ValueError("odd")

        calls = [pool.runInteraction(interact, number) for number in range(60)]
        for call in calls:
            house.outcome(call)
        house.result(pool.close())
        assert 1 <= len(driver.connections) <= 3
        assert all(each.threads == {each.thread} for each in driver.connections)
        assert [each.done[-1] for each in driver.connections] == ["close"] * len(driver.connections)

    def test_as_many_are_at_work_as_may_be(self, house: House) -> None:
        pool = house.pool(cp_min=0, cp_max=4)
        meeting = threading.Barrier(4)
        waits = [pool.runInteraction(lambda _: meeting.wait(HANGS_AFTER)) for _ in range(8)]
        house.result(gatherResults(waits))
        assert len(pool.connections) == 4

    def test_a_connection_is_used_again(self, house: House, driver: DummyDriver) -> None:
        pool = house.pool("dummydb", cp_min=1, cp_max=1)
        for _ in range(5):
            house.result(pool.runOperation("anything"))
        assert len(driver.connections) == 1

    def test_sqlite_keeps_its_temporary_tables_in_a_pool_of_one(self, house: House) -> None:
        pool = house.pool("sqlite3", ":memory:", cp_min=1, cp_max=1)
        house.result(pool.runOperation("CREATE TABLE notes (text TEXT)"))
        house.result(pool.runOperation("INSERT INTO notes VALUES ('here')"))
        assert house.result(pool.runQuery("SELECT text FROM notes")) == [("here",)]
