"""The help text of a command line: names on the left, explanations on the right."""

import os
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

defaultWidth = 80
"""How many columns a help text has where the terminal does not say."""

widestNames = 28
"""The widest column of names that is kept on the same lines as the explanations."""


def terminalWidth() -> int:
    """Return how many columns the terminal has, as the variable COLUMNS says it, or 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:6]) > 0:
        return int(columns[:6])
    return defaultWidth


def twoColumns(rows: Iterable[tuple[str, str]], width: int) -> list[str]:
    """Return rows of a name and an explanation as aligned texts, each ended by a line break.

    Args:
        rows: Names (indented as they shall be) and explanations.
        width: How many columns there are.
    """
    rows = list(rows)
    names = max((len(name) for name, _ in rows if len(name) <= widestNames), default=0) + 2
    room = max(width - names, 20)
    texts = []
    for name, explanation in rows:
        lines = textwrap.wrap(explanation, room) or [""]
        if len(name) + 2 > names:
            # The name is too long for its column: it gets a line of its own.
            head, lines = name, ["", *lines]
        else:
            head = name.ljust(names) + lines[0]
        rest = [" " * names + line for line in lines[1:]]
        texts.append("".join(line.rstrip() + "\n" for line in [head, *rest]))
    return texts


def docMakeChunks(optList: Iterable[Mapping[str, Any]], width: int = defaultWidth) -> list[str]:
    """Return the help texts of options.

    Args:
        optList: A mapping for each option: `long`, `short` (either may be None or left out),
            `doc`, `optType` (`flag` or `parameter`), `default` (shown if it is not None) and
            `dispatch` (whose `coerceDoc`, if it has one, is added).
        width: How many columns there are.

    Returns:
        A text of one or more lines for each option.
    """
    rows = []
    for option in optList:
        short, long = option.get("short"), option.get("long")
        left = f"-{short}" if short else "  "
        if long:
            comma = ", " if short else "  "
            value = "=" if option.get("optType") == "parameter" else ""
            left += f"{comma}--{long}{value}"
        rows.append((f"  {left}", _explanation(option)))
    return twoColumns(rows, width)


def _explanation(option: Mapping[str, Any]) -> str:
    """Return the text that stands right of an option's names."""
    parts = [" ".join((option.get("doc") or "").split())]
    coerceDoc = getattr(option.get("dispatch"), "coerceDoc", None)
    if option.get("optType") == "parameter" and option.get("default") is not None:
        parts.append(f"[default: {option['default']}]" + ("." if coerceDoc else ""))
    if coerceDoc:
        parts.append(coerceDoc)
    return " ".join(part for part in parts if part)


__all__ = ["defaultWidth", "docMakeChunks", "terminalWidth", "twoColumns"]
