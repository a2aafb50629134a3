"""A child process that is joined to this one by pipes."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

from twisted.internet._processes._baseprocess import BaseProcess
from twisted.internet._processes._launch import describe, launch
from twisted.internet._processes._pipes import PipeAddress, ProcessReader, ProcessWriter
from twisted.internet.interfaces import (
    IConsumer,
    IProcessProtocol,
    IProcessTransport,
    IProducer,
    IPushProducer,
    IReactorFDSet,
)
from twisted.python.components import implementer
from twisted.python.failure import Failure

ChildDescriptors = Mapping[int, int | Literal["r", "w"]]

DEFAULT_DESCRIPTORS: ChildDescriptors = {0: "w", 1: "r", 2: "r"}
"""Standard input, output and error are pipes."""


@implementer(IProcessTransport, IConsumer, IPushProducer)
class Process(BaseProcess):
    """A child process and the pipes to it.

    It is a consumer, of what goes to the child's standard input, and a producer, of what comes from
    all the pipes that this process reads.

    Attributes:
        pipes: This side's ends, by the numbers of the descriptors in the child.
    """

    def __init__(
        self,
        reactor: IReactorFDSet,
        executable: bytes | str,
        args: Iterable[bytes | str],
        environment: Mapping[str, str] | Mapping[bytes, bytes] | None,
        path: bytes | str | None,
        proto: IProcessProtocol,
        uid: int | None = None,
        gid: int | None = None,
        childFDs: ChildDescriptors | None = None,
    ) -> None:
        """Start a program; see `IReactorProcess.spawnProcess`.

        Raises:
            OSError: There is no room for another process, or for its pipes.
            TypeError: Something is neither text nor bytes, or has a NUL in it.
            ValueError: A descriptor is mapped to what is neither `"r"`, `"w"` nor a descriptor.
        """
        super().__init__(proto)
        self._losing = False
        program = describe(executable, args, environment, path, uid, gid)
        childFDs = DEFAULT_DESCRIPTORS if childFDs is None else childFDs
        checkDescriptors(childFDs)
        self.pipes: dict[int, ProcessReader[int] | ProcessWriter[int]] = {}
        ours: dict[int, int] = {}
        theirs: dict[int, int] = {}
        descriptors: dict[int, int] = {}
        try:
            for number, kind in childFDs.items():
                if isinstance(kind, int):
                    descriptors[number] = kind
                    continue
                reading, writing = os.pipe()
                mine, yours = (reading, writing) if kind == "r" else (writing, reading)
                ours[number] = mine
                theirs[number] = descriptors[number] = yours
            program = replace(program, descriptors=descriptors)
            if type(self)._setupChild is not Process._setupChild:
                program = replace(program, preparation=partial(self._setupChild, descriptors))
            pid = launch(program)
        except BaseException:
            for fd in ours.values():
                os.close(fd)
            raise
        finally:
            for fd in theirs.values():
                os.close(fd)
        for number, fd in ours.items():
            if childFDs[number] == "r":
                self.pipes[number] = ProcessReader(reactor, self, number, fd)
            else:
                self.pipes[number] = ProcessWriter(reactor, self, number, fd)
        self._begin(reactor, pid)

    def _setupChild(self, fdmap: Mapping[int, int]) -> None:
        """Do nothing: a subclass, such as Buildbot's, makes system calls in the child here.

        A process whose class overrides this is forked, and the override is called just before the
        child becomes the program, where it can see no more of its descriptors and its user than
        the program will.

        Args:
            fdmap: For each descriptor of the child: the one of this process that it is.
        """

    # Writing

    def write(self, data: bytes) -> None:
        """Write to the child's standard input; nothing happens when that is closed."""
        if 0 in self.pipes:
            self.pipes[0].write(data)

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Write several pieces to the child's standard input, as if they were joined."""
        if 0 in self.pipes:
            self.pipes[0].writeSequence(data)

    def writeToChild(self, childFD: int, data: bytes) -> None:
        """Write to a pipe of the child.

        Raises:
            KeyError: This process has no open pipe to write to that descriptor.
        """
        pipe = self.pipes[childFD]
        if not isinstance(pipe, ProcessWriter):
            raise KeyError(childFD)
        pipe.write(data)

    # Closing

    def closeChildFD(self, childFD: int) -> None:
        """Close a pipe when what was written to it was handed over; harmless if there is none."""
        if childFD in self.pipes:
            self.pipes[childFD].loseConnection()

    def closeStdin(self) -> None:
        """Close the child's standard input when what was written to it was handed over."""
        self.closeChildFD(0)

    def closeStdout(self) -> None:
        """Close this side of the child's standard output."""
        self.closeChildFD(1)

    def closeStderr(self) -> None:
        """Close this side of the child's standard error."""
        self.closeChildFD(2)

    def loseConnection(self) -> None:
        """Close standard input, output and error; the child is not killed.

        Output and error are closed when all that was written to the input was handed over: a child
        that can't write any more may end before it has read.
        """
        self._losing = True
        if 0 in self.pipes:
            self.closeStdin()
        else:
            self._loseOutput()

    def _loseOutput(self) -> None:
        self.closeStdout()
        self.closeStderr()

    def loseWriteConnection(self) -> None:
        """Do what `closeStdin` does: what the child writes still arrives."""
        self.closeStdin()

    # Addresses

    def getHost(self) -> PipeAddress:
        """Return the address of a pipe."""
        return PipeAddress()

    def getPeer(self) -> PipeAddress:
        """Return the address of a pipe."""
        return PipeAddress()

    # Being a consumer, of the child's standard input

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by the child's standard input."""
        if 0 in self.pipes:
            self.pipes[0].registerProducer(producer, streaming)
        else:
            producer.stopProducing()

    def unregisterProducer(self) -> None:
        """Forget the producer, whose data is complete."""
        if 0 in self.pipes:
            self.pipes[0].unregisterProducer()

    # Being a producer

    def pauseProducing(self) -> None:
        """Read nothing for now; the child has to wait when its pipes are full."""
        for pipe in self.pipes.values():
            pipe.pauseProducing()

    def resumeProducing(self) -> None:
        """Go on reading."""
        for pipe in list(self.pipes.values()):
            pipe.resumeProducing()

    def stopProducing(self) -> None:
        """Close standard input, output and error: whoever takes the data is gone."""
        self.loseConnection()

    # Events of the pipes

    def childDataReceived(self, name: int, data: bytes) -> None:
        """Hand what a pipe brought to the protocol."""
        if self.proto is not None:
            self.proto.childDataReceived(name, data)

    def childConnectionLost(self, childFD: int, reason: Failure) -> None:
        """Learn that a pipe was closed, and tell the protocol."""
        del self.pipes[childFD]
        self._tell("childConnectionLost", childFD)
        if childFD == 0 and self._losing:
            self._loseOutput()
        self.maybeCallProcessEnded()

    def _isOpen(self) -> bool:
        return bool(self.pipes)


def checkDescriptors(childFDs: Mapping[int, object]) -> None:
    """Refuse a map of descriptors that can't be meant.

    Raises:
        ValueError: A key is no descriptor, or a value neither `"r"`, `"w"` nor a descriptor.
    """
    for number, kind in childFDs.items():
        if not _isDescriptor(number):
            raise ValueError(f"{number!r} is no number of a descriptor")
        if kind not in ("r", "w") and not _isDescriptor(kind):
            raise ValueError(
                f"the child's descriptor {number} can't be {kind!r}: give 'r' for a pipe to read "
                "from, 'w' for one to write to, or the number of a descriptor of this process"
            )


def _isDescriptor(number: object) -> bool:
    return isinstance(number, int) and number >= 0


__all__ = ["ChildDescriptors", "Process"]
