"""The registry that `IFoo(x)` asks for an adapter.

zope.interface has a list of hooks that are asked when an interface is called. Ours looks into one
`AdapterRegistry`; users can hook in registries of their own.
"""

from collections.abc import Callable
from typing import Any, cast

from zope.interface import implementedBy  # type: ignore[import-untyped]
from zope.interface.adapter import AdapterRegistry  # type: ignore[import-untyped]
from zope.interface.interface import (  # type: ignore[import-untyped]
    InterfaceClass,
    adapter_hooks,
)

Adapting = Callable[[Any], object]
"""What makes an adapter: a class or function of one argument, the original."""

globalRegistry: Any = AdapterRegistry()


def specificationOf(origin: object) -> object:
    """Return what stands for a class or an interface in a registry."""
    return origin if isinstance(origin, InterfaceClass) else implementedBy(origin)


def registeredFor(origin: object, interface: object) -> Adapting | None:
    """Return what was registered for exactly this class or interface."""
    found = globalRegistry.registered([specificationOf(origin)], interface)
    return cast("Adapting | None", found)


def register(factory: Adapting, origin: object, interface: object) -> None:
    """Register what makes adapters, in place of what was registered before."""
    globalRegistry.register([specificationOf(origin)], interface, "", factory)


def getAdapterFactory(
    fromInterface: object, toInterface: object, default: Adapting | None
) -> Adapting | None:
    """Return what makes adapters from a class or interface to an interface.

    Args:
        fromInterface: A class, or an interface. What was registered for its bases counts too.
        toInterface: The interface that is wanted.
        default: What to return where nothing is registered.
    """
    found = globalRegistry.lookup1(specificationOf(fromInterface), toInterface)
    return default if found is None else cast(Adapting, found)


def getRegistry() -> Any:  # noqa: ANN401 - zope.interface has no types
    """Return the `zope.interface.adapter.AdapterRegistry` that `registerAdapter` fills."""
    return globalRegistry


def _addHook(registry: Any) -> Callable[..., object]:  # noqa: ANN401 - zope.interface has no types
    """Let calls of interfaces look into one more registry.

    Returns:
        What `_removeHook` wants in order to undo it.
    """
    hook: Callable[..., object] = registry.adapter_hook
    adapter_hooks.append(hook)
    return hook


def _removeHook(hook: Callable[..., object]) -> None:
    """Undo `_addHook`."""
    adapter_hooks.remove(hook)


_addHook(globalRegistry)

__all__ = [
    "Adapting",
    "_addHook",
    "_removeHook",
    "getAdapterFactory",
    "getRegistry",
    "globalRegistry",
    "register",
    "registeredFor",
    "specificationOf",
]
