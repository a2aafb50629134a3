"""Serial ports, over pairs of terminals on each kind of reactor."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableDescriptor,
    IPushProducer,
    IReadWriteDescriptor,
    ISystemHandle,
    ITransport,
)
from twisted.internet.task import Clock
from twisted.internet.testing import AccumulatingProtocol
from twisted.logger import capturedLogs
from twisted.python.components import provides

from .reactor_helpers import Recorder, discard, reactor, turn, turnUntil
from .serial_helpers import FakeSerial, Terminal

serial = pytest.importorskip("serial", reason="pyserial is missing: install tw-reactor[serial]")

from twisted.internet import serialport  # noqa: E402 - it can't be imported without pyserial
from twisted.internet.serialport import SerialPort  # noqa: E402 - see above

if TYPE_CHECKING:
    from serial import Serial as SerialDevice

__all__ = ["reactor"]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal, closed afterwards."""
    made = Terminal()
    yield made
    made.close()


def sentBy(reactor: PollingReactor, terminal: Terminal, size: int) -> bytes:
    """Return so many bytes that a port has sent."""
    received = b""

    def enough() -> bool:
        nonlocal received
        received += terminal.read() or b""
        return len(received) >= size

    turnUntil(reactor, enough)
    return received


class TestTheDevice:
    """Bytes in and out, and the end of it."""

    def test_protocol_is_connected_at_once(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)

        assert protocol.made == 1
        assert protocol.transport is cast(object, port)
        assert port.connected

    def test_what_arrives_is_received(self, reactor: PollingReactor, terminal: Terminal) -> None:
        protocol = Recorder()
        SerialPort(protocol, terminal.path, reactor)
        terminal.write(b"a\r\n\x03\x04\x00\xff")
        turnUntil(reactor, lambda: len(protocol.received) == 7)

        assert protocol.received == b"a\r\n\x03\x04\x00\xff"

    def test_what_is_written_is_sent_as_it_is(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        port = SerialPort(Recorder(), terminal.path, reactor)
        port.write(b"a\n")
        port.writeSequence([b"b\r", b"\x11\x13\x00"])

        assert sentBy(reactor, terminal, 7) == b"a\nb\r\x11\x13\x00"

    def test_more_than_the_kernel_takes_is_sent(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        data = os.urandom(300_000)
        port = SerialPort(Recorder(), terminal.path, reactor)
        port.write(data)

        assert sentBy(reactor, terminal, len(data)) == data

    def test_lose_connection_sends_what_was_written(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)
        port.write(b"x" * 100_000)
        port.loseConnection()

        assert sentBy(reactor, terminal, 100_000) == b"x" * 100_000
        turnUntil(reactor, lambda: protocol.lost)
        assert protocol.lostWith is ConnectionDone
        assert terminal.read() is None
        assert port.fileno() == -1

    def test_device_that_vanishes_is_told(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)
        terminal.close()
        turnUntil(reactor, lambda: protocol.lost)
        turn(reactor)

        assert protocol.lostWith is ConnectionLost
        assert port.fileno() == -1
        assert not port.connected

    def test_device_that_vanishes_before_all_is_sent_is_told(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)
        port.write(b"x" * 1_000_000)
        port.loseConnection()
        turn(reactor)
        terminal.close()
        turnUntil(reactor, lambda: protocol.lost)

        assert protocol.lostWith is ConnectionLost

    def test_abort_does_not_wait_for_a_device_that_takes_nothing(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)
        port.write(b"x" * 1_000_000)
        port.loseConnection()
        turn(reactor)
        assert not protocol.lost
        port.abortConnection()
        assert not protocol.lost
        turnUntil(reactor, lambda: protocol.lost)

        assert protocol.lostWith is ConnectionAborted

    def test_readable_device_without_bytes_is_no_end(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)
        port.doRead()

        assert port.connected
        assert protocol.received == b""

    def test_paused_port_reads_nothing(self, reactor: PollingReactor, terminal: Terminal) -> None:
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)
        port.pauseProducing()
        terminal.write(b"later")
        turn(reactor)
        assert protocol.received == b""
        port.resumeProducing()
        turnUntil(reactor, lambda: protocol.received == b"later")

    @pytest.mark.parametrize("event", ["onMade", "onData"])
    def test_protocol_that_raises_loses_its_port(
        self, event: str, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        setattr(protocol, event, lambda *args: 1 / 0)
        with capturedLogs() as events:
            SerialPort(protocol, terminal.path, reactor)
            terminal.write(b"x")
            turnUntil(reactor, lambda: protocol.lost)

        assert protocol.lostWith is ConnectionLost
        assert isinstance(protocol.lost[0].value.__cause__, ZeroDivisionError)
        assert len(events) == 1

    def test_connection_lost_that_raises_is_logged(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        protocol = Recorder()
        protocol.onLost = lambda: 1 / 0
        port = SerialPort(protocol, terminal.path, reactor)
        with capturedLogs() as events:
            port.loseConnection()
            turnUntil(reactor, lambda: protocol.lost)

        assert [event["log_failure"].type for event in events] == [ZeroDivisionError]
        assert port.fileno() == -1

    def test_port_is_closed_when_the_reactor_shuts_down(self, terminal: Terminal) -> None:
        from twisted.internet.selectreactor import SelectReactor

        reactor = SelectReactor()
        protocol = Recorder()
        port = SerialPort(protocol, terminal.path, reactor)
        port.pauseProducing()
        discard(reactor)

        assert len(protocol.lost) == 1
        assert port.fileno() == -1


class TestOpening:
    """What can be said about the device, and what is said when it can't be had."""

    def test_device_that_is_missing(self, reactor: PollingReactor, tmp_path: Path) -> None:
        protocol = Recorder()
        with pytest.raises(serial.SerialException, match=r"there is no such device") as caught:
            SerialPort(protocol, str(tmp_path / "ttyUSB0"), reactor)

        assert "ttyUSB0" in str(caught.value)
        assert caught.value.errno == 2
        assert protocol.made == 0
        assert not protocol.lost

    def test_device_that_is_taken(self, reactor: PollingReactor, terminal: Terminal) -> None:
        protocol = Recorder()
        first = SerialPort(protocol, terminal.path, reactor)
        with pytest.raises(serial.SerialException, match=r"another program uses it: close that"):
            SerialPort(Recorder(), terminal.path, reactor)
        first.loseConnection()
        turnUntil(reactor, lambda: protocol.lost)

        SerialPort(Recorder(), terminal.path, reactor)

    def test_device_that_is_none(self, reactor: PollingReactor, tmp_path: Path) -> None:
        path = tmp_path / "notes"
        path.write_bytes(b"")
        with pytest.raises(serial.SerialException, match=r"notes: it is no serial port"):
            SerialPort(Recorder(), str(path), reactor)

    def test_number_stands_for_a_device(self, reactor: PollingReactor) -> None:
        with pytest.raises(serial.SerialException, match="/dev/ttyS12345"):
            SerialPort(Recorder(), 12345, reactor)

    def test_speed_may_be_text(self, reactor: PollingReactor, terminal: Terminal) -> None:
        port = SerialPort(Recorder(), terminal.path, reactor, baudrate="4800")

        assert port.getBaudRate() == 4800
        port.setBaudRate("19200")
        assert port.getBaudRate() == 19200

    @pytest.mark.parametrize(
        "speed", ["", "fast", "-1", "+9600", "9_600", "٩٦٠٠", "9" * 5000, 0, -1]
    )
    def test_speed_that_is_none(
        self, speed: int | str, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        with pytest.raises(ValueError, match="baud rate"):
            SerialPort(Recorder(), terminal.path, reactor, baudrate=speed)

        SerialPort(Recorder(), terminal.path, reactor)

    def test_default_speed(self, reactor: PollingReactor, terminal: Terminal) -> None:
        assert SerialPort(Recorder(), terminal.path, reactor).getBaudRate() == 9600

    def test_provides_what_transports_provide(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        port = SerialPort(Recorder(), terminal.path, reactor)
        kinds = (IConsumer, IHalfCloseableDescriptor, IPushProducer, IReadWriteDescriptor)

        assert all(provides(kind, port) for kind in (*kinds, ITransport, ISystemHandle))
        assert isinstance(port.getHandle(), serial.Serial)

    def test_is_named_after_its_protocol_in_the_log(
        self, reactor: PollingReactor, terminal: Terminal
    ) -> None:
        port = SerialPort(Recorder(), terminal.path, reactor)
        assert port.logPrefix() == "Recorder"
        port.abortConnection()
        turn(reactor)
        assert port.logPrefix() == "Serial"


class FakePort(SerialPort):
    """A serial port over a device with modem lines."""

    serialFactory = cast("Callable[..., SerialDevice]", FakeSerial)


class ClockReactor(Clock):
    """A clock that watches nothing."""

    def addReader(self, reader: object) -> None: ...
    def addWriter(self, writer: object) -> None: ...
    def removeReader(self, reader: object) -> None: ...
    def removeWriter(self, writer: object) -> None: ...


class TestTheLines:
    """The modem lines, breaks and buffers, of a device that notes what it is told."""

    @pytest.fixture
    def clock(self) -> ClockReactor:
        return ClockReactor()

    @pytest.fixture
    def port(self, terminal: Terminal, clock: ClockReactor) -> Iterator[FakePort]:
        made = FakePort(
            AccumulatingProtocol(), terminal.path, cast(PollingReactor, clock), rtscts=1
        )
        yield made
        if made.connected:
            made.abortConnection()
            made.settle()

    def test_lines_are_read(self, port: FakePort) -> None:
        assert (port.getDSR(), port.getCD(), port.getRI(), port.getCTS()) == (True, False) * 2

    def test_lines_are_set(self, port: FakePort) -> None:
        port.setDTR(0)
        port.setRTS(0)
        assert (port.getHandle().dtr, port.getHandle().rts) == (False, False)
        port.setDTR()
        port.setRTS()
        assert (port.getHandle().dtr, port.getHandle().rts) == (True, True)

    def test_break_ends_by_itself(self, port: FakePort, clock: ClockReactor) -> None:
        port.sendBreak(0.5)
        clock.advance(0.4)
        assert port.getHandle().break_condition
        clock.advance(0.2)
        assert not port.getHandle().break_condition

    def test_break_may_outlive_the_port(self, port: FakePort, clock: ClockReactor) -> None:
        port.sendBreak()
        port.abortConnection()
        port.settle()
        clock.advance(1)

        assert cast(FakeSerial, port.getHandle()).events == ["output discarded", "closed"]

    def test_buffers_are_discarded(self, port: FakePort) -> None:
        fake = cast(FakeSerial, port.getHandle())
        port.write(b"never sent")
        port.flushInput()
        port.flushOutput()
        port.settle()

        assert fake.events == ["input discarded", "output discarded"]
        assert port.inWaiting() == 3

    def test_orderly_end_keeps_what_the_kernel_has(self, port: FakePort) -> None:
        port.write(b"sent")
        port.loseConnection()
        port.settle()

        assert cast(FakeSerial, port.getHandle()).events == ["closed"]

    def test_device_is_opened_for_one_program(self, port: FakePort) -> None:
        options = cast(FakeSerial, port.getHandle()).options

        assert options == {
            "bytesize": serialport.EIGHTBITS,
            "parity": serialport.PARITY_NONE,
            "stopbits": serialport.STOPBITS_ONE,
            "timeout": 0,
            "xonxoff": False,
            "rtscts": True,
            "exclusive": True,
        }


def test_import_without_pyserial_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    monkeypatch.delitem(sys.modules, "twisted.internet.serialport")
    with pytest.raises(ImportError, match=r"tw-reactor\[serial\]"):
        importlib.import_module("twisted.internet.serialport")
