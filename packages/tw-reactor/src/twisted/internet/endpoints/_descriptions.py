r"""The text form of endpoints: `type:value:name=value...`, with `\` before what is to be taken as it is.

A description is cut at colons; the first part is the type. Each other part is an argument: up to
its first equals sign stands the name, if there is one. A backslash takes away the meaning of the
character after it.
"""

import re

MAXIMUM_LENGTH = 65536
"""How many characters a description may have."""

_SPECIAL = re.compile(r"[\\:=]")


def quoteStringArgument(argument: str) -> str:
    """Return a text in the form in which it can stand in a description as a value.

    `f"tcp:port=80:interface={quoteStringArgument('::1')}"` describes what it seems to.

    Args:
        argument: The text, a path or an address for instance.
    """
    return _SPECIAL.sub(r"\\\g<0>", argument)


def parse(description: str) -> tuple[list[str], dict[str, str]]:
    """Cut a description into its values.

    Args:
        description: The description.

    Returns:
        The values without a name (the first is the type), and those with a name.

    Raises:
        ValueError: It is too long, ends with a backslash, or has a name twice.
    """
    if len(description) > MAXIMUM_LENGTH:
        raise ValueError(f"it is longer than {MAXIMUM_LENGTH} characters")
    positional: list[str] = []
    named: dict[str, str] = {}
    for name, value in _arguments(description):
        if name is None:
            positional.append(value)
        elif name in named:
            raise ValueError(f"{name!r} is given twice")
        else:
            named[name] = value
    return positional, named


def _arguments(description: str) -> list[tuple[str | None, str]]:
    """Return the arguments in order, each with its name or None."""
    arguments: list[tuple[str | None, str]] = []
    name: str | None = None
    text: list[str] = []
    characters = iter(description)
    for character in characters:
        if character == "\\":
            following = next(characters, None)
            if following is None:
                raise ValueError("it ends with a backslash, which has to stand before something")
            text.append(following)
        elif character == ":":
            arguments.append((name, "".join(text)))
            name, text = None, []
        elif character == "=" and name is None:
            name, text = "".join(text), []
        else:
            text.append(character)
    arguments.append((name, "".join(text)))
    return arguments
