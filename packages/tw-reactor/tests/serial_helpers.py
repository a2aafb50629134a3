"""Pairs of terminals that stand for serial lines, and a device that only notes what it is told."""

import errno
import os
from collections import deque
from collections.abc import Callable

LINE_SIZE = 64 * 1024
"""How many bytes are on their way at most, as if the line were slow."""


class Terminal:
    """A terminal whose one side can be opened as a serial port; the other one is the test's.

    Attributes:
        path: The device to open.
    """

    def __init__(self) -> None:
        self.fd, device = os.openpty()
        self.path = os.ttyname(device)
        os.close(device)
        os.set_blocking(self.fd, False)

    def write(self, data: bytes) -> int:
        """Let bytes arrive at the port; return how many fit."""
        try:
            return os.write(self.fd, data)
        except BlockingIOError:
            return 0

    def read(self, size: int = LINE_SIZE) -> bytes | None:
        """Return what the port has sent, if anything; None when the port is closed."""
        try:
            return os.read(self.fd, size)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return None

    def close(self) -> None:
        """Let the device vanish."""
        if self.fd != -1:
            os.close(self.fd)
            self.fd = -1


class Line:
    """A line between two terminals, which carries bytes whenever it is told to.

    Attributes:
        ends: The terminals.
        delivered: How many bytes it has brought to each of them.
        hasRead: Tells whether so many bytes were read at an end; what was not read would be lost
            when its device vanishes.
    """

    def __init__(self, hasRead: Callable[[int, int], bool]) -> None:
        self.ends = Terminal(), Terminal()
        self.delivered = [0, 0]
        self.hasRead = hasRead
        self._traveling: tuple[deque[bytes], deque[bytes]] = deque(), deque()

    def carry(self) -> None:
        """Move what is there in both directions, until nothing moves any more."""
        while any([self._moveFrom(0), self._moveFrom(1)]):
            pass

    def close(self) -> None:
        """Let both devices vanish."""
        for end in self.ends:
            end.close()

    def _moveFrom(self, index: int) -> bool:
        source, target, traveling = self.ends[index], self.ends[1 - index], self._traveling[index]
        moved = False
        if source.fd != -1 and sum(map(len, traveling)) < LINE_SIZE:
            data = source.read()
            if data:
                traveling.append(data)
                moved = True
            elif data is None:
                source.close()
        if traveling and target.fd == -1:
            traveling.clear()
        elif traveling:
            sent = target.write(traveling[0])
            self.delivered[1 - index] += sent
            moved = moved or sent > 0
            rest = traveling.popleft()[sent:]
            if rest:
                traveling.appendleft(rest)
        if source.fd == -1 and not traveling and self.hasRead(1 - index, self.delivered[1 - index]):
            # When one end is gone, so is the other; there is no other way to tell it.
            target.close()
        return moved


class FakeSerial:
    """A device over a terminal with the modem lines that no terminal has."""

    def __init__(self, device: str, baudrate: int, **options: object) -> None:
        self.options = options
        self.baudrate = baudrate
        self.fd = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.is_open = True
        self.events: list[str] = []
        self.dsr, self.cd, self.ri, self.cts = True, False, True, False
        self.dtr = self.rts = True
        self.break_condition = False
        self.in_waiting = 3

    def fileno(self) -> int:
        return self.fd

    def reset_input_buffer(self) -> None:
        self.events.append("input discarded")

    def reset_output_buffer(self) -> None:
        self.events.append("output discarded")

    def close(self) -> None:
        self.events.append("closed")
        self.is_open = False
        os.close(self.fd)
