"""The fields of an Authorization header of the Digest scheme (RFC 7616, section 3.4), without I/O."""

import re

MAXIMUM_HEADER = 8192
"""How many bytes the fields may have together."""

# Of RFC 9110: a token (section 5.6.2), or a string in quotes with escapes (section 5.6.4).
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_FIELD = re.compile(
    rb"[ \t,]*("
    + _TOKEN
    + rb')[ \t]*=[ \t]*(?:"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~\x80-\xff])*)"|'
    rb"([^\s,\"]+))[ \t]*(?=,|$)"
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def parseFields(header: bytes) -> dict[bytes, bytes]:
    """Return the fields by their names in lower case.

    Args:
        header: The header's value after the word `Digest`. A header that was folded over several
            lines is taken as one.

    Raises:
        ValueError: It is malformed, names a field twice, or is longer than `MAXIMUM_HEADER`.
    """
    if len(header) > MAXIMUM_HEADER:
        raise ValueError(f"the fields have more than {MAXIMUM_HEADER} bytes")
    text = b" ".join(header.splitlines()).strip(b" \t,")
    fields: dict[bytes, bytes] = {}
    position = 0
    while position < len(text):
        found = _FIELD.match(text, position)
        if found is None:
            raise ValueError(f"no field begins at byte {position}")
        name, quoted, bare = found.groups()
        name = name.lower()
        if name in fields:
            raise ValueError(f"the field {name.decode('ascii')} comes twice")
        fields[name] = bare if quoted is None else _ESCAPED.sub(rb"\1", quoted)
        position = found.end()
    return fields


__all__ = ["MAXIMUM_HEADER", "parseFields"]
