"""What a simulated network does to those who use it: how slow, how rough, how unreliable it is."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NetworkConditions:
    """How a simulated network behaves; chances are between 0 and 1.

    Attributes:
        minimumLatency: The shortest time in which something reaches the other side, in seconds.
        maximumLatency: The longest one, unless something is lost on the way.
        loss: The chance that a packet is lost. A piece of a stream is sent again after
            `retransmitAfter`, a datagram is gone.
        retransmitAfter: After how many seconds a piece is sent again; twice as long each time.
        fragmentation: The chance that a piece is cut in two, for each cut.
        partialWrites: The chance that only a part of what could be sent is taken.
        partialReads: The chance that only a part of what is there is read.
        smallestBuffer: The fewest bytes that a socket keeps for its receiver. A datagram for which
            there is no room is lost; one has room always.
        largestBuffer: The most bytes; each socket draws its own number.
        duplication: The chance that a datagram arrives twice.
        reordering: The chance that a datagram takes a longer way, on which others overtake it.
        largestDatagram: The most bytes that fit into a datagram.
        resets: The chance that a piece resets its connection.
        hangs: The chance that a piece and all that follows it vanish; both sides notice when
            `giveUpAfter` is over.
        giveUpAfter: After how many seconds a connection that hangs has timed out.
        refusals: The chance that a connection is refused though somebody listens.
        silence: The chance that an attempt to connect is never answered.
        lookUpFailures: The chance that a name is not found though there is a host of that name.
    """

    minimumLatency: float = 0.0005
    maximumLatency: float = 0.05
    loss: float = 0.0
    retransmitAfter: float = 0.2
    fragmentation: float = 0.0
    partialWrites: float = 0.0
    partialReads: float = 0.0
    smallestBuffer: int = 65536
    largestBuffer: int = 65536
    duplication: float = 0.0
    reordering: float = 0.0
    largestDatagram: int = 65507
    resets: float = 0.0
    hangs: float = 0.0
    giveUpAfter: float = 120.0
    refusals: float = 0.0
    silence: float = 0.0
    lookUpFailures: float = 0.0

    def __post_init__(self) -> None:
        for name in _CHANCES:
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a chance: it has to be at least 0 and less than 1")
        if not 0 <= self.minimumLatency <= self.maximumLatency:
            raise ValueError("the latency has to go from 0 or more to as much or more")
        if not 1 <= self.smallestBuffer <= self.largestBuffer:
            raise ValueError("the buffer has to go from 1 byte or more to as many or more")
        if not 0 <= self.largestDatagram <= 65507:
            raise ValueError("largestDatagram has to be a number of bytes up to 65507")
        if not (self.retransmitAfter > 0 and self.giveUpAfter > 0):
            raise ValueError("retransmitAfter and giveUpAfter have to be more than 0 seconds")


_CHANCES = (
    "loss",
    "fragmentation",
    "partialWrites",
    "partialReads",
    "duplication",
    "reordering",
    "resets",
    "hangs",
    "refusals",
    "silence",
    "lookUpFailures",
)

CALM = NetworkConditions()
"""Nothing but latency."""

STRESSED = NetworkConditions(
    loss=0.05,
    fragmentation=0.3,
    partialWrites=0.4,
    partialReads=0.4,
    smallestBuffer=16,
    largestBuffer=4096,
    duplication=0.05,
    reordering=0.2,
)
"""All streams arrive, in small pieces and late; of the datagrams some get lost."""

ROUGH = NetworkConditions(
    loss=0.05,
    fragmentation=0.3,
    partialWrites=0.4,
    partialReads=0.4,
    smallestBuffer=16,
    largestBuffer=4096,
    duplication=0.05,
    reordering=0.2,
    resets=0.005,
    hangs=0.002,
    refusals=0.05,
    silence=0.02,
    lookUpFailures=0.02,
)
"""Everything goes wrong now and then."""
