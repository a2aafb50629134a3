"""The source text of a tree.

Each bracket begins a level of indentation, and text inside of strings has no line ends, so a text
is put one level deeper by indenting its lines.
"""

import io
import tokenize
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from typing import Any, Protocol, runtime_checkable

MAXIMUM_NESTING = 100
"""How many brackets inside of each other are written.

Python reads 200, and making the objects again takes a few frames of the stack for each.
"""

_INDENTATION = "  "

# Python refuses to write larger integers as decimal digits.
_DECIMAL_BITS = 10_000


@runtime_checkable
class Node(Protocol):
    """What stands for an object that has no notation in Python's own syntax."""

    def getSource(self) -> str:
        """Return the expression that makes the node."""
        ...


class NonFormattableDict(Exception):
    """A dictionary has keys that cannot be names of keyword arguments."""


def deeper(text: str) -> str:
    """Return a text on a line of its own, one level deeper."""
    return ("\n" + text).replace("\n", "\n" + _INDENTATION)


def _sequence(opening: str, items: Iterable[object], closing: str) -> str:
    parts = [deeper(prettify(item)) + "," for item in items]
    return opening + "".join(parts) + (deeper(closing) if parts else closing)


def _integer(value: int) -> str:
    return repr(value) if value.bit_length() <= _DECIMAL_BITS else hex(value)


def _float(value: float) -> str:
    text = repr(value)
    return text if text[-1].isdigit() else f"float({text!r})"


def _complex(value: complex) -> str:
    return f"complex({_float(value.real)}, {_float(value.imag)})"


def _mapping(value: Mapping[object, object]) -> str:
    parts = [deeper(f"{prettify(key)}: {prettify(each)}") + "," for key, each in value.items()]
    return "{" + "".join(parts) + (deeper("}") if parts else "}")


_RENDERERS: dict[type, Callable[..., str]] = {
    type(None): repr,
    type(...): repr,
    bool: repr,
    str: repr,
    bytes: repr,
    int: _integer,
    float: _float,
    complex: _complex,
    list: lambda value: _sequence("[", value, "]"),
    tuple: lambda value: _sequence("(", value, ")"),
    dict: _mapping,
}

ATOMS = (type(None), type(...), bool, str, bytes, int, float, complex)
"""The types whose values stand for themselves in a tree."""


def prettify(obj: object) -> str:
    """Return the source text of a tree.

    Args:
        obj: A plain value, a list, tuple or dictionary of trees, or a node.

    Raises:
        TypeError: It is something else.
    """
    render = _RENDERERS.get(type(obj))
    if render is not None:
        return render(obj)
    if isinstance(obj, Node):
        return obj.getSource()
    raise TypeError(f"a {type(obj).__name__} has no place in an abstract object tree: {obj!r}")


def _isKeyword(key: object) -> bool:
    """Return whether a key can be written as the name of an argument, and is read as the same."""
    return (
        isinstance(key, str)
        and key.isidentifier()
        and not iskeyword(key)
        and key != "__debug__"
        and unicodedata.is_normalized("NFKC", key)
    )


def dictToKW(d: Mapping[Any, object]) -> str:
    """Return the source text of keyword arguments, each on a line of its own.

    Raises:
        NonFormattableDict: A key is not a name, or one that Python keeps for itself.
    """
    for key in d:
        if not _isKeyword(key):
            raise NonFormattableDict(f"{key!r} cannot be the name of a keyword argument")
    return "".join(deeper(f"{key}={prettify(value)}") + "," for key, value in d.items())


def indentify(s: str) -> str:
    """Return source text with its lines indented by the brackets around them.

    Args:
        s: The text of one expression.
    """
    lines = [""]
    depth = 0
    position = (1, 0)
    for token in tokenize.generate_tokens(io.StringIO(s).readline):
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            break
        if token.type == tokenize.NL:
            lines.append("")
            continue
        if not lines[-1]:
            lines[-1] = _INDENTATION * depth
        elif token.start[0] == position[0]:
            lines[-1] += " " * (token.start[1] - position[1])
        lines[-1] += token.string
        position = token.end
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.string, 0)
    return "\n".join(lines)


def getSource(ao: object) -> str:
    """Return the source text of a tree, as `unjellyFromSource` reads it.

    Raises:
        ValueError: The tree is too deep to be read again.
    """
    text = "app=" + prettify(ao)
    depth = max(len(line) - len(line.lstrip()) for line in text.split("\n")) // len(_INDENTATION)
    if depth > MAXIMUM_NESTING:
        raise tooDeep()
    return text


def tooDeep() -> ValueError:
    """Return the error about objects that refer to each other in too long a chain."""
    return ValueError(
        f"these objects are nested more than {MAXIMUM_NESTING} levels deep, too deep for source"
        " text: use a pickle"
    )


def stateSource(state: object) -> str:
    """Return the source text of an object's state, by keywords where that is possible."""
    if type(state) is dict and not {"className", "__stateObj__"} & state.keys():
        try:
            return dictToKW(state)
        except NonFormattableDict:
            pass
    return deeper(prettify(state))


__all__ = [
    "ATOMS",
    "MAXIMUM_NESTING",
    "Node",
    "NonFormattableDict",
    "deeper",
    "dictToKW",
    "getSource",
    "indentify",
    "prettify",
    "stateSource",
    "tooDeep",
]
