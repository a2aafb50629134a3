"""Where a connection leads to and where it comes from."""

from typing import NewType

from twisted.python.components import Interface

Binding = NewType("Binding", tuple[str, int])
"""A local host and port that a connection is made from, known to be well formed."""

BindAddress = Binding | tuple[str, int] | str | None
"""What the `bindAddress` argument of a connecting call takes: a host with or without a port."""


class IAddress(Interface):
    """One end of a connection, or a place that a connection can be made to.

    Every family of addresses has its own class (`twisted.internet.address`), each immutable,
    hashable and comparable by value; there is nothing that all of them have in common but this
    mark. Ask with `isinstance` for the class whose attributes you want to read.
    """
