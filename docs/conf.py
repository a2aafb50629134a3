"""How Sphinx builds the documentation. Run `python3 tools/dev.py docs`.

Two things are generated into docs/_generated at each build: the API reference, a page for each
distribution, and the table of rooms that docs/architecture.md shows. Both come from the sources.
"""

import sys
import urllib.request
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent / "tools")]

import api_reference  # noqa: E402 - found by the line above
import reference_links  # noqa: E402 - likewise
from parts import parts  # noqa: E402 - likewise

project = "tw"
author = "The tw developers"
version = release = next(
    part.project["version"] for part in parts(DOCS.parent) if part.name == "tw-python"
)

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build", "examples", "_generated/rooms.md"]
html_theme = "furo"
html_title = f"tw {release}"

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

# Docstrings are prose with `code` in it, not reStructuredText: see plainDocstring.
default_role = "code"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
# In annotations, `type` is Python's, though some of our classes have an attribute of this name.
suppress_warnings = ["ref.python"]


def reachable(inventory: str) -> bool:
    """Return whether the network is there; without it links to other projects stay plain text."""
    try:
        urllib.request.urlopen(inventory, timeout=3).close()
    except OSError:
        return False
    return True


PYTHON = "https://docs.python.org/3/"
intersphinx_mapping = {"python": (PYTHON, None)} if reachable(PYTHON + "objects.inv") else {}

api_reference.write(DOCS.parent, DOCS / "_generated")


def setup(app: api_reference.Sphinx) -> None:
    """Let docstrings be read as plain prose, before napoleon sees their sections; link pages."""
    app.connect("autodoc-process-docstring", api_reference.plainDocstring, priority=1)
    app.connect("doctree-resolved", reference_links.linkFirstMentions)
