"""For tests of code that imports the default reactor: another one in its place for a while."""

import sys
from types import ModuleType, TracebackType
from typing import cast

from twisted.internet._reactorinstall import ATTRIBUTE, MODULE, PACKAGE

_NOTHING = object()


class AlternateReactor:
    """A context in which `from twisted.internet import reactor` gives another object."""

    def __init__(self, reactor: object) -> None:
        """Prepare; the default reactor stays where it is until the context is entered.

        Args:
            reactor: What is imported meanwhile.
        """
        self.alternate = reactor
        self._module: object = _NOTHING
        self._attribute: object = _NOTHING

    def __enter__(self) -> None:
        self._module = sys.modules.get(MODULE, _NOTHING)
        self._attribute = getattr(sys.modules[PACKAGE], ATTRIBUTE, _NOTHING)
        sys.modules[MODULE] = cast(ModuleType, self.alternate)
        setattr(sys.modules[PACKAGE], ATTRIBUTE, self.alternate)

    def __exit__(
        self,
        excType: type[BaseException] | None,
        excValue: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._module is _NOTHING:
            sys.modules.pop(MODULE, None)
        else:
            sys.modules[MODULE] = cast(ModuleType, self._module)
        if self._attribute is not _NOTHING:
            setattr(sys.modules[PACKAGE], ATTRIBUTE, self._attribute)
        elif hasattr(sys.modules[PACKAGE], ATTRIBUTE):
            delattr(sys.modules[PACKAGE], ATTRIBUTE)


__all__ = ["AlternateReactor"]
