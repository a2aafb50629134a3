"""Sockets that the process before this one, of the same program, has left to it.

A program that restarts without losing connections keeps its sockets open across the change: the old
process tells what each of its ports was asked for, as text, and the new one finds the socket under
the same text when the same port is opened again. Whoever starts the program fills this room
(`twisted.application.restarting`); ports ask it before they bind.
"""

import os
import socket


class HandedOver:
    """Sockets that wait for a port to be opened.

    Attributes:
        undecided: Whether the process before this one may still go on: then what belongs to the
            names of the sockets, such as files, is its own.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[int]] = {}
        self.undecided: bool = False

    def offer(self, request: str, descriptor: int) -> None:
        """Keep a socket for the next port that is asked for the same.

        Args:
            request: What the port is asked for; see `BasePort.request`.
            descriptor: The number of the socket's descriptor, which belongs to this from now on.
        """
        self._waiting.setdefault(request, []).append(descriptor)
        self.undecided = True

    def take(self, request: str) -> socket.socket | None:
        """Return the socket that was kept for a port, the one offered first; None if there is none.

        Args:
            request: What the port is asked for.
        """
        waiting = self._waiting.get(request)
        if not waiting:
            return None
        descriptor = waiting.pop(0)
        os.set_inheritable(descriptor, False)
        return socket.socket(fileno=descriptor)

    def closeRest(self) -> list[str]:
        """Close the sockets that no port was opened for; return what they were kept for.

        From now on this process is the one that goes on.
        """
        self.undecided = False
        waiting, self._waiting = self._waiting, {}
        rest = []
        for request, descriptors in waiting.items():
            for descriptor in descriptors:
                os.close(descriptor)
                rest.append(request)
        return rest


handedOver = HandedOver()
"""Those of this process."""
