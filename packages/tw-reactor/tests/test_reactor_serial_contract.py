"""Serial ports keep the transport contract, as far as a line without connections can."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.interfaces import IProtocol
from twisted.internet.testing import TransportCheck, TransportHarness, Witness, transportChecks

from .reactor_helpers import REACTORS, discard
from .serial_helpers import Line

pytest.importorskip("serial", reason="pyserial is missing: install tw-reactor[serial]")

from twisted.internet.serialport import SerialPort

NO_HALF_CLOSE = "a serial line has no end of the stream that one side could send"
EXEMPT = {
    "AddressesMatch": "a serial port has no address",
    "LoseConnectionIsAnOrderlyEnd": "the other side of a serial line can only see it vanish",
    "OtherDirectionGoesOn": NO_HALF_CLOSE,
    "LoseWriteConnectionFlushes": NO_HALF_CLOSE,
    "BothSidesAreTold": NO_HALF_CLOSE,
    "BothDirectionsClosedIsTheEnd": NO_HALF_CLOSE,
    "HalfCloseByThePeerIsTheEnd": NO_HALF_CLOSE,
}


class SerialHarness(TransportHarness):
    """Connects over a line between two terminals; when one port is closed, the other vanishes."""

    exempt: Mapping[str, str] = MappingProxyType(EXEMPT)

    def __init__(self, reactor: PollingReactor) -> None:
        self.reactor = reactor
        self.line = Line(self.hasRead)
        self.witnesses: list[Witness] = []

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        for protocol, end in zip((server, client), self.line.ends, strict=True):
            assert isinstance(protocol, Witness)
            self.witnesses.append(protocol)
            SerialPort(protocol, end.path, self.reactor)

    def hasRead(self, end: int, size: int) -> bool:
        witness = self.witnesses[end]
        return witness.size >= size or witness.isLost()

    def turn(self) -> None:
        self.line.carry()
        self.reactor.iterate(0)

    def close(self) -> None:
        discard(self.reactor)
        self.line.close()


@pytest.mark.parametrize("makeReactor", REACTORS)
@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_serial_ports_keep_the_contract(
    check: TransportCheck, makeReactor: Callable[[], PollingReactor]
) -> None:
    check(SerialHarness(makeReactor()))
