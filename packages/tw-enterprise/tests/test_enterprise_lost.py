"""Connections that die, and what a pool makes of it."""

from twisted.enterprise.adbapi import Connection, ConnectionLost, Transaction, TransactionAborted

from .enterprise_helpers import DummyConnection, DummyDriver, DummyError, House, driver, house

__all__ = ["driver", "house"]


class SilentConnection(DummyConnection):
    """Rolls back without asking the server."""

    def rollback(self) -> None:
        """Say nothing."""


class HonestConnection(SilentConnection):
    """Knows that it is closed, as those of psycopg do."""

    @property
    def closed(self) -> bool:
        """Whether the server is gone."""
        return self.dead


class OpenConnection(SilentConnection):
    """Knows that it is closed, as those of PyMySQL do."""

    @property
    def open(self) -> bool:
        """Whether the server is there."""
        return not self.dead


def dying(transaction: Transaction, driver: DummyDriver) -> None:
    """Lose the connection inside of a transaction."""
    transaction.execute("first")
    driver.connections[-1].die()
    transaction.execute("second")


def test_without_reconnect_the_error_is_that_of_the_driver(
    house: House, driver: DummyDriver
) -> None:
    pool = house.pool("dummydb", cp_min=1, cp_max=1)
    error = house.error(pool.runInteraction(dying, driver))
    assert isinstance(error, DummyError)
    assert "no second" in str(error)
    assert house.result(pool.runQuery("anything")) == [(1,)]
    assert len(driver.connections) == 2


def test_with_reconnect_it_is_connection_lost(house: House, driver: DummyDriver) -> None:
    pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_reconnect=True)
    error = house.error(pool.runInteraction(dying, driver))
    assert isinstance(error, ConnectionLost)
    assert "no second" in str(error.__cause__)
    assert not error.maybeCommitted
    assert house.result(pool.runQuery("anything")) == [(1,)]
    assert len(driver.connections) == 2


def test_a_connection_lost_during_the_commit_leaves_a_doubt(
    house: House, driver: DummyDriver
) -> None:
    class LostInCommit(DummyConnection):
        def commit(self) -> None:
            self.die()
            super().commit()

    driver.kind = LostInCommit
    pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_reconnect=True)
    error = house.error(pool.runOperation("anything"))
    assert isinstance(error, ConnectionLost)
    assert error.maybeCommitted
    assert "look whether the transaction is there" in str(error)


def test_with_reconnect_a_silent_rollback_is_not_believed(
    house: House, driver: DummyDriver
) -> None:
    driver.kind = SilentConnection
    pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_reconnect=True)
    assert isinstance(house.error(pool.runInteraction(dying, driver)), ConnectionLost)
    house.result(pool.runQuery("anything"))


def test_with_reconnect_an_error_on_a_living_connection_stays_what_it_is(
    house: House, driver: DummyDriver
) -> None:
    pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_reconnect=True, cp_good_sql="are you there")

    def interact(transaction: Transaction) -> None:
        raise ValueError("nothing to do with it")

    assert isinstance(house.error(pool.runInteraction(interact)), ValueError)
    (connection,) = driver.connections
    assert connection.done == ["rollback", "are you there", "commit"]


def test_a_connection_that_says_it_is_closed_is_let_go(house: House, driver: DummyDriver) -> None:
    for kind in (HonestConnection, OpenConnection):
        driver.kind = kind
        pool = house.pool("dummydb", cp_min=1, cp_max=1)
        opened = len(driver.connections)
        assert isinstance(house.error(pool.runInteraction(dying, driver)), DummyError)
        house.result(pool.runQuery("anything"))
        assert len(driver.connections) == opened + 2


def test_a_connection_that_was_closed_meanwhile_is_not_used(
    house: House, driver: DummyDriver
) -> None:
    driver.kind = HonestConnection
    pool = house.pool("dummydb", cp_min=1, cp_max=1)
    house.result(pool.runQuery("anything"))
    driver.connections[0].die()
    house.result(pool.runQuery("anything"))
    assert len(driver.connections) == 2


def test_with_reconnect_an_idle_connection_is_asked_first(
    house: House, driver: DummyDriver
) -> None:
    pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_reconnect=True, cp_checkAfter=0)
    house.result(pool.runOperation("anything"))
    house.result(pool.runOperation("anything"))
    (first,) = driver.connections
    assert first.done == ["anything", "commit", "select 1", "commit", "anything", "commit"]
    first.die()
    house.result(pool.runOperation("anything"))
    assert len(driver.connections) == 2


def test_with_reconnect_a_connection_that_was_just_used_is_not_asked(
    house: House, driver: DummyDriver
) -> None:
    pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_reconnect=True, cp_checkAfter=1e9)
    house.result(pool.runOperation("anything"))
    house.result(pool.runOperation("anything"))
    assert driver.connections[0].done == ["anything", "commit"] * 2


def test_with_reconnect_a_cursor_is_opened_on_a_new_connection(
    house: House, driver: DummyDriver
) -> None:
    class NoCursor(DummyConnection):
        def cursor(self) -> object:  # type: ignore[override]  # it never returns
            raise DummyError("no cursor")

    for reconnect in (False, True):
        driver.kind = NoCursor
        pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_reconnect=reconnect)

        def interact(connection: Connection) -> None:
            driver.kind = DummyConnection
            house_ = connection._pool
            Transaction(house_, connection).execute("anything")

        outcome = house.outcome(pool.runWithConnection(interact))
        assert (outcome is None) is reconnect
    assert driver.connections[-1].done == ["anything", "commit"]


def test_a_database_that_cannot_be_reached_fails_the_call_alone(
    house: House, driver: DummyDriver
) -> None:
    driver.refusing = True
    pool = house.pool("dummydb", cp_min=1, cp_max=1)
    for _ in range(3):
        error = house.error(pool.runQuery("anything"))
        assert (type(error), str(error)) == (DummyError, "nobody listens")
    driver.refusing = False
    assert house.result(pool.runQuery("anything")) == [(1,)]


def test_a_connection_that_cannot_be_closed_does_no_harm(house: House, driver: DummyDriver) -> None:
    pool = house.pool("dummydb", cp_min=1, cp_max=1, cp_noisy=True)
    house.result(pool.runQuery("anything"))
    driver.connections[0].die()
    house.result(pool.close())
    assert pool.connections == {}


def test_a_driver_without_rollback_is_good_enough(house: House, driver: DummyDriver) -> None:
    class Plain(DummyConnection):
        rollback = None  # type: ignore[assignment]  # as a database without transactions has it

    driver.kind = Plain
    pool = house.pool("dummydb", cp_min=1, cp_max=1)

    def interact(transaction: Transaction) -> None:
        raise ValueError("no")

    assert isinstance(house.error(pool.runInteraction(interact)), ValueError)
    house.result(pool.runQuery("anything"))
    assert len(driver.connections) == 1


def test_an_aborted_transaction_of_a_new_connection_is_noticed(
    house: House, driver: DummyDriver
) -> None:
    class Info:
        transaction_status = 3

    class Aborting(DummyConnection):
        info = Info()

    pool = house.pool("dummydb", cp_max=1)

    def interact(transaction: Transaction) -> None:
        driver.kind = Aborting
        transaction.reconnect()
        transaction.execute("anything")

    assert isinstance(house.error(pool.runInteraction(interact)), TransactionAborted)
    assert driver.connections[-1].done == ["anything", "rollback"]
