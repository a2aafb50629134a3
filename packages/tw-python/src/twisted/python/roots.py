"""Trees of named things, of which some are kept and others are made when they are asked for.

An `Entity` is a leaf, a `Collection` has entities by their names. Subclasses override the methods
with `Dynamic` in their names to offer what is not kept, and those of `Constrained` to say what may
be put into it.
"""

from typing import Any, NoReturn

from twisted.python._qualifiedname import qual


class NotSupportedError(NotImplementedError):
    """A subclass has not said how to do what it was asked for."""


class ConstraintViolation(Exception):
    """A name or an entity must not be put into a collection."""


def _unsupported(thing: object, method: str) -> NoReturn:
    """Raise the error for a method that a subclass has to override."""
    raise NotSupportedError(
        f"{qual(type(thing))} does not say how to {method}; override the method"
    )


class Request:
    """What an entity is asked through, and answers to.

    Attributes:
        wireProtocol: The name of the protocol that it came by, or None.
    """

    wireProtocol: str | None = None

    def write(self, data: bytes) -> None:
        """Add to the answer: override it.

        Raises:
            NotSupportedError: It is not overridden.
        """
        _unsupported(self, "write")

    def finish(self) -> None:
        """End the answer: override it.

        Raises:
            NotSupportedError: It is not overridden.
        """
        _unsupported(self, "finish")


class Entity:
    """A leaf of a tree."""

    def render(self, request: Request) -> object:
        """Answer a request: override it.

        Raises:
            NotSupportedError: It is not overridden.
        """
        _unsupported(self, "render")


class Collection:
    """Entities by their names.

    Attributes:
        entities: Those that are kept.
    """

    def __init__(self, entities: dict[str, Any] | None = None) -> None:
        """Begin with some entities.

        Args:
            entities: Entities by their names; the dictionary itself is kept.
        """
        self.entities: dict[str, Any] = {} if entities is None else entities

    def getStaticEntity(self, name: str) -> Any:  # noqa: ANN401 - anything can be an entity
        """Return the entity that is kept by a name, or None."""
        return self.entities.get(name)

    def getDynamicEntity(self, name: str, request: Request | None) -> Any:  # noqa: ANN401 - as above
        """Return an entity that is made for a request, or None; override it."""
        return None

    def delEntity(self, name: str) -> None:
        """Keep an entity no longer.

        Raises:
            KeyError: None is kept by that name.
        """
        del self.entities[name]

    def removeEntity(self, name: str, request: Request | None) -> None:
        """Remove an entity on request: override it.

        Raises:
            NotSupportedError: It is not overridden.
        """
        _unsupported(self, "removeEntity")

    def storeEntity(self, name: str, request: Request | None) -> None:
        """Store an entity on request: override it.

        Raises:
            NotSupportedError: It is not overridden.
        """
        _unsupported(self, "storeEntity")

    def listStaticNames(self) -> list[str]:
        """Return the names of the entities that are kept."""
        return list(self.entities)

    def listDynamicNames(self) -> list[str]:
        """Return the names of entities that can be made; override it."""
        return []

    def listNames(self, request: Request | None) -> list[str]:
        """Return all names."""
        return [*self.listStaticNames(), *self.listDynamicNames()]

    def listStaticEntities(self) -> list[tuple[str, Any]]:
        """Return the entities that are kept, as pairs with their names."""
        return list(self.entities.items())

    def listDynamicEntities(self, request: Request | None) -> list[tuple[str, Any]]:
        """Return the entities that can be made, as pairs with their names."""
        return [(name, self.getDynamicEntity(name, request)) for name in self.listDynamicNames()]

    def listEntities(self, request: Request | None) -> list[tuple[str, Any]]:
        """Return all entities, as pairs with their names."""
        return [*self.listStaticEntities(), *self.listDynamicEntities(request)]

    def getEntity(self, name: str, request: Request | None) -> Any:  # noqa: ANN401 - as above
        """Return the entity of a name: the one that is kept, or else one that is made, or None."""
        if name in self.entities:
            return self.getStaticEntity(name)
        return self.getDynamicEntity(name, request)

    def putEntity(self, name: str, entity: object) -> None:
        """Keep an entity by a name, in place of another if there is one."""
        self.entities[name] = entity


class Constrained(Collection):
    """A collection that does not take everything."""

    def nameConstraint(self, name: str) -> bool:
        """Return whether a name is permitted; override it to refuse any."""
        return True

    def entityConstraint(self, entity: object) -> bool:
        """Return whether an entity is permitted; override it to refuse any.

        Raises:
            ConstraintViolation: It may be raised in place of returning False, with a text of its
                own.
        """
        return True

    def reallyPutEntity(self, name: str, entity: object) -> None:
        """Keep an entity without asking whether it is permitted."""
        super().putEntity(name, entity)

    def putEntity(self, name: str, entity: object) -> None:
        """Keep an entity by a name, in place of another if there is one.

        Raises:
            ConstraintViolation: The name or the entity is not permitted.
        """
        if not self.nameConstraint(name):
            raise ConstraintViolation(f"the name {name!r} is not permitted here")
        if not self.entityConstraint(entity):
            raise ConstraintViolation(f"{entity!r} is not permitted here")
        self.reallyPutEntity(name, entity)


class Locked(Constrained):
    """A collection that takes nothing more once it was locked.

    Attributes:
        locked: Whether it was.
    """

    locked: int = 0

    def lock(self) -> None:
        """Take nothing more from now on."""
        self.locked = 1

    def entityConstraint(self, entity: object) -> bool:
        """Return whether it was not locked."""
        return not self.locked


class Homogenous(Constrained):
    """A collection of entities of one class.

    Attributes:
        entityType: The class.
    """

    entityType: type = object

    def entityConstraint(self, entity: object) -> bool:
        """Return True.

        Raises:
            ConstraintViolation: The entity is not of the class.
        """
        if isinstance(entity, self.entityType):
            return True
        raise ConstraintViolation(
            f"{entity!r} is a {qual(type(entity))}, and not a {qual(self.entityType)}"
        )

    def getNameType(self) -> str:
        """Return what a name is called where people see it."""
        return "Name"

    def getEntityType(self) -> str:
        """Return what an entity is called where people see it: the name of its class."""
        return self.entityType.__name__


__all__ = [
    "Collection",
    "Constrained",
    "ConstraintViolation",
    "Entity",
    "Homogenous",
    "Locked",
    "NotSupportedError",
    "Request",
]
