"""TCP keeps the transport contract: over IPv4 and IPv6, on every reactor of this platform."""

from collections.abc import Callable

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.testing import TransportCheck, transportChecks

from .reactor_helpers import REACTORS, LoopTransportsReactor
from .reactor_tcp import TCPHarness


@pytest.mark.parametrize("interface", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("makeReactor", [*REACTORS, LoopTransportsReactor])
@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_tcp_keeps_the_contract(
    check: TransportCheck, makeReactor: Callable[[], PollingReactor], interface: str
) -> None:
    check(TCPHarness(makeReactor(), interface))
