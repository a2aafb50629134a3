"""The fields of format strings: what `{request.uri!r:>20}` and `{request.size()}` refer to.

The syntax is that of `str.format` (PEP 3101), but for two things. Fields have names only, since
the items of an event have no order: `{}` and `{0}` are errors. And a field that ends in `()` calls
what it names, without arguments, at the moment at which the text is made: what is expensive costs
nothing where nobody wants the text.

An event that was read back from a file no longer has the objects that its format refers to. It
has what the fields came to when it was written, in `log_flattened`, under the keys that `textKey`
and `valueKey` make. For such an event nothing else is looked at but plain items: no attribute is
taken, and nothing is called, that the author of a file could name.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from string import Formatter
from typing import Any, NamedTuple

from twisted.logger._interfaces import LogEvent

REMEMBERED_FORMATS = 1024
"""How many format strings are kept parsed."""

MAXIMUM_SPEC_DEPTH = 2
"""How deep fields may be nested in format specifications, as in `str.format`."""

MAXIMUM_WIDTH = 9999
"""The largest width or precision in a format specification: a value may be one, as in `{a:{b}}`,
and would otherwise decide how much memory the text takes."""

_tooWide = re.compile(f"[0-9]{{{len(str(MAXIMUM_WIDTH)) + 1}}}")


class Field(NamedTuple):
    """A field, and the literal text before it.

    Attributes:
        literal: The text before the field.
        name: What the field refers to, or None where only the text is left.
        conversion: `r`, `s`, `a`, or None.
        spec: The format specification; it may have fields of its own.
    """

    literal: str
    name: str | None
    conversion: str | None
    spec: str


class _Lookup(Formatter):
    """Follows the attributes and indexes of a field's name."""

    def get_value(self, key: int | str, args: object, kwargs: object) -> object:
        if not isinstance(key, str) or not key:
            raise ValueError("a field must name a key of the event; {} and {0} are not possible")
        assert isinstance(kwargs, dict)
        return kwargs[key]


_lookup = _Lookup()


@lru_cache(REMEMBERED_FORMATS)
def fieldsOf(format: str) -> tuple[Field, ...]:
    """Return the fields of a format string.

    Raises:
        ValueError: It is not well-formed.
    """
    return tuple(
        Field(literal, name, conversion or None, spec or "")
        for literal, name, spec, conversion in _lookup.parse(format)
    )


def textKey(field: Field) -> str:
    """Return the key in `log_flattened` of the text that a field came to."""
    return f"{field.name}!{field.conversion or 's'}:{field.spec}"


def valueKey(field: Field) -> str:
    """Return the key in `log_flattened` of the value that a field came to."""
    return f"{field.name}!:{field.spec}"


def numbered(keys: Iterator[str]) -> Iterator[str]:
    """Give the second and later occurrences of a key a number: `a`, `a/2`, `a/3`."""
    seen: dict[str, int] = {}
    for key in keys:
        count = seen[key] = seen.get(key, 0) + 1
        yield key if count == 1 else f"{key}/{count}"


def convert(value: object, conversion: str | None) -> object:
    """Apply a conversion to a value.

    Raises:
        ValueError: It is none of `r`, `s`, `a`.
    """
    match conversion:
        case None:
            return value
        case "s":
            return str(value)
        case "r":
            return repr(value)
        case "a":
            return ascii(value)
    raise ValueError(f"unknown conversion !{conversion}; there are !r, !s and !a")


def formatted(value: object, conversion: str | None, spec: str) -> str:
    """Apply a conversion and a format specification to a value.

    Raises:
        ValueError: The specification has a number above `MAXIMUM_WIDTH`.
        Exception: Anything that the value raises.
    """
    if spec and _tooWide.search(spec):
        raise ValueError(f"a width or precision is above {MAXIMUM_WIDTH}: {spec[:40]!r}")
    return format(convert(value, conversion), spec)


def valueOf(name: str, event: LogEvent) -> Any:  # noqa: ANN401 - a value of an event
    """Return what a field's name refers to in an event.

    Raises:
        KeyError, AttributeError, ...: It refers to nothing.
        ValueError: It is a position.
    """
    path = name.removesuffix("()")
    if path.isidentifier():
        value = event[path]
    else:
        value, _ = _lookup.get_field(path, (), event)
    return value if path == name else value()


def textOf(field: Field, event: LogEvent, value: object, depth: int = 1) -> str:
    """Return the text that a field comes to.

    Args:
        field: The field.
        event: The event, for the fields of the format specification.
        value: What the field refers to.
        depth: How deep the field itself is nested in format specifications.
    """
    spec = field.spec
    if "{" in spec:
        spec = _render(spec, event, depth + 1)
    return formatted(value, field.conversion, spec)


def _render(template: str, event: LogEvent, depth: int) -> str:
    """Render a format specification that has fields itself."""
    if depth > MAXIMUM_SPEC_DEPTH:
        raise ValueError("the fields of a format specification cannot have such fields themselves")
    return "".join(
        each.literal
        if each.name is None
        else each.literal + textOf(each, event, valueOf(each.name, event), depth)
        for each in fieldsOf(template)
    )


def render(template: str, event: LogEvent) -> str:
    """Render a format string with the items of an event.

    Raises:
        Exception: Anything that a value raises, or that is wrong with the format.
    """
    return _render(template, event, 1)


def renderFlattened(template: str, event: LogEvent) -> str:
    """Render a format string with what its fields came to when the event was flattened.

    Raises:
        Exception: Anything that is wrong with the format or with what was kept.
    """
    flattened = event["log_flattened"]
    fields = fieldsOf(template)
    keys = numbered(textKey(each) for each in fields if each.name is not None)
    parts = []
    for field in fields:
        parts.append(field.literal)
        if field.name is None:
            continue
        key = next(keys)
        if key in flattened:
            parts.append(str(flattened[key]))
        else:
            value = _plainItem(field.name, event)
            parts.append(formatted(value, field.conversion, field.spec))
    return "".join(parts)


def _plainItem(name: str, event: LogEvent) -> object:
    """Return an item of an event by its key; a path is not followed, nothing is called."""
    if name not in event:
        raise KeyError(f"the event was saved without a value for {{{name}}}")
    value: object = event[name]
    return value


def extractField(field: str, event: LogEvent) -> Any:  # noqa: ANN401 - a value of an event
    """Return what a field of a format string refers to.

    The result is the same for an event that is just being logged and for one that was read from a
    JSON log file, provided that the event's own format string has the field.

    Args:
        field: What would stand between the braces: `request.uri`, `request.size()`,
            `log_source!r`.
        event: The event.

    Raises:
        ValueError: That is no field.
        KeyError: The event has no such item.
        AttributeError: An object in the event has no such attribute.
    """
    fields = fieldsOf("{" + field + "}")
    if len(fields) != 1 or fields[0].literal or fields[0].name is None:
        raise ValueError(f"{field!r} is not one field of a format string")
    only = fields[0]
    assert only.name is not None
    flattened = event.get("log_flattened")
    if flattened is not None:
        textual = only.conversion is not None or only.spec
        key = textKey(only) if textual else valueKey(only)
        if key in flattened:
            return flattened[key]
        value = _plainItem(only.name, event)
    else:
        value = valueOf(only.name, event)
    if only.spec:
        return formatted(value, only.conversion, only.spec)
    return convert(value, only.conversion)


__all__ = [
    "Field",
    "extractField",
    "fieldsOf",
    "numbered",
    "render",
    "renderFlattened",
    "textKey",
    "textOf",
    "valueKey",
    "valueOf",
]
