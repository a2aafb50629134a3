"""Python source as HTML, with a class for each kind of token.

`filter` reads source and writes a `pre` element in which names, keywords, strings and so on stand
in `span` elements of the class `py-src-KIND`; a style sheet gives them colors. The text of the
element is the text of the source, whatever that is: where it is no Python, it stands there plainly.

A `TokenPrinter` decides what kind a token is, and a writer (`HTMLWriter`) how that is written.
"""

import io
import keyword
import sys
import tokenize
from collections.abc import Callable, Sequence
from html import escape
from typing import Protocol

Write = Callable[[bytes], object]
"""Takes bytes of the page."""

Position = tuple[int, int]
"""The number of a line, from 1, and of a character in it, from 0."""

_BEFORE_PARAMETER = ("(", ",", "*", "**")
_OPENING, _CLOSING = "([{", ")]}"


class _WritesTokens(Protocol):
    """What a `TokenPrinter` hands tokens to."""

    def __call__(self, token: bytes, type: str | None = None) -> object:
        """Take a token and its kind; None is the kind of what stands between tokens."""
        ...


class _Writer(Protocol):
    """What `filter` writes by."""

    @property
    def write(self) -> _WritesTokens:
        """Takes a token and its kind."""
        ...


class HTMLWriter:
    """Writes tokens as `span` elements.

    Attributes:
        noSpan: The kinds of token that are written without an element.
    """

    noSpan: Sequence[str] = []

    def __init__(self, writer: Write) -> None:
        """Write HTML.

        Args:
            writer: Is given the bytes.
        """
        self.writer = writer

    def write(self, token: bytes, type: str | None = None) -> None:
        """Write a token.

        Args:
            token: Its text, in UTF-8.
            type: Its kind, or None for what stands between tokens.
        """
        text = escape(token.decode()).encode()
        if type is None or type in self.noSpan:
            self.writer(text)
        else:
            self.writer(b'<span class="py-src-%b">%b</span>' % (type.encode(), text))


class SmallerHTMLWriter(HTMLWriter):
    """Writes tokens that seldom have a color, punctuation for instance, without an element."""

    noSpan: Sequence[str] = ["endmarker", "indent", "dedent", "op", "newline", "nl"]


class TokenPrinter:
    """Finds out of what kind tokens are, and writes them with what stands between them.

    Attributes:
        currentLine: The line of the end of what was written.
        currentCol: The character in that line.
        lastIdentifier: Whether the last token was the name of what is being defined.
        parameters: How deep in the brackets of a definition this is; 0 outside of them.
        encoding: The encoding of the source, as its tokens tell.
    """

    currentLine: int = 1
    currentCol: int = 0
    lastIdentifier: int = 0
    parameters: int = 0
    encoding: str = "utf-8"

    def __init__(self, writer: _WritesTokens) -> None:
        """Write tokens.

        Args:
            writer: Is given each token, in UTF-8, and its kind.
        """
        self.writer = writer
        self._last = ""

    def printtoken(
        self, type: int, token: str, sCoordinates: Position, eCoordinates: Position, line: str
    ) -> None:
        """Write a token, after what stands before it.

        Args:
            type: The number that the module `tokenize` has for it.
            token: Its text.
            sCoordinates: Where it begins.
            eCoordinates: Where it ends.
            line: The line of source that it stands in.
        """
        if type == tokenize.ENCODING:
            self.encoding = token
            return
        row, column = sCoordinates
        if row > self.currentLine:
            self.printGap("\n" * (row - self.currentLine), (row, 0))
        if column > self.currentCol:
            self.printGap(line[self.currentCol : column], sCoordinates)
        kind = self._kind(type, token)
        if token:
            self.writer(token.encode(), kind)
        # To tokenize, the end of a line is its last character, and not the beginning of the next.
        endsLine = bool(token) and type in (tokenize.NEWLINE, tokenize.NL)
        self.currentLine, self.currentCol = (row + 1, 0) if endsLine else eCoordinates

    def printGap(self, text: str, end: Position) -> None:
        """Write what stands between tokens.

        Args:
            text: The text.
            end: Where it ends.
        """
        if text:
            self.writer(text.encode())
        self.currentLine, self.currentCol = end

    def _kind(self, type: int, token: str) -> str:
        """Return the kind of a token, and note what it means for the next."""
        name = tokenize.tok_name[type].lower()
        if name.startswith(("fstring", "tstring")):
            return "string"  # Python 3.12 and newer divide them
        if name == "name":
            name = self._kindOfName(token)
        if name == "op":
            self._countBrackets(token)
        if name not in ("nl", "comment"):
            self.lastIdentifier = int(name == "identifier")
            self._last = token
        return name

    def _kindOfName(self, token: str) -> str:
        """Return the kind of a name or keyword."""
        if keyword.iskeyword(token):
            return "keyword"
        if self._last in ("def", "class"):
            return "identifier"
        if self.parameters == 1 and self._last in _BEFORE_PARAMETER:
            return "parameter"
        return "variable"

    def _countBrackets(self, token: str) -> None:
        """Note how deep in the brackets of a definition this is."""
        if token in _OPENING and (self.parameters or (token == "(" and self.lastIdentifier)):
            self.parameters += 1
        elif token in _CLOSING and self.parameters:
            self.parameters -= 1


class _Readable(Protocol):
    """Where the source comes from."""

    def read(self) -> bytes:
        """Return all of it."""
        ...


class _Writable(Protocol):
    """Where the page goes to."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""
        ...


def filter(inp: _Readable, out: _Writable, writer: Callable[[Write], _Writer] = HTMLWriter) -> None:
    """Write Python source as an element of HTML.

    Args:
        inp: A file with the source, in the encoding that it declares.
        out: What the element is written to, in UTF-8.
        writer: A class such as `HTMLWriter`.
    """
    source = _decoded(inp.read())
    # Only a line feed ends a line: splitlines() would also divide at form feeds and others.
    lines = [line + "\n" for line in source.split("\n")]
    lines[-1] = lines[-1][:-1]
    out.write(b"<pre>")
    printer = TokenPrinter(writer(out.write).write)
    try:
        for type, _, start, end, line in tokenize.generate_tokens(io.StringIO(source).readline):
            # Both are cut from the source: a token of Python 3.12 need not have the text that
            # stands there, and what is between tokens can be more than blanks.
            begin = max(start, (printer.currentLine, printer.currentCol))
            end = max(end, begin)
            gap = _between(lines, (printer.currentLine, printer.currentCol), begin)
            printer.printGap(gap, begin)
            printer.printtoken(type, _between(lines, begin, end), begin, end, line)
    except (SyntaxError, tokenize.TokenError):
        pass  # the rest is no Python, and is written as it is
    position = printer.currentLine, printer.currentCol
    printer.printGap(_between(lines, position, (len(lines) + 1, 0)), position)
    out.write(b"</pre>\n")


def _decoded(source: bytes) -> str:
    """Return the text of a source file, with a line feed at the end of each line."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):
        text = source.decode(errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _between(lines: Sequence[str], start: Position, end: Position) -> str:
    """Return the text between two positions."""
    (row, column), (lastRow, lastColumn) = start, end
    if row == lastRow:
        return lines[row - 1][column:lastColumn] if row <= len(lines) else ""
    first = lines[row - 1][column:] if row <= len(lines) else ""
    last = lines[lastRow - 1][:lastColumn] if lastRow <= len(lines) else ""
    return "".join([first, *lines[row : lastRow - 1], last])


def main() -> None:
    """Write the file that is named on the command line to standard output."""
    with open(sys.argv[1], "rb") as source:
        filter(source, sys.stdout.buffer)


__all__ = ["HTMLWriter", "SmallerHTMLWriter", "TokenPrinter", "filter", "main"]
