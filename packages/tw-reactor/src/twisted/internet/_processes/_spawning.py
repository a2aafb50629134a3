"""What a reactor adds: `spawnProcess`. Any reactor that watches descriptors can have it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import cast

from twisted.internet._processes._process import ChildDescriptors, Process
from twisted.internet._processes._ptyprocess import PTYProcess
from twisted.internet.interfaces import (
    IProcessProtocol,
    IProcessTransport,
    IReactorFDSet,
    IReactorProcess,
)
from twisted.python.components import implementer

_EMPTY: Mapping[str, str] = MappingProxyType({})


@implementer(IReactorProcess)
class ProcessSpawning:
    """A reactor that starts child processes."""

    def spawnProcess(
        self,
        processProtocol: IProcessProtocol,
        executable: bytes | str,
        args: Iterable[bytes | str] = (),
        env: Mapping[str, str] | Mapping[bytes, bytes] | None = _EMPTY,
        path: bytes | str | None = None,
        uid: int | None = None,
        gid: int | None = None,
        usePTY: bool | tuple[int, int, str] = False,
        childFDs: ChildDescriptors | None = None,
    ) -> IProcessTransport:
        """Start a program.

        Raises:
            OSError: There is no room for another process, or for its pipes.
            TypeError: Something is neither text nor bytes, or has a NUL in it.
            ValueError: A descriptor is mapped to what is neither `"r"`, `"w"` nor a descriptor, or
                `childFDs` was given beside `usePTY`.
        """
        reactor = cast(IReactorFDSet, self)
        if not usePTY:
            return Process(
                reactor, executable, args, env, path, processProtocol, uid, gid, childFDs
            )
        if childFDs is not None:
            raise ValueError("childFDs and usePTY exclude each other: a terminal is all three")
        return PTYProcess(reactor, executable, args, env, path, processProtocol, uid, gid, usePTY)


__all__ = ["ProcessSpawning"]
