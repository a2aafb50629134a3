"""Users, their passwords and their mail in a database: a checker and a realm over one pool.

`mailboxes.py DRIVER ARGUMENTS NAME PASSWORD` logs in and prints the mail; ARGUMENTS is a JSON object
of what the driver's connect() is given, such as '{"database": "mail.sqlite"}' for sqlite3.
"""

import hashlib
import hmac
import json
import secrets
import sys

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword, UsernamePassword
from twisted.cred.error import LoginFailed, UnauthorizedLogin
from twisted.cred.portal import IRealm, Portal
from twisted.enterprise import adbapi
from twisted.internet.task import react
from twisted.python.components import Interface, implementer

# The placeholders of statements are those of the driver.
PLACEHOLDERS = {"qmark": "?", "format": "%s", "pyformat": "%s"}


def hashOf(password, salt):
    """Return what is stored instead of a password."""
    return hashlib.scrypt(password, salt=bytes.fromhex(salt), n=2**12, r=8, p=1).hex()


class Database:
    """The statements, for one kind of database."""

    def __init__(self, pool):
        self.pool = pool
        self.placeholder = PLACEHOLDERS[pool.dbapi.paramstyle]

    def query(self, statement, *values):
        """Ask for rows."""
        return self.pool.runQuery(statement.replace("?", self.placeholder), values)

    async def fill(self):
        """Make the tables, with two users."""
        await self.pool.runOperation(
            "CREATE TABLE users (name VARCHAR(100) PRIMARY KEY, salt TEXT, hash TEXT)"
        )
        await self.pool.runOperation("CREATE TABLE mails (owner VARCHAR(100), text TEXT)")
        users = (("joe", b"sesame", "Hello, Joe!"), ("ann", b"open", "Hello, Ann!"))
        async with self.pool.transaction() as transaction:
            for name, password, mail in users:
                salt = secrets.token_hex(16)
                values = self.placeholder
                await transaction.runOperation(
                    f"INSERT INTO users VALUES ({values}, {values}, {values})",
                    (name, salt, hashOf(password, salt)),
                )
                await transaction.runOperation(
                    f"INSERT INTO mails VALUES ({values}, {values})", (name, mail)
                )


@implementer(ICredentialsChecker)
class DatabaseChecker:
    """Checks names and passwords."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, database):
        self.database = database

    async def requestAvatarId(self, credentials):
        name = credentials.username.decode(errors="replace")
        rows = await self.database.query("SELECT salt, hash FROM users WHERE name = ?", name)
        # A user who does not exist costs the same work as a wrong password.
        salt, stored = rows[0] if rows else ("00", "")
        if not hmac.compare_digest(hashOf(credentials.password, salt), stored):
            raise UnauthorizedLogin("the name or the password is wrong")
        return credentials.username


class IMailbox(Interface):
    """What a user can do."""

    def mails(self):
        """Return a Deferred with the user's mails."""


@implementer(IMailbox)
class Mailbox:
    """The mails of a user."""

    def __init__(self, database, name):
        self.database = database
        self.name = name

    async def mails(self):
        rows = await self.database.query("SELECT text FROM mails WHERE owner = ?", self.name)
        return [text for (text,) in rows]


@implementer(IRealm)
class MailRealm:
    """Gives users their mailboxes."""

    def __init__(self, database):
        self.database = database

    async def requestAvatar(self, avatarId, mind, *interfaces):
        if IMailbox not in interfaces:
            raise NotImplementedError("there are mailboxes, and nothing else")
        # Real mailboxes may have to be looked for, too.
        rows = await self.database.query("SELECT name FROM users WHERE name = ?", avatarId.decode())
        ((name,),) = rows
        return IMailbox, Mailbox(self.database, name), lambda: None


async def main(reactor, driver, arguments, name, password):
    pool = adbapi.ConnectionPool(driver, cp_reactor=reactor, **json.loads(arguments))
    database = Database(pool)
    await database.fill()
    # The protocol of a server has the portal, and knows neither of the other two.
    portal = Portal(MailRealm(database), [DatabaseChecker(database)])
    credentials = UsernamePassword(name.encode(), password.encode())
    try:
        _, mailbox, logOut = await portal.login(credentials, None, IMailbox)
    except LoginFailed as error:
        print("refused:", error)
        return
    print(await mailbox.mails())
    logOut()


react(main, sys.argv[1:])
