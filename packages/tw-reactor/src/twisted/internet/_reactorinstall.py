"""Installing a reactor as the default one, and the stand-in until there is one.

`from twisted.internet import reactor` gives the reactor if there is one. If there is none it gives
a stand-in: the module itself, whose class is `ReactorStandIn`. The first real use of the stand-in
binds it: the default reactor of the platform is installed, which puts it into `sys.modules` and
into the package in place of the stand-in, and whoever holds the stand-in still uses the reactor
through it. Until then any reactor may be installed, and all stand-ins that were handed out lead to
that one.

What counts as use is everything but looking at the stand-in as at a module. Debuggers, tracebacks
and test runners go through `sys.modules` and ask everything in it for `__file__` and the like;
that must not bind.
"""

import sys
import threading
from functools import partial
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorCore

MODULE = "twisted.internet.reactor"
PACKAGE, ATTRIBUTE = MODULE.rsplit(".", 1)

_lock = threading.RLock()

_LEADING_ELSEWHERE = frozenset(
    ("__class__", "__providedBy__", "__provides__", "__conform__", "__adapter_hook__")
)
"""Names with double underscores that belong to the reactor; all others are the module's."""


class ReactorStandIn(ModuleType):
    """Stands for the default reactor until it is used."""

    def __getattribute__(self, name: str) -> object:
        if name.startswith("__") and name.endswith("__") and name not in _LEADING_ELSEWHERE:
            return ModuleType.__getattribute__(self, name)
        return getattr(reactorBehind(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("__") and name.endswith("__") and name not in _LEADING_ELSEWHERE:
            ModuleType.__setattr__(self, name, value)
        else:
            setattr(reactorBehind(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(reactorBehind(self), name)

    def __dir__(self) -> list[str]:
        return dir(reactorBehind(self))

    def __eq__(self, other: object) -> bool:
        return reactorBehind(self) == (reactorBehind(other) if _isStandIn(other) else other)

    def __hash__(self) -> int:
        return hash(reactorBehind(self))

    def __repr__(self) -> str:
        reactor = _bound.get(id(self))
        return "<the default reactor, not chosen yet>" if reactor is None else repr(reactor)


_bound: dict[int, object] = {}
"""The reactors behind the stand-ins. Modules live as long as the process, so ids are enough; the
stand-in itself has no room for what is ours, since all its attributes are the reactor's."""

_unbound: list[ReactorStandIn] = []
"""The stand-ins that were handed out and lead nowhere yet."""

_places: dict[int, tuple[object, str]] = {}
"""For each installed reactor (by its id, with itself so that the id stays its own): how it came
to be installed."""


def _isStandIn(candidate: object) -> bool:
    return issubclass(type(candidate), ReactorStandIn)


def _bind(stand: ReactorStandIn, reactor: object) -> None:
    """Let a stand-in lead to a reactor.

    Most programs import the reactor before they use it, so that every `reactor.callLater` of theirs
    goes through a stand-in. One that is bound gets a class of its own, whose attributes are looked
    up on the reactor by `getattr` itself: a method of ours in between would take three times as
    long. What a reactor does not have is looked up as before.
    """
    _bound[id(stand)] = reactor
    methods: dict[str, object] = {
        "__getattribute__": staticmethod(partial(getattr, reactor)),
        "__getattr__": ReactorStandIn.__getattribute__,
    }
    ModuleType.__setattr__(
        stand, "__class__", type(ReactorStandIn.__name__, (ReactorStandIn,), methods)
    )


def standIn(module: ModuleType) -> None:
    """Make a module a stand-in; called by `twisted.internet.reactor` when it is imported."""
    with _lock:
        module.__class__ = ReactorStandIn
        _unbound.append(cast(ReactorStandIn, module))


def reactorBehind(candidate: object) -> object:
    """Return the reactor behind a stand-in, after installing the default one if there is none.

    Args:
        candidate: A stand-in, or a reactor, which is returned as it is.
    """
    if not _isStandIn(candidate):
        return candidate
    reactor = _bound.get(id(candidate))
    if reactor is not None:
        return reactor
    with _lock:
        reactor = _bound.get(id(candidate))
        if reactor is None:
            _installDefault()
            reactor = _bound[id(candidate)]
        return reactor


def _installDefault() -> None:
    from twisted.internet.default import install

    where = _caller()
    install()
    reactor = sys.modules[MODULE]
    _places[id(reactor)] = reactor, f"it was bound when it was first used, {where}"


def installReactor(reactor: "IReactorCore | None" = None) -> None:
    """Make a reactor the default one, `twisted.internet.reactor`.

    Args:
        reactor: The reactor; the default one of the platform if None.

    Raises:
        ReactorAlreadyInstalledError: There is one already; the error says since when.
    """
    if reactor is None:
        from twisted.internet.default import install

        install()
        return
    with _lock:
        installed = sys.modules.get(MODULE)
        if installed is not None and not _leadsNowhere(installed):
            from twisted.internet.error import ReactorAlreadyInstalledError

            behind = reactorBehind(installed)
            _, how = _places.get(id(behind), (behind, "it was put into sys.modules"))
            raise ReactorAlreadyInstalledError(
                f"{reactor!r} can't be installed, since there is a default reactor, {behind!r}: "
                f"{how}. Install a reactor before anything uses the default one."
            )
        _places[id(reactor)] = reactor, f"it was installed {_caller()}"
        for stand in _unbound:
            _bind(stand, reactor)
        _unbound.clear()
        sys.modules[MODULE] = cast(ModuleType, reactor)
        package = sys.modules.get(PACKAGE)
        if package is not None:
            setattr(package, ATTRIBUTE, reactor)


def installedReactor() -> object | None:
    """Return the default reactor if there is one already; asking does not bind it."""
    installed = sys.modules.get(MODULE)
    return None if installed is None or _leadsNowhere(installed) else reactorBehind(installed)


def _leadsNowhere(installed: object) -> bool:
    return _isStandIn(installed) and id(installed) not in _bound


_MACHINERY = ("twisted.internet._reactorinstall", "twisted.internet.default", "zope.interface")


def _caller() -> str:
    """Return where the code is that brought us here, past the machinery of installing."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _isMachinery(frame):
        frame = frame.f_back
    if frame is None:
        return "by the interpreter"
    code = frame.f_code
    return f'in "{code.co_filename}", line {frame.f_lineno}, in {code.co_name}'


def _isMachinery(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return name.startswith((*_MACHINERY, "importlib", "twisted.python._typedinterface")) or (
        name.startswith("twisted.internet.") and name.endswith("reactor")
    )


__all__ = ["ReactorStandIn", "installReactor", "installedReactor", "reactorBehind", "standIn"]
