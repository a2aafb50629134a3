"""A serial port as a transport, over pyserial.

pyserial opens the device, sets it up and knows its modem lines. Reading and writing do not go
through it but straight to the descriptor, which never blocks, as with every other transport.

A serial line has no connection, so nobody notices when the other side goes away, and no end of the
stream. What ends is the device: an adapter that was unplugged, a terminal whose other side was
closed. The kernel then calls it readable and gives nothing to read, which with a terminal may also
just mean that nothing has come yet; it refuses to say how many bytes wait, though, and that tells
the two apart.
"""

import errno
import os
from collections.abc import Callable
from typing import cast

from twisted.internet._sockets._filedescriptor import FileDescriptor
from twisted.internet._sockets._streamconnection import READ_SIZE, protocolName
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.fdesc import writeToFD
from twisted.internet.interfaces import IProtocol, IReactorFDSet, IReactorTime, ISystemHandle
from twisted.logger import Logger
from twisted.python.components import implementer
from twisted.python.failure import Failure

try:
    import serial
    from serial import (
        EIGHTBITS,
        FIVEBITS,
        PARITY_EVEN,
        PARITY_NONE,
        PARITY_ODD,
        SEVENBITS,
        SIXBITS,
        STOPBITS_ONE,
        STOPBITS_TWO,
    )
except ImportError as _error:
    raise ImportError(
        "twisted.internet.serialport needs pyserial: install it with tw-reactor[serial]"
    ) from _error

_log = Logger(namespace="twisted.internet.serialport")

HIGHEST_BAUD_RATE = 2**32 - 1
"""No kernel has a place for more."""

_ADVICE = {
    errno.ENOENT: "there is no such device: see whether it is plugged in, and under which name",
    errno.EACCES: "this user may not use it: mostly the users of a group (dialout, uucp) may",
    errno.EAGAIN: "another program uses it: close that first",
    errno.EBUSY: "another program uses it: close that first",
    errno.ENOTTY: "it is no serial port",
}


class BaseSerialPort(FileDescriptor):
    """What can be asked of a serial port besides reading and writing.

    Attributes:
        serialFactory: Opens a device: `serial.Serial`, or what a test puts in its place.
    """

    serialFactory: Callable[..., serial.Serial] = serial.Serial
    _serial: serial.Serial

    def getHandle(self) -> serial.Serial:
        """Return the object of pyserial; don't read from it or write to it."""
        return self._serial

    def getBaudRate(self) -> int:
        """Return the speed in bits a second."""
        return int(self._serial.baudrate)

    def setBaudRate(self, baudrate: int | str) -> None:
        """Change the speed.

        Args:
            baudrate: Bits a second, in digits if it is text.

        Raises:
            ValueError: It is no number, or the device does not have this speed.
        """
        self._serial.baudrate = _baudRate(baudrate)

    def inWaiting(self) -> int:
        """Return how many bytes the kernel has received that were not read yet."""
        return int(self._serial.in_waiting)

    def flushInput(self) -> None:
        """Discard what was received and not read yet."""
        self._serial.reset_input_buffer()

    def flushOutput(self) -> None:
        """Discard what was written and not sent yet, here and in the kernel."""
        self._discardUnsent()
        self._serial.reset_output_buffer()

    def sendBreak(self, duration: float = 0.25) -> None:
        """Hold the line at zero for a while; returns at once, and writes nothing meanwhile.

        Args:
            duration: Seconds.
        """
        self._serial.break_condition = True
        cast(IReactorTime, self.reactor).callLater(duration, self._endBreak)

    def getDSR(self) -> bool:
        """Return whether the device is ready (data set ready)."""
        return bool(self._serial.dsr)

    def getCD(self) -> bool:
        """Return whether the device has a connection (carrier detect)."""
        return bool(self._serial.cd)

    def getRI(self) -> bool:
        """Return whether the device is called (ring indicator)."""
        return bool(self._serial.ri)

    def getCTS(self) -> bool:
        """Return whether the device takes data (clear to send)."""
        return bool(self._serial.cts)

    def setDTR(self, on: bool | int = True) -> None:
        """Say whether this side is ready (data terminal ready)."""
        self._serial.dtr = bool(on)

    def setRTS(self, on: bool | int = True) -> None:
        """Say whether this side takes data (request to send)."""
        self._serial.rts = bool(on)

    def _endBreak(self) -> None:
        if self.connected:
            self._serial.break_condition = False


@implementer(ISystemHandle)
class SerialPort(BaseSerialPort):
    """A serial port that is open, and connected to a protocol.

    Attributes:
        protocol: Gets what happens; None when the port was lost.
    """

    _aborting = False

    def __init__(
        self,
        protocol: IProtocol,
        deviceNameOrPortNumber: str | int,
        reactor: IReactorFDSet | None = None,
        baudrate: int | str = 9600,
        bytesize: int = EIGHTBITS,
        parity: str = PARITY_NONE,
        stopbits: float = STOPBITS_ONE,
        timeout: float | None = 0,
        xonxoff: bool | int = False,
        rtscts: bool | int = False,
    ) -> None:
        """Open a device, and connect a protocol at once.

        Args:
            protocol: Gets what happens.
            deviceNameOrPortNumber: The path of the device; a number N stands for `/dev/ttySN`.
            reactor: Watches it; the default reactor if None.
            baudrate: Bits a second, in digits if it is text, as it comes from a command line.
            bytesize: Bits of a byte: `FIVEBITS` to `EIGHTBITS`.
            parity: `PARITY_NONE`, `PARITY_EVEN` or `PARITY_ODD`.
            stopbits: `STOPBITS_ONE` or `STOPBITS_TWO`.
            timeout: Kept for existing code: reading never waits.
            xonxoff: Whether bytes (XON, XOFF) say who may send.
            rtscts: Whether the lines RTS and CTS say who may send.

        Raises:
            serial.SerialException: The device can't be opened; the text says why.
            ValueError: A parameter has a value that the device does not know.
        """
        super().__init__(reactor)
        device = deviceNameOrPortNumber
        self.device: str = f"/dev/ttyS{device}" if isinstance(device, int) else device
        try:
            self._serial = type(self).serialFactory(
                self.device,
                baudrate=_baudRate(baudrate),
                bytesize=bytesize,
                parity=parity,
                stopbits=stopbits,
                timeout=timeout,
                xonxoff=bool(xonxoff),
                rtscts=bool(rtscts),
                # Two programs at one device would take each other's bytes.
                exclusive=True,
            )
        except serial.SerialException as error:
            raise _refusal(self.device, error) from error
        self.connected = True
        self.protocol: IProtocol | None = protocol
        self._open: dict[object, None] | None = getattr(self.reactor, "openTransports", None)
        try:
            self.startReading()
        except OSError:
            self._serial.close()
            raise
        if self._open is not None:
            self._open[self] = None
        try:
            protocol.makeConnection(self)
        except Exception as error:
            self._protocolFailed("makeConnection", error)

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when the port is closed."""
        return self._serial.fileno() if self._serial.is_open else -1

    def logPrefix(self) -> str:
        """Return the name of the protocol in the log."""
        return protocolName(self.protocol) if self.protocol is not None else "Serial"

    def writeSomeData(self, data: bytes | memoryview) -> int | Exception:
        """Write as much as goes without blocking."""
        return writeToFD(self.fileno(), data)

    def doRead(self) -> Exception | None:
        """Read what is there and hand it to the protocol."""
        try:
            data = os.read(self.fileno(), READ_SIZE)
            if not data:
                # Asked only for the error that it raises when the device is gone.
                self._serial.in_waiting  # noqa: B018 - see above
                return None
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            gone = ConnectionLost(f"the serial port {self.device} is gone: {error}")
            gone.__cause__ = error
            self._end(gone)
            return None
        try:
            self.protocol.dataReceived(data)  # type: ignore[union-attr]  # there while it is watched
        except Exception as error:
            self._protocolFailed("dataReceived", error)
        return None

    def abortConnection(self) -> None:
        """Close the port soon; what was not sent is lost, also if the device takes nothing."""
        if self.connected and not self._aborting:
            self._aborting = True
            self.disconnecting = True
            self._writeDisconnected = True
            self._discardUnsent()
            self.stopReading()
            self._askToSettle()

    def connectionLost(self, reason: Failure) -> None:
        """Close the device and tell the protocol; the second call does nothing."""
        if self.disconnected:
            return
        if self._open is not None:
            self._open.pop(self, None)
        super().connectionLost(reason)
        try:
            if reason.check(ConnectionDone) is None:
                # Closing waits until the device has taken what the kernel has, if it ever does.
                self._serial.reset_output_buffer()
        except Exception:
            pass  # It is gone, and what the kernel had for it too.
        try:
            self._serial.close()
        except OSError as error:
            _log.error("{device} was not closed well: {error}", device=self.device, error=error)
        protocol, self.protocol = self.protocol, None
        if protocol is None:
            return
        try:
            protocol.connectionLost(reason)
        except Exception:
            _log.failure(
                "connectionLost of {protocol} failed",
                log_system=protocolName(protocol),
                protocol=protocol,
            )

    def _settleRest(self) -> None:
        if self._aborting:
            if self.connected:
                self._end(ConnectionAborted())
        else:
            super()._settleRest()

    def _protocolFailed(self, method: str, error: Exception) -> None:
        """Log what a protocol raised, and close its port."""
        _log.failure(
            "{method} of {protocol} failed; its serial port is closed",
            log_system=self.logPrefix(),
            method=method,
            protocol=self.protocol,
        )
        if self.connected:
            self._end(error)


def _baudRate(given: int | str) -> int:
    """Return a speed as a number."""
    if isinstance(given, str):
        text = given.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_BAUD_RATE))):
            raise ValueError(f"a baud rate is a number in digits, such as 9600, not {given!r}")
        given = int(text)
    if not 0 < given <= HIGHEST_BAUD_RATE:
        raise ValueError(f"a baud rate is from 1 to {HIGHEST_BAUD_RATE}, not {given}")
    return given


def _refusal(device: str, error: serial.SerialException) -> serial.SerialException:
    """Return what to raise for a device that can't be opened: the same class, and what to do."""
    number = error.errno
    if number is None:
        # It could be opened and not set up: then what went wrong is in the error below.
        arguments = error.__context__.args if error.__context__ else ()
        number = arguments[0] if arguments and isinstance(arguments[0], int) else None
    reason = str(error) if number is None else _ADVICE.get(number, str(error))
    return serial.SerialException(number, f"can't open the serial port {device}: {reason}")


__all__ = [
    "EIGHTBITS",
    "FIVEBITS",
    "HIGHEST_BAUD_RATE",
    "PARITY_EVEN",
    "PARITY_NONE",
    "PARITY_ODD",
    "SEVENBITS",
    "SIXBITS",
    "STOPBITS_ONE",
    "STOPBITS_TWO",
    "BaseSerialPort",
    "SerialPort",
]
