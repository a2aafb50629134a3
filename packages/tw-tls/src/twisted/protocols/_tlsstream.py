"""TLS without input or output: ciphertext in, plaintext out, and the other way around.

An OpenSSL connection reads from one buffer in memory and writes to another. This room knows how to
do that with few calls, since each one that fails (nothing to read, nothing to send) costs as much
as encrypting a small message:

- Records are counted as they come in (RFC 8446 section 5.1: five bytes of header, of which the last
  two are the length). After as many reads as there were whole records there is nothing more, and
  OpenSSL is not asked. A read can use up more than one record (those of the handshake bring no
  data), so the count may be too high, and then OpenSSL says so; it is never too low.
- A read that brings data was of a record of data, which leaves nothing to send. Only a read that
  brings none may have been answered by OpenSSL itself (an alert, a new key).
- What is to be sent is taken out until less came than would have fitted.

OpenSSL ends the handshake for both versions of TLS; what differs between them afterwards (tickets,
new keys, the late answer to a client's certificate) shows up here as a read without data.
"""

from OpenSSL import SSL

RECORD_SIZE = 2**14
"""The most bytes of plaintext that a record holds (RFC 8446 section 5.1)."""

ENCRYPT_SIZE = 2**17
"""How many bytes are encrypted at once: few calls, within the processor's cache."""

OUTPUT_SIZE = ENCRYPT_SIZE + 2**13
"""How many bytes are taken out at once: what the records of `ENCRYPT_SIZE` bytes may need."""

RECORD_OVERHEAD = 2**9
"""How many bytes a record is larger than its plaintext, at most."""

SMALL_OUTPUT = RECORD_SIZE + RECORD_OVERHEAD
"""How many bytes are taken out at once where one record is expected."""

# The most that a record can hold encrypted (RFC 5246 section 6.2.3, the more generous one).
_MOST_IN_RECORD = 2**14 + 2**11

_HEADER_SIZE = 5


class TLSStream:
    """One end of a TLS connection, in memory.

    Attributes:
        connection: The OpenSSL object.
        handshakeDone: Whether data can be sent and received.
        peerClosed: Whether the peer has said that it sends no more (close_notify).
        answered: Whether OpenSSL may have something to send that nobody wrote.
    """

    __slots__ = (
        "_partialHeader",
        "_receive",
        "_records",
        "_rest",
        "_send",
        "answered",
        "connection",
        "handshakeDone",
        "peerClosed",
    )

    def __init__(self, connection: SSL.Connection) -> None:
        """Take an OpenSSL connection that has no socket.

        Args:
            connection: The connection, in accept or connect state.
        """
        self.connection = connection
        self.handshakeDone: bool = False
        self.peerClosed: bool = False
        self.answered: bool = False
        # How many whole records wait to be read, and how many bytes of one that is not whole are
        # still to come.
        self._records = 0
        self._rest = 0
        self._partialHeader = b""
        self._receive = connection.recv
        self._send = connection.send

    def handshake(self) -> bool:
        """Go on with the handshake.

        Returns:
            Whether it is done.

        Raises:
            OpenSSL.SSL.Error: It has failed. There may be an alert to send.
        """
        self.answered = True
        try:
            self.connection.do_handshake()
        except SSL.WantReadError:
            return False
        self.handshakeDone = True
        return True

    def feed(self, data: bytes) -> None:
        """Take what came from the peer.

        Args:
            data: Ciphertext, at least one byte.
        """
        self.connection.bio_write(data)
        if self._partialHeader:
            # Once in a thousand chunks.
            data = self._partialHeader + data
            self._partialHeader = b""
        size = len(data)
        position = self._rest
        if 0 < position <= size:
            # The record that was begun earlier is whole now.
            self._records += 1
        while position + _HEADER_SIZE <= size:
            length = data[position + 3] << 8 | data[position + 4]
            position += _HEADER_SIZE + length
            if position <= size or length > _MOST_IN_RECORD:
                # Also one that is too large: OpenSSL is to say so now.
                self._records += 1
        if position >= size:
            self._rest = position - size
        else:
            self._rest = 0
            self._partialHeader = data[position:]

    def read(self) -> bytes | None:
        """Return the next piece of plaintext, None if there is no more for now.

        Raises:
            OpenSSL.SSL.Error: The peer broke the protocol, or sent an alert.
        """
        if not self._records:
            return None
        self._records -= 1
        try:
            return self._receive(RECORD_SIZE)
        except SSL.WantReadError:
            self._records = 0
            self.answered = True
        except SSL.ZeroReturnError:
            self._records = 0
            self.peerClosed = True
        return None

    def write(self, data: bytes | memoryview) -> None:
        """Encrypt, once the handshake is done.

        Args:
            data: Plaintext, at most `ENCRYPT_SIZE` bytes.

        Raises:
            OpenSSL.SSL.Error: The connection is broken.
        """
        sent = self._send(data)
        while sent < len(data):
            # A context of somebody else's makes OpenSSL return after each record.
            data = memoryview(data)[sent:]
            sent = self._send(data)

    def output(self, size: int = OUTPUT_SIZE) -> bytes:
        """Take out what is to be sent to the peer.

        Args:
            size: How many bytes to take at once; a hint.
        """
        self.answered = False
        take = self.connection.bio_read
        try:
            data = take(size)
            if len(data) < size:
                return data
            pieces = [data]
        except SSL.WantReadError:
            return b""
        try:
            while True:
                pieces.append(take(OUTPUT_SIZE))
                if len(pieces[-1]) < OUTPUT_SIZE:
                    break
        except SSL.WantReadError:
            pass
        return b"".join(pieces)

    def sayClosed(self) -> None:
        """Say that nothing more will be sent (close_notify, RFC 8446 section 6.1)."""
        self.answered = True
        try:
            self.connection.shutdown()
        except SSL.Error:
            # A broken connection cannot say anything any more.
            pass


def toPieces(chunks: list[bytes]) -> list[bytes | memoryview]:
    """Return what was written in pieces of a good size to encrypt.

    Small chunks that follow each other are joined, so that they share records. Large ones are not
    copied, and those that are larger than `ENCRYPT_SIZE` are cut.

    Args:
        chunks: What was written, in order.
    """
    pieces: list[bytes | memoryview] = []
    small: list[bytes] = []
    for chunk in chunks:
        if len(chunk) < RECORD_SIZE:
            small.append(chunk)
        else:
            pieces += _cut(b"".join(small))
            small.clear()
            pieces += _cut(chunk)
    return pieces + _cut(b"".join(small))


def _cut(data: bytes) -> list[bytes | memoryview]:
    """Return views of data that are not too large; the data itself if it is not."""
    if len(data) <= ENCRYPT_SIZE:
        return [data] if data else []
    view = memoryview(data)
    return [view[start : start + ENCRYPT_SIZE] for start in range(0, len(data), ENCRYPT_SIZE)]
