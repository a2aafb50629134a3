"""The name under which an object can be imported again."""


def qual(clazz: type[object]) -> str:
    """Return the full import path of a class: `twisted.python.failure.Failure`."""
    return f"{clazz.__module__}.{clazz.__qualname__}"


__all__ = ["qual"]
