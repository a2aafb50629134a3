"""Give up a query that takes too long: the database is told to end it."""

from twisted.enterprise import adbapi
from twisted.internet.defer import TimeoutError
from twisted.internet.task import react

ENDLESS = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
    SELECT count(*) FROM numbers
"""


async def main(reactor):
    # One thread: as long as it is at work, nothing else is done.
    pool = adbapi.ConnectionPool("sqlite3", ":memory:", cp_reactor=reactor, cp_max=1)
    try:
        await pool.runQuery(ENDLESS).addTimeout(0.2, reactor)
    except TimeoutError:
        print("it took too long")
    print("the next query:", await pool.runQuery("SELECT 'is done'"))


react(main)
