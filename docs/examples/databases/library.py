"""Keep books in a database: one statement at a time."""

import sys

from twisted.enterprise import adbapi
from twisted.internet.task import react


async def main(reactor, file):
    # The name of a module of the DB-API; the rest is for its function connect().
    pool = adbapi.ConnectionPool("sqlite3", file, cp_reactor=reactor)
    await pool.runOperation("CREATE TABLE IF NOT EXISTS books (title TEXT, shelf INTEGER)")
    for title, shelf in (("Emma", 3), ("Ulysses", 1), ("Middlemarch", 3)):
        await pool.runOperation("INSERT INTO books VALUES (?, ?)", (title, shelf))

    rows = await pool.runQuery("SELECT title FROM books WHERE shelf = ? ORDER BY title", (3,))
    print("on shelf 3:", ", ".join(title for (title,) in rows))

    rows = await pool.runQuery("SELECT title FROM books WHERE shelf = ?", (7,))
    print("on shelf 7:", rows)


react(main, sys.argv[1:])
