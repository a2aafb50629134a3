"""What the fields of an event's format string come to, to be kept with the event.

See `_fields`: an event that was read back can be rendered, and its fields extracted, only by this.
"""

from typing import Any

from twisted.logger._fields import fieldsOf, numbered, textKey, textOf, valueKey, valueOf
from twisted.logger._interfaces import LogEvent


def flattened(event: LogEvent) -> dict[str, Any]:
    """Return the texts and the values of the fields of an event's format string.

    A field that cannot be evaluated is left out. The event is not changed.

    Args:
        event: The event.

    Returns:
        Texts under the keys that `textKey` makes, values under those of `valueKey`. What an event
        that was read back brought along is returned as it is.
    """
    known = event.get("log_flattened")
    if isinstance(known, dict):
        return known
    template = event.get("log_format")
    try:
        if isinstance(template, bytes):
            template = template.decode("utf-8")
        fields = [each for each in fieldsOf(template or "") if each.name is not None]
    except Exception:
        return {}
    result: dict[str, Any] = {}
    textKeys = numbered(map(textKey, fields))
    valueKeys = numbered(map(valueKey, fields))
    for field, inText, inValue in zip(fields, textKeys, valueKeys, strict=True):
        assert field.name is not None
        try:
            # Evaluated once: a call may return something else the next time.
            value = valueOf(field.name, event)
            result[inText] = textOf(field, event, value)
            result[inValue] = value
        except Exception:
            continue
    return result


__all__ = ["flattened"]
