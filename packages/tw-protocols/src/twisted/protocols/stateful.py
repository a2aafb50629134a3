"""A protocol whose states each take a certain number of bytes.

It is for formats of fixed sizes, where what was received says how much comes next:

- A state is a method and how many bytes it takes. It is called with just as many.
- It returns the next state, or None to be called again with as many bytes more.
- After `transport.loseConnection()` no state is called any more, not even with what came in the
  same packet.
- `dataReceived` may be called from inside a state: what it brings waits until that has returned.
"""

from collections.abc import Callable
from typing import TypeAlias

from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Protocol
from twisted.protocols._heldbytes import HeldBytes

State: TypeAlias = tuple[Callable[[bytes], "State | None"], int]
"""What is called with the next bytes, and with how many of them."""


class StatefulProtocol(Protocol):
    """A protocol whose states each take a certain number of bytes.

    Attributes:
        MAX_LENGTH: How many bytes a state may ask for, 16 MiB.
    """

    MAX_LENGTH: int = 16 * 1024 * 1024

    _held: HeldBytes
    _state: State
    _delivering = False

    def getInitialState(self) -> State:
        """Return the state that a connection begins with; subclasses define this."""
        raise NotImplementedError(f"{type(self).__name__} has to define getInitialState()")

    def makeConnection(self, transport: ITransport) -> None:
        """Begin with a connection, in the initial state.

        Raises:
            ValueError: The state asks for a number of bytes that makes no sense.
        """
        self._held = HeldBytes()
        self._delivering = False
        self._enter(self.getInitialState())
        super().makeConnection(transport)

    def dataReceived(self, data: bytes) -> None:
        """Call states as long as there are enough bytes for them.

        Raises:
            ValueError: A state asks for a number of bytes that makes no sense.
        """
        self._held.receive(data)
        if self._delivering:
            return
        self._delivering = True
        try:
            self._deliver()
        finally:
            self._delivering = False

    def _deliver(self) -> None:
        """Call states as long as there are enough bytes for them."""
        while True:
            if getattr(self.transport, "disconnecting", False):
                # Nobody will ask for the rest.
                self._held.takeRest()
                return
            call, length = self._state
            if len(self._held) < length:
                self._held.letGo()
                return
            following = call(self._held.take(length))
            if following is not None:
                self._enter(following)
            elif not length:
                raise ValueError(f"{call!r} took no bytes and named no other state")

    def _enter(self, state: State) -> None:
        """Make a state the present one."""
        call, length = state
        if not 0 <= length <= self.MAX_LENGTH:
            raise ValueError(
                f"{call!r} is to get {length} bytes, which is not from 0 to {self.MAX_LENGTH}"
            )
        self._state = state


__all__ = ["State", "StatefulProtocol"]
