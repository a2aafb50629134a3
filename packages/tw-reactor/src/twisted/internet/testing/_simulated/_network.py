"""A network in memory that is repeated exactly by its seed: hosts, time, and what goes wrong.

The network is one loop for all hosts. In each step it does one thing: an event that is due now, or
a turn of one reactor that has something to do (chance says which), or, if none has, the event that
is due next, to whose time the clock jumps. There is no waiting and no other source of events, so the same seed and the same
program give the same run, and a year passes in the time that its events take.
"""

import socket
from collections.abc import Callable, Sequence

from twisted.internet.testing._simulated._conditions import CALM, NetworkConditions
from twisted.internet.testing._simulated._reactor import SimulatedReactor
from twisted.internet.testing._simulated._timeline import Timeline
from twisted.internet.testing._simulated._wire import Wire

STEP_LIMIT = 1_000_000
"""After so many steps `run` gives up, unless it is told another number."""

TRACE_SHOWN = 40
"""How many lines of the trace are in the text of a failure."""

MOST_HOSTS = 65_000
"""So many hosts fit into the addresses 10.0.0.0/16 that the network gives out."""


class SimulationFailed(AssertionError):
    """Something does not hold in a simulation; the text says what, and the seed to repeat it."""


class SimulatedNetwork:
    """Hosts that reach each other by a simulated network.

    Attributes:
        seed: What the run is repeated with.
        steps: How many steps were made.
    """

    def __init__(
        self, seed: int, conditions: NetworkConditions = CALM, trace: bool = False
    ) -> None:
        """Make a network without hosts.

        Args:
            seed: What all chance begins from.
            conditions: How slow and how unreliable the network is.
            trace: Whether a trace is kept, for `trace` and for the text of failures.
        """
        self.seed = seed
        self.steps: int = 0
        self._timeline = Timeline(seed, trace)
        self._wire = Wire(self._timeline, conditions)
        self._hosts: dict[str, SimulatedReactor] = {}
        self._reactors: list[SimulatedReactor] = []

    @property
    def conditions(self) -> NetworkConditions:
        """How slow and how unreliable the network is; may be changed at any time."""
        return self._wire.conditions

    @conditions.setter
    def conditions(self, conditions: NetworkConditions) -> None:
        self._wire.conditions = conditions

    def seconds(self) -> float:
        """Return the time, in seconds since the simulation began."""
        return self._timeline.now

    def random(self) -> float:
        """Return a number from 0 to less than 1, for programs whose chance is to be repeated too."""
        return self._timeline.random.random()

    def host(self, name: str) -> SimulatedReactor:
        """Add a host.

        Args:
            name: Its name, by which the others can look it up.

        Returns:
            Its reactor. It is started with the first step of the network, unless somebody runs it.

        Raises:
            ValueError: There is a host of that name, or there is no address left.
        """
        key = name.lower()
        if key in self._hosts:
            raise ValueError(f"there is a host {name!r} in this network: choose another name")
        number = len(self._reactors) + 1
        if number > MOST_HOSTS:
            raise ValueError(f"a simulated network has addresses for {MOST_HOSTS} hosts")
        addresses: dict[int, str] = {
            socket.AF_INET: f"10.0.{number // 256}.{number % 256}",
            socket.AF_INET6: f"fd00::{number:x}",
        }
        reactor = SimulatedReactor(self._wire, name, addresses, self._hosts, self.step)
        self._hosts[key] = reactor
        self._reactors.append(reactor)
        for address in addresses.values():
            self._wire.hosts[address] = reactor
        reactor.callWhenRunning(self._timeline.note, name, "is started")
        self._timeline.at(self._timeline.now, self._start, reactor)
        return reactor

    def step(self) -> bool:
        """Do one thing.

        Returns:
            Whether there was anything to do.
        """
        timeline = self._timeline
        event = timeline.nextTime()
        if event is not None and event <= timeline.now:
            # What comes at the same time is there before anybody looks.
            self.steps += 1
            timeline.runNext()
            return True
        ready = [host for host in self._reactors if host.isAlive() and host.isReady()]
        if ready:
            self.steps += 1
            host = ready[0] if len(ready) == 1 else timeline.random.choice(ready)
            host.iterate(0.0)
            return True
        timers = [
            time
            for host in self._reactors
            if host.isAlive() and (time := host.nextTime()) is not None
        ]
        if timers and (event is None or min(timers) < event):
            # Now somebody is ready; the next step is that one's.
            timeline.now = max(timeline.now, min(timers))
            return True
        if event is None:
            return False
        self.steps += 1
        timeline.runNext()
        return True

    def run(self, until: Callable[[], object] | None = None, steps: int = STEP_LIMIT) -> None:
        """Let things happen.

        Args:
            until: Ends the run when it returns something true; without it, the run ends when nothing
                is left to happen.
            steps: After so many steps the run has failed.

        Raises:
            SimulationFailed: `until` did not come true, or there was no end.
        """
        limit = self.steps + steps
        while until is None or not until():
            if self.steps >= limit:
                raise self.failure(f"there is no end after {steps} steps")
            if not self.step():
                if until is None:
                    return
                raise self.failure("nothing is left to happen, and the condition does not hold")

    def runFor(self, seconds: float) -> None:
        """Let so much time pass, with all that happens in it.

        Args:
            seconds: How many seconds.
        """
        over: list[bool] = []
        self._timeline.at(self._timeline.now + seconds, over.append, True)
        while not over:
            self.step()

    def trace(self) -> Sequence[str]:
        """Return what happened, one line each, the oldest first; nothing unless it was asked for."""
        return list(self._timeline.trace())

    def failure(self, what: str) -> SimulationFailed:
        """Return an error that says what does not hold, and how to repeat the run.

        Args:
            what: What does not hold.
        """
        text = f"seed {self.seed}, step {self.steps}, second {self.seconds():.6f}: {what}"
        shown = self.trace()[-TRACE_SHOWN:]
        return SimulationFailed("\n".join([text, *shown]))

    def checkNothingIsLeft(self) -> None:
        """See that no connection, port, attempt or timer is left.

        Raises:
            SimulationFailed: Something is left; the text says what.
        """
        left = [repr(skt) for skt in self._wire.opened.values()]
        for host in self._reactors:
            left += [f"{transport!r} of {host.name}" for transport in host.openTransports]
            left += [f"{call!r} of {host.name}" for call in host.getDelayedCalls()]
        if left:
            raise self.failure("something is left: " + ", ".join(sorted(left)))

    def _start(self, reactor: SimulatedReactor) -> None:
        if not reactor.isAlive():
            reactor.startRunning(installSignalHandlers=False)
