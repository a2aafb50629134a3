"""Text of any object, also of one whose own `__repr__` or `__str__` fails.

Logs and failures print what they are given. They must not fail in turn.
"""


def _described(o: object, attempt: str, error: BaseException) -> str:
    """Return a text for an object that could not give its own."""
    try:
        name = type(o).__name__
        reason = f"{type(error).__name__}: {error}"
    except Exception:
        # The error's own text fails as well: do without it.
        name = "object"
        reason = type(error).__name__
    return f"<{name} instance at 0x{id(o):x} with {attempt} error: {reason}>"


def safe_repr(o: object) -> str:
    """Return `repr(o)`, or a text that says how it failed."""
    try:
        return repr(o)
    except Exception as error:
        return _described(o, "repr", error)


def safe_str(o: object) -> str:
    """Return `str(o)`, or a text that says how it failed.

    Bytes are decoded as UTF-8 where they can be.
    """
    if isinstance(o, bytes):
        try:
            return o.decode("utf-8")
        except UnicodeDecodeError:
            pass
    try:
        return str(o)
    except Exception as error:
        return _described(o, "str", error)


__all__ = ["safe_repr", "safe_str"]
