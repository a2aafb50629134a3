"""What a connection keeps of the objects of this side: those that the peer can refer to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from twisted.spread._pberrors import Error

if TYPE_CHECKING:
    from twisted.spread._cacheable import Cacheable, RemoteCacheObserver
    from twisted.spread._referenceable import Referenceable


class Local:
    """An object, and how many references to it the peer has.

    Attributes:
        obj: The object.
        refcount: How many.
        perspective: Who a cache is for.
        observer: What stands for a cache.
        key: What tells the object from others.
    """

    __slots__ = ("key", "obj", "observer", "perspective", "refcount")

    def __init__(
        self,
        obj: Any,  # noqa: ANN401 - a flavor
        key: object,
        perspective: object = None,
        observer: "RemoteCacheObserver | None" = None,
    ) -> None:
        """Begin with one reference."""
        self.obj: Any = obj
        self.key: object = key
        self.refcount: int = 1
        self.perspective: object = perspective
        self.observer: RemoteCacheObserver | None = observer


class LocalObjects:
    """The objects of one connection by their numbers, and their numbers by identity.

    Attributes:
        byLUID: By their numbers.
        numbers: The numbers of those that are counted, by what tells them from others.
        violations: How many objects were refused because there were too many.
    """

    def __init__(self, newLUID: Callable[[], int], maximum: Callable[[], int]) -> None:
        """Begin without objects.

        Args:
            newLUID: Makes the next number.
            maximum: Returns how many objects there may be.
        """
        self._newLUID = newLUID
        self._maximum = maximum
        self.byLUID: dict[int | bytes, Local] = {}
        self.numbers: dict[object, int] = {}
        self.violations = 0
        self._letGo: WeakValueDictionary[int | bytes, Any] = WeakValueDictionary()

    def get(self, luid: int | bytes) -> Any:  # noqa: ANN401 - a flavor
        """Return the object with a number, or None."""
        local = self.byLUID.get(luid)
        return None if local is None else local.obj

    def comesBack(self, luid: int | bytes) -> Any:  # noqa: ANN401 - a flavor
        """Return the object that a reference came back for, or None.

        Some peers let go of a reference just before they send it back. It is found all the same, as
        long as the object is there for another reason.
        """
        local = self.byLUID.get(luid)
        return self._letGo.get(luid) if local is None else local.obj

    def again(self, key: object) -> int | None:
        """Count one more reference to an object that is there, and return its number.

        Args:
            key: What tells it from others.
        """
        luid = self.numbers.get(key)
        if luid is not None:
            self.byLUID[luid].refcount += 1
        return luid

    def refer(self, obj: "Referenceable") -> int:
        """Count one more reference to an object, and return its number.

        Raises:
            Error: There are too many objects.
        """
        key = obj.processUniqueID()
        luid = self.again(key)
        return self.add(Local(obj, key)) if luid is None else luid

    def add(self, local: Local) -> int:
        """Take a new object, and return its number.

        Raises:
            Error: There are too many objects.
        """
        if len(self.numbers) >= self._maximum():
            self.violations += 1
            raise Error("Maximum PB reference count exceeded.")
        luid = self._newLUID()
        self.byLUID[luid] = local
        self.numbers[local.key] = luid
        return luid

    def forget(self, luid: int | bytes, count: int = 1) -> Local | None:
        """Count references that are gone.

        Args:
            luid: The number of the object.
            count: How many.

        Returns:
            The object if these were the last, and it is not there any more.

        Raises:
            KeyError: There is no such object, or it is not counted.
        """
        local = self.byLUID[luid]
        if self.numbers.get(local.key) != luid:
            raise KeyError(luid)
        local.refcount -= count
        if local.refcount > 0:
            return None
        del self.byLUID[luid], self.numbers[local.key]
        if len(self._letGo) < self._maximum():
            self._letGo[luid] = local.obj
        return local

    def clear(self) -> list[Local]:
        """Let go of all objects, and return them."""
        locals_ = list(self.byLUID.values())
        self.byLUID.clear()
        self.numbers.clear()
        self._letGo.clear()
        return locals_


def cachedLocal(
    obj: "Cacheable", perspective: object, observer: "RemoteCacheObserver | None"
) -> Local:
    """Return what is kept of an object that the peer caches."""
    return Local(obj, id(obj), perspective, observer)


__all__ = ["Local", "LocalObjects", "cachedLocal"]
