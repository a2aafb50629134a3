"""Joins the parser of replies to a transport, and the replies to the commands that wait for them.

memcached answers in the order of the commands, so they wait in a queue. What a command takes for an
answer is in `_Command`; any other reply means that both sides no longer agree on what was asked, and
ends the connection.
"""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, cast, overload

from twisted.internet.defer import Deferred, TimeoutError, fail, succeed
from twisted.internet.interfaces import IPushProducer, ITransport
from twisted.internet.protocol import connectionDone
from twisted.protocols._memcachekeys import ClientError, checkNumber, checkWord, checkWords, storing
from twisted.protocols._memcachereplies import (
    MAX_NUMBER,
    Reply,
    ReplyBuffer,
    ReplyRefused,
    parseValueLine,
)
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

Got: TypeAlias = tuple[int, bytes | None]
"""Flags and value of a key; no value if there is no such key."""

GotVersion: TypeAlias = tuple[int, bytes, bytes | None]
"""Flags, identifier and value of a key."""


class NoSuchCommand(Exception):
    """The server does not know a command."""


class ServerError(Exception):
    """The server could not do what it was told."""


class BadReply(Exception):
    """The server has sent what is no answer to what it was told; the connection is given up."""


class _Command:
    """A command that waits for its answer.

    Attributes:
        result: Fires with the answer.
        answers: What each reply that ends it means.
        keys: How often each key is still to come.
        values: What has come for them.
        statistics: What has come of statistics; None if none were asked for.
        takesNumber: Whether a number is an answer.
        takesVersion: Whether a version is an answer.
        withIdentifier: Whether identifiers were asked for.
    """

    def __init__(self, answers: dict[bytes, object]) -> None:
        self.result: Deferred[Any] = Deferred()
        self.answers = answers
        self.keys: Counter[bytes] = Counter()
        self.values: dict[bytes, Got | GotVersion] = {}
        self.statistics: dict[bytes, bytes] | None = None
        self.takesNumber = False
        self.takesVersion = False
        self.withIdentifier = False


class MemCacheProtocol(LineReceiver, TimeoutMixin):
    """A client of a memcached server.

    Each command returns a Deferred. It fails with `ClientError` if the command has a mistake, with
    `ServerError` or `NoSuchCommand` if the server says so, with `TimeoutError` if the server does
    not answer, and with the reason of the loss if the connection is lost before; a command on a
    lost connection fails with `RuntimeError`. Keys, values and identifiers are bytes.

    Attributes:
        MAX_KEY_LENGTH: How many bytes a key may have (250).
        MAX_LENGTH: How many bytes a line of a reply may have (2048).
        MAX_VALUE_LENGTH: How many bytes a value may have that the server sends (64 MiB).
        MAX_STATISTICS: How many statistics the server may send for one command (10,000).
        persistentTimeOut: For how many seconds the server may say nothing while a command waits.
    """

    MAX_KEY_LENGTH: int = 250
    MAX_LENGTH: int = 2048
    MAX_VALUE_LENGTH: int = 64 * 1024 * 1024
    MAX_STATISTICS: int = 10_000

    def __init__(self, timeOut: float | None = 60) -> None:
        """Make a client.

        Args:
            timeOut: For how many seconds the server may say nothing while a command waits; None
                for any number.
        """
        self.persistentTimeOut = timeOut
        self._waiting: deque[_Command] = deque()
        self._replies = ReplyBuffer()
        self._connected = True
        self._taking = False

    # Commands

    def increment(self, key: bytes, val: int = 1) -> Deferred[int | bool]:
        """Add to a counter.

        Args:
            key: The key of a value that is a decimal number.
            val: What to add, at least 0.

        Returns:
            A Deferred with the new number, or with False if there is no such key.
        """
        return self._count(b"incr", key, val)

    def decrement(self, key: bytes, val: int = 1) -> Deferred[int | bool]:
        """Take away from a counter, down to 0.

        Args:
            key: The key of a value that is a decimal number.
            val: What to take away, at least 0.

        Returns:
            A Deferred with the new number, or with False if there is no such key.
        """
        return self._count(b"decr", key, val)

    def set(self, key: bytes, val: bytes, flags: int = 0, expireTime: int = 0) -> Deferred[bool]:
        """Store a value, whether or not there is one.

        Args:
            key: Its key.
            val: The value.
            flags: A number of 32 bits that comes back with it.
            expireTime: After how many seconds it is forgotten, up to 30 days; a greater number is
                a time in seconds since 1970. 0 means never.

        Returns:
            A Deferred with True, or with False if the server has not stored it.
        """
        return self._store(b"set", key, val, flags, expireTime)

    def add(self, key: bytes, val: bytes, flags: int = 0, expireTime: int = 0) -> Deferred[bool]:
        """Store a value if there is none.

        Args:
            key: Its key.
            val: The value.
            flags: As in `set`.
            expireTime: As in `set`.

        Returns:
            A Deferred with whether it was stored.
        """
        return self._store(b"add", key, val, flags, expireTime)

    def replace(
        self, key: bytes, val: bytes, flags: int = 0, expireTime: int = 0
    ) -> Deferred[bool]:
        """Store a value if there is one already.

        Args:
            key: Its key.
            val: The value.
            flags: As in `set`.
            expireTime: As in `set`.

        Returns:
            A Deferred with whether it was stored.
        """
        return self._store(b"replace", key, val, flags, expireTime)

    def append(self, key: bytes, val: bytes) -> Deferred[bool]:
        """Add bytes at the end of a value.

        Args:
            key: Its key.
            val: The bytes.

        Returns:
            A Deferred with whether there is such a key.
        """
        return self._store(b"append", key, val, 0, 0)

    def prepend(self, key: bytes, val: bytes) -> Deferred[bool]:
        """Add bytes in front of a value.

        Args:
            key: Its key.
            val: The bytes.

        Returns:
            A Deferred with whether there is such a key.
        """
        return self._store(b"prepend", key, val, 0, 0)

    def checkAndSet(
        self, key: bytes, val: bytes, cas: bytes, flags: int = 0, expireTime: int = 0
    ) -> Deferred[bool]:
        """Store a value if nobody has changed it since it was read.

        Args:
            key: Its key.
            val: The value.
            cas: The identifier that `get` has returned.
            flags: As in `set`.
            expireTime: As in `set`.

        Returns:
            A Deferred with whether it was stored.
        """
        return self._store(b"cas", key, val, flags, expireTime, cas)

    @overload
    def get(self, key: bytes, withIdentifier: Literal[False] = False) -> Deferred[Got]: ...

    @overload
    def get(self, key: bytes, withIdentifier: Literal[True]) -> Deferred[GotVersion]: ...

    def get(self, key: bytes, withIdentifier: bool = False) -> Deferred[Any]:
        """Read a value.

        Args:
            key: Its key.
            withIdentifier: Whether to ask for the identifier that `checkAndSet` takes.

        Returns:
            A Deferred with the flags and the value, or with flags, identifier and value. If there
            is no such key, flags are 0, the identifier is empty and the value None.
        """
        return self._get([key], withIdentifier).addCallback(lambda found: found[key])

    @overload
    def getMultiple(
        self, keys: Iterable[bytes], withIdentifier: Literal[False] = False
    ) -> Deferred[dict[bytes, Got]]: ...

    @overload
    def getMultiple(
        self, keys: Iterable[bytes], withIdentifier: Literal[True]
    ) -> Deferred[dict[bytes, GotVersion]]: ...

    def getMultiple(self, keys: Iterable[bytes], withIdentifier: bool = False) -> Deferred[Any]:
        """Read several values.

        Args:
            keys: Their keys.
            withIdentifier: As in `get`.

        Returns:
            A Deferred with a dictionary; it has for each key what `get` would return.
        """
        return self._get([*keys], withIdentifier)

    def delete(self, key: bytes) -> Deferred[bool]:
        """Forget a value.

        Args:
            key: Its key.

        Returns:
            A Deferred with whether there was such a key.
        """
        try:
            line = b"delete " + self._checkKey(key)
        except ClientError:
            return fail(Failure())
        return self._send(line, _Command({b"DELETED": True, b"NOT_FOUND": False}))

    def stats(self, arg: bytes | None = None) -> Deferred[dict[bytes, bytes]]:
        """Read statistics of the server.

        Args:
            arg: Which ones, such as `items` or `slabs`; the general ones if None.

        Returns:
            A Deferred with a dictionary of them; it is empty if the server has done what it was
            told (`reset`, `detail on`).
        """
        line = b"stats"
        if arg is not None:
            try:
                line += b" " + checkWords("kind of statistics", arg, self.MAX_KEY_LENGTH)
            except ClientError:
                return fail(Failure())
        statistics: dict[bytes, bytes] = {}
        command = _Command({b"END": statistics, b"RESET": statistics, b"OK": statistics})
        command.statistics = statistics
        return self._send(line, command)

    def version(self) -> Deferred[bytes]:
        """Ask for the version of the server.

        Returns:
            A Deferred with it, as the server says it.
        """
        command = _Command({})
        command.takesVersion = True
        return self._send(b"version", command)

    def flushAll(self) -> Deferred[bool]:
        """Forget all values.

        Returns:
            A Deferred with True.
        """
        return self._send(b"flush_all", _Command({b"OK": True}))

    def _checkKey(self, key: bytes) -> bytes:
        return checkWord("key", key, self.MAX_KEY_LENGTH)

    def _count(self, name: bytes, key: bytes, val: int) -> Deferred[int | bool]:
        try:
            amount = checkNumber("val", val, 0, MAX_NUMBER)
            line = b"%b %b %d" % (name, self._checkKey(key), amount)
        except ClientError:
            return fail(Failure())
        command = _Command({b"NOT_FOUND": False})
        command.takesNumber = True
        return self._send(line, command)

    def _store(
        self,
        name: bytes,
        key: bytes,
        val: bytes,
        flags: int,
        expireTime: int,
        identifier: bytes | None = None,
    ) -> Deferred[bool]:
        try:
            line = storing(name, self._checkKey(key), val, flags, expireTime, identifier)
        except ClientError:
            return fail(Failure())
        answers: dict[bytes, object] = {b"STORED": True, b"NOT_STORED": False}
        if identifier is not None:
            answers |= {b"EXISTS": False, b"NOT_FOUND": False}
        return self._send(line, _Command(answers))

    def _get(self, keys: list[bytes], withIdentifier: bool) -> Deferred[Any]:
        try:
            line = b" ".join([b"gets" if withIdentifier else b"get", *map(self._checkKey, keys)])
        except ClientError:
            return fail(Failure())
        missing: Got | GotVersion = (0, b"", None) if withIdentifier else (0, None)
        values: dict[bytes, Got | GotVersion] = dict.fromkeys(keys, missing)
        if not keys:
            return succeed(values)
        command = _Command({b"END": values})
        command.keys = Counter(keys)
        command.values = values
        command.withIdentifier = withIdentifier
        return self._send(line, command)

    def _send(self, line: bytes, command: _Command) -> Deferred[Any]:
        """Send a command, and let it wait for its answer."""
        if not self._connected:
            return fail(RuntimeError("the connection to memcached is lost: make a new one"))
        if not self._waiting:
            self.setTimeout(self.persistentTimeOut)
        self._waiting.append(command)
        self.sendLine(line)
        return command.result

    # Replies

    def dataReceived(self, data: bytes) -> None:
        """Deal with the replies that are complete by now."""
        if not self._connected:
            # The connection was given up, and its transport may need some time to end it.
            return
        self.resetTimeout()
        self._replies.receive(data)
        self._takeReplies()

    def lineReceived(self, line: bytes) -> None:
        """Deal with a line as if it had just been received.

        Args:
            line: The line without its end.
        """
        self.dataReceived(line + b"\r\n")

    def rawDataReceived(self, data: bytes) -> None:
        """Deal with bytes as if they had just been received.

        Args:
            data: The bytes.
        """
        self.dataReceived(data)

    def resumeProducing(self) -> None:
        """Deal with what was held back, and then let the transport receive again."""
        self.paused = False
        self._takeReplies()
        if not self.paused and self._connected:
            cast(IPushProducer, self.transport).resumeProducing()

    def _takeReplies(self) -> None:
        if self._taking:
            return
        self._taking = True
        try:
            while self._connected and not self.paused:
                reply = self._replies.takeReply(self.MAX_LENGTH, self.MAX_VALUE_LENGTH)
                if reply is None:
                    return
                self._replied(reply)
        except ReplyRefused as error:
            self._giveUp(BadReply(str(error)))
        finally:
            self._taking = False

    def _replied(self, reply: Reply) -> None:
        """Call the method for a reply."""
        if not self._waiting:
            raise ReplyRefused(f"{(reply.name or reply.text).decode()} answers nothing")
        match reply.name:
            case b"":
                self._gotNumber(int(reply.text))
            case b"VALUE":
                self._gotValue(reply)
            case b"STAT" | b"VERSION" | b"CLIENT_ERROR" | b"SERVER_ERROR":
                getattr(self, f"cmd_{reply.name.decode()}")(reply.text)
            case b"TOUCHED" | b"RESET":
                self._end(reply.name)
            case _:
                getattr(self, f"cmd_{reply.name.decode()}")()

    def cmd_STORED(self) -> None:
        """Learn that a value was stored."""
        self._end(b"STORED")

    def cmd_NOT_STORED(self) -> None:
        """Learn that a value was not stored."""
        self._end(b"NOT_STORED")

    def cmd_EXISTS(self) -> None:
        """Learn that somebody else has changed a value."""
        self._end(b"EXISTS")

    def cmd_NOT_FOUND(self) -> None:
        """Learn that there is no such key."""
        self._end(b"NOT_FOUND")

    def cmd_DELETED(self) -> None:
        """Learn that a value was forgotten."""
        self._end(b"DELETED")

    def cmd_OK(self) -> None:
        """Learn that it was done."""
        self._end(b"OK")

    def cmd_END(self) -> None:
        """Learn that all values or statistics have come."""
        self._end(b"END")

    def cmd_VALUE(self, line: bytes) -> None:
        """Learn that a value of no bytes has come.

        Args:
            line: Its key, flags and length (0), and its identifier if there is one.
        """
        self._gotValue(Reply(b"VALUE", line))

    def cmd_STAT(self, line: bytes) -> None:
        """Learn of a statistic.

        Args:
            line: Its name and what it says.
        """
        statistics = self._waiting[0].statistics
        if statistics is None:
            raise ReplyRefused("statistics came that were not asked for")
        name, _, value = line.partition(b" ")
        statistics[name] = value
        if len(statistics) > self.MAX_STATISTICS:
            raise ReplyRefused(f"more than {self.MAX_STATISTICS} statistics")

    def cmd_VERSION(self, versionData: bytes) -> None:
        """Learn the version of the server.

        Args:
            versionData: What it says.
        """
        if not self._waiting[0].takesVersion:
            raise ReplyRefused("a version came that was not asked for")
        self._next().result.callback(versionData)

    def cmd_ERROR(self) -> None:
        """Learn that the server does not know a command."""
        self._next().result.errback(NoSuchCommand("memcached does not know this command"))

    def cmd_CLIENT_ERROR(self, errText: bytes) -> None:
        """Learn that a command had a mistake.

        Args:
            errText: What the server says about it.
        """
        self._next().result.errback(ClientError(_shown(errText)))

    def cmd_SERVER_ERROR(self, errText: bytes) -> None:
        """Learn that the server could not do what it was told.

        Args:
            errText: What it says about it.
        """
        self._next().result.errback(ServerError(_shown(errText)))

    def _gotNumber(self, number: int) -> None:
        if not self._waiting[0].takesNumber:
            raise ReplyRefused("a number came that was not asked for")
        self._next().result.callback(number)

    def _gotValue(self, reply: Reply) -> None:
        command = self._waiting[0]
        value = parseValueLine(reply.text, self.MAX_VALUE_LENGTH)
        # As often as it was asked for, and so no more values than keys.
        if not command.keys[value.key] or bool(value.identifier) != command.withIdentifier:
            raise ReplyRefused(f"a value of {value.key!r} came that was not asked for")
        command.keys[value.key] -= 1
        if command.withIdentifier:
            command.values[value.key] = value.flags, value.identifier, reply.value
        else:
            command.values[value.key] = value.flags, reply.value

    def _end(self, name: bytes) -> None:
        """Give a command the answer that a reply is to it."""
        answers = self._waiting[0].answers
        if name not in answers:
            raise ReplyRefused(f"{name.decode()} does not answer what was asked")
        self._next().result.callback(answers[name])

    def _next(self) -> _Command:
        """Take the command off that was answered."""
        command = self._waiting.popleft()
        if not self._waiting:
            self.setTimeout(None)
        return command

    # The end

    def timeoutConnection(self) -> None:
        """Fail all that waits with `TimeoutError`, and close the connection."""
        self._giveUp(TimeoutError("memcached has not answered in time"))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Fail all that waits with the reason.

        Args:
            reason: Why the connection was lost.
        """
        self._fail(reason)

    def _giveUp(self, error: Exception) -> None:
        """Fail all that waits, and close the connection."""
        transport: ITransport = self.transport
        self._fail(Failure(error))
        # What was written is of no use to a server that answers nonsense, or nothing.
        getattr(transport, "abortConnection", transport.loseConnection)()

    def _fail(self, reason: Failure) -> None:
        self._connected = False
        self.setTimeout(None)
        self._replies = ReplyBuffer()
        waiting, self._waiting = self._waiting, deque()
        for command in waiting:
            command.result.errback(reason)


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "backslashreplace")


__all__ = ["BadReply", "Got", "GotVersion", "MemCacheProtocol", "NoSuchCommand", "ServerError"]
