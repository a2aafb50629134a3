"""Adapters that live as long as the object that they adapt.

Calling an interface makes a new adapter each time. A `Componentized` keeps those that want to be
kept, so that they can have state, and finds them again for each interface that they provide.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast, overload

from zope.interface import providedBy  # type: ignore[import-untyped]

from twisted.python._adapterregistry import Adapting, getAdapterFactory
from twisted.python._qualifiedname import qual

_A = TypeVar("_A")
_D = TypeVar("_D")
_R = TypeVar("_R")


class Adapter:
    """A base for adapters: it keeps what it adapts.

    Attributes:
        original: What is adapted.
        temporaryAdapter: Whether a `Componentized` forgets the adapter at once, and makes another
            when it is asked again.
        multiComponent: Whether a `Componentized` that keeps the adapter shall find it for all the
            interfaces that it provides, and not only for the one that was asked for.
    """

    temporaryAdapter: int = 0
    multiComponent: int = 1

    def __init__(self, original: Any) -> None:  # noqa: ANN401 - anything can be adapted
        """Keep what is adapted."""
        self.original: Any = original

    def __conform__(self, interface: object) -> object:
        """Return what the original itself has for an interface that the adapter lacks."""
        conform = getattr(self.original, "__conform__", None)
        return None if conform is None else conform(interface)

    def isuper(self, iface: object, adapter: object) -> object:
        """Return what the original says to `isuper`."""
        return self.original.isuper(iface, adapter)


class Componentized:
    """An object that is made of components: adapters that it keeps.

    Adapting it to an interface gives the same component each time. Components find each other
    through it: an adapter's `original` is the `Componentized`.
    """

    persistenceVersion = 1

    def __init__(self) -> None:
        """Begin without components."""
        self._adapterCache: dict[object, object] = {}

    def locateAdapterClass(
        self, klass: object, interfaceClass: object, default: Adapting | None
    ) -> Adapting | None:
        """Return what makes adapters from a class to an interface, or the default."""
        return getAdapterFactory(klass, interfaceClass, default)

    def setAdapter(
        self, interfaceClass: Callable[..., object], adapterClass: Callable[[Any], object]
    ) -> None:
        """Make a component and keep it for one interface."""
        self.setComponent(interfaceClass, adapterClass(self))

    def addAdapter(self, adapterClass: Callable[[Any], _A], ignoreClass: int = 0) -> _A:
        """Make a component and keep it; see `addComponent`.

        Returns:
            The component.
        """
        component = adapterClass(self)
        self.addComponent(component, ignoreClass)
        return component

    def setComponent(self, interfaceClass: Callable[..., object], component: object) -> None:
        """Keep a component for one interface."""
        self._adapterCache[interfaceClass] = component

    def addComponent(self, component: object, ignoreClass: int = 0) -> None:
        """Keep a component for the interfaces that it provides.

        Args:
            component: The component.
            ignoreClass: Whether to keep it for all of them. Otherwise only for those for which
                the component's class is registered as the adapter.
        """
        for interface in cast(Any, providedBy(component)):
            if ignoreClass or (
                self.locateAdapterClass(type(self), interface, None) is type(component)
            ):
                self._adapterCache[interface] = component

    def unsetComponent(self, interfaceClass: Callable[..., object]) -> None:
        """Forget the component for one interface.

        Raises:
            KeyError: There is none.
        """
        del self._adapterCache[interfaceClass]

    def removeComponent(self, component: object) -> list[Any]:
        """Forget a component.

        Returns:
            The interfaces for which it was kept.
        """
        interfaces = [key for key, kept in self._adapterCache.items() if kept is component]
        for interface in interfaces:
            del self._adapterCache[interface]
        return interfaces

    @overload
    def getComponent(self, interface: Callable[..., _R]) -> _R | None: ...
    @overload
    def getComponent(self, interface: Callable[..., _R], default: _D) -> _R | _D: ...
    def getComponent(self, interface: Callable[..., object], default: object = None) -> object:
        """Return the component for an interface; make and keep it if there is none yet.

        Args:
            interface: The interface.
            default: What to return where there is no adapter.
        """
        if interface in self._adapterCache:
            return self._adapterCache[interface]
        component = cast(Any, interface).__adapt__(self)
        if component is None:
            return default
        if component is not self and not getattr(component, "temporaryAdapter", False):
            self._adapterCache[interface] = component
            if getattr(component, "multiComponent", False):
                self.addComponent(component)
        return cast(object, component)

    def __conform__(self, interface: Callable[..., object]) -> object:
        """Return the component when this object is adapted to an interface."""
        return self.getComponent(interface)


class ReprableComponentized(Componentized):
    """A `Componentized` whose `repr` lists its components."""

    def __repr__(self) -> str:
        components = ", ".join(
            f"{getattr(interface, '__name__', interface)}: {component!r}"
            for interface, component in self._adapterCache.items()
        )
        return f"<{qual(type(self))} with components {{{components}}}>"


__all__ = ["Adapter", "Componentized", "ReprableComponentized"]
