"""Make a transaction again when the connection was lost."""

from twisted.enterprise import adbapi
from twisted.internet.task import react

ATTEMPTS = 3


async def insist(pool, interaction, *args):
    """Run an interaction, and once more if the server was gone and nothing was done."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await pool.runInteraction(interaction, *args)
        except adbapi.ConnectionLost as lost:
            if lost.maybeCommitted:
                raise
            print("the connection was lost; trying again")
    return await pool.runInteraction(interaction, *args)


lost = []


def work(transaction):
    """Work with the database; the first time, somebody cuts the connection."""
    if not lost:
        lost.append(True)
        transaction.connection.close()
    transaction.execute("SELECT 'done'")
    return transaction.fetchone()[0]


async def main(reactor):
    pool = adbapi.ConnectionPool("sqlite3", ":memory:", cp_reactor=reactor, cp_reconnect=True)
    print(await insist(pool, work))


react(main)
