"""The command `pyhtmlizer`: writes Python source as a page of HTML, beside the source."""

import os
import sys
from collections.abc import Sequence
from html import escape
from typing import Any

import twisted.copyright
from twisted.python import htmlizer, usage

header = """\
<!DOCTYPE html>
<html><head>
<meta charset="utf-8" />
<title>%(title)s</title>
<meta name="generator" content="%(generator)s" />
%(alternate)s
%(stylesheet)s
</head>
<body>
"""
"""What the page begins with: a text with the fields `title`, `generator`, `alternate`, `stylesheet`."""

footer = """\
</body>
</html>
"""
"""What the page ends with."""

styleLink = '<link rel="stylesheet" href="%s" type="text/css" />'
"""The link to a style sheet: a text with its address."""

alternateLink = '<link rel="alternate" href="%(source)s" type="text/x-python" />'
"""The link to the source: a text with the field `source`."""


class Options(usage.Options):
    """The command line of `pyhtmlizer`."""

    synopsis: str = f"Usage: {os.path.basename(sys.argv[0])} [options] source.py"
    longdesc = "Writes source.py.html, in which each token of the source has a class."
    optParameters: Sequence[Sequence[Any]] = [
        ["stylesheet", "s", None, "Address of a style sheet to link to."]
    ]
    compData: usage.Completions | None = usage.Completions(
        extraActions=[usage.CompleteFiles("*.py", descr="source python file")]
    )

    def parseArgs(self, filename: str) -> None:
        """Take the name of the source."""
        self["filename"] = filename


def run() -> None:
    """Run the command.

    Raises:
        SystemExit: The command line is wrong, or a file cannot be read or written; the message
            says which.
    """
    options = Options()
    try:
        options.parseOptions()
    except usage.UsageError as error:
        sys.exit(f"pyhtmlizer: {error}\npyhtmlizer: Try --help for usage details.")
    filename: str = options["filename"]
    try:
        _write(filename, options["stylesheet"])
    except OSError as error:
        sys.exit(f"pyhtmlizer: {error}")


def _write(filename: str, stylesheet: str | None) -> None:
    """Write the page for a file."""
    name = escape(os.path.basename(filename))
    begin = header % {
        "title": name,
        "generator": escape(f"htmlizer/{twisted.copyright.longversion}"),
        "alternate": alternateLink % {"source": name},
        "stylesheet": styleLink % escape(stylesheet) if stylesheet else "",
    }
    # The source is opened first: where there is none, no page is left behind.
    with open(filename, "rb") as source, open(filename + ".html", "wb") as page:
        page.write(begin.encode())
        htmlizer.filter(source, page, htmlizer.SmallerHTMLWriter)
        page.write(footer.encode())


__all__ = ["Options", "alternateLink", "footer", "header", "run", "styleLink"]

if __name__ == "__main__":
    run()
