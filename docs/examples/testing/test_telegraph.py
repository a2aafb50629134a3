"""A transport of one's own, held against the transport contract."""

import pytest

from twisted.internet.interfaces import IProtocol
from twisted.internet.testing import Loopback, TransportCheck, TransportHarness, transportChecks


class TelegraphHarness(TransportHarness):
    """Makes connections of the kind that is to be checked; here they are in memory."""

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        self.wire = Loopback(server, client)

    def turn(self) -> None:
        self.wire.turn()


@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_telegraph_keeps_the_contract(check: TransportCheck) -> None:
    check(TelegraphHarness())
