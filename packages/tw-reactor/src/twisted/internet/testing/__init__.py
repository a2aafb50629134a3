"""What tests of network code need: memory transports, a memory reactor, contracts,
a simulated network.

Nothing here needs a test framework. `twisted.test.proto_helpers` names the same things.
"""

from twisted.internet.testing._contract import (
    CONTRACT,
    ClosingPromises,
    DeliveryPromises,
    HalfClosingPromises,
    OneDirectionPromises,
    ProducerPromises,
    TransportCheck,
    TransportPromises,
    transportChecks,
)
from twisted.internet.testing._contractharness import (
    HalfCloseableWitness,
    LoopbackHarness,
    TransportHarness,
    Witness,
)
from twisted.internet.testing._datagrams import FakeDatagramTransport
from twisted.internet.testing._logging import EventLoggingObserver
from twisted.internet.testing._loopback import Loopback, LoopbackTransport
from twisted.internet.testing._memoryports import MemoryNameResolver, _FakeConnector, _FakePort
from twisted.internet.testing._memoryreactor import MemoryReactor, MemoryReactorClock
from twisted.internet.testing._protocols import (
    AccumulatingProtocol,
    LineSendingProtocol,
    NonStreamingProducer,
    StringIOWithoutClosing,
)
from twisted.internet.testing._raisingreactor import RaisingMemoryReactor
from twisted.internet.testing._simulated._conditions import (
    CALM,
    ROUGH,
    STRESSED,
    NetworkConditions,
)
from twisted.internet.testing._simulated._datagramtraffic import SimulatedDatagramTraffic
from twisted.internet.testing._simulated._network import SimulatedNetwork, SimulationFailed
from twisted.internet.testing._simulated._reactor import SimulatedReactor
from twisted.internet.testing._simulated._traffic import SimulatedTraffic
from twisted.internet.testing._stringtransport import (
    StringTransport,
    StringTransportWithDisconnection,
)
from twisted.internet.testing._waiting import waitUntilAllDisconnected

__all__ = [
    "CALM",
    "CONTRACT",
    "ROUGH",
    "STRESSED",
    "ClosingPromises",
    "DeliveryPromises",
    "HalfCloseableWitness",
    "HalfClosingPromises",
    "Loopback",
    "LoopbackHarness",
    "LoopbackTransport",
    "NetworkConditions",
    "OneDirectionPromises",
    "ProducerPromises",
    "SimulatedDatagramTraffic",
    "SimulatedNetwork",
    "SimulatedReactor",
    "SimulatedTraffic",
    "SimulationFailed",
    "TransportCheck",
    "TransportHarness",
    "TransportPromises",
    "Witness",
    "transportChecks",
    "AccumulatingProtocol",
    "EventLoggingObserver",
    "FakeDatagramTransport",
    "LineSendingProtocol",
    "MemoryNameResolver",
    "MemoryReactor",
    "MemoryReactorClock",
    "NonStreamingProducer",
    "RaisingMemoryReactor",
    "StringIOWithoutClosing",
    "StringTransport",
    "StringTransportWithDisconnection",
    "_FakeConnector",
    "_FakePort",
    "waitUntilAllDisconnected",
]
