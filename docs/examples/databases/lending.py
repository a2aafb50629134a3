"""Lend a book: several statements that belong together, in a function and in a coroutine."""

import sys

from twisted.enterprise import adbapi
from twisted.internet.task import react


def lend(transaction, title, reader):
    """Lend a book; this runs in a thread and may block."""
    transaction.execute("INSERT INTO loans VALUES (?, ?)", (title, reader))
    transaction.execute("SELECT copies FROM books WHERE title = ?", (title,))
    row = transaction.fetchone()
    if row is None or row[0] == 0:
        # The loan is undone, too.
        raise LookupError(f"no copy of {title} is left")
    transaction.execute("UPDATE books SET copies = copies - 1 WHERE title = ?", (title,))
    return row[0] - 1


async def giveBack(pool, title, reader):
    """Take a book back; this runs on the event loop and may await other things in between."""
    async with pool.transaction() as transaction:
        await transaction.runOperation(
            "DELETE FROM loans WHERE title = ? AND reader = ?", (title, reader)
        )
        await transaction.runOperation(
            "UPDATE books SET copies = copies + 1 WHERE title = ?", (title,)
        )


async def main(reactor, file):
    pool = adbapi.ConnectionPool("sqlite3", file, cp_reactor=reactor)
    await pool.runOperation("CREATE TABLE books (title TEXT, copies INTEGER)")
    await pool.runOperation("CREATE TABLE loans (title TEXT, reader TEXT)")
    await pool.runOperation("INSERT INTO books VALUES ('Emma', 1)")

    print("copies left:", await pool.runInteraction(lend, "Emma", "joe"))
    try:
        await pool.runInteraction(lend, "Emma", "ann")
    except LookupError as error:
        print("ann has to wait:", error)
    print("loans:", await pool.runQuery("SELECT * FROM loans"))

    await giveBack(pool, "Emma", "joe")
    print("loans:", await pool.runQuery("SELECT * FROM loans"))


react(main, sys.argv[1:])
