"""Links from a document to the reference: the first mention of each thing leads there.

Documents name things as they would be named in code, `like this`. At each build the first mention
of a module, class, function or interface becomes a link to its description, so that nobody has to
write links. A name that two things share stays as it is.
"""

from collections.abc import Mapping

from docutils import nodes  # type: ignore[import-untyped]  # it has no types
from sphinx.application import Sphinx
from sphinx.domains.python import ObjectEntry
from sphinx.util.nodes import make_refnode

DESCRIBED = ("module", "class", "exception", "function")
"""The kinds of things that are linked; methods and attributes are described with their class."""


def named(objects: Mapping[str, ObjectEntry]) -> dict[str, ObjectEntry]:
    """Return what is described, by its full name, and by its last name where that is unique."""
    full = {name: entry for name, entry in objects.items() if entry.objtype in DESCRIBED}
    last: dict[str, dict[tuple[str, str], ObjectEntry]] = {}
    for name, entry in full.items():
        # The last name of a module, and a function's that is one word in lower case, are words
        # that documents use for other things: they are known by their full names only.
        short = name.rpartition(".")[2]
        if entry.objtype != "module" and not short.islower():
            # One description may have several names, such as that of a private room.
            last.setdefault(short, {})[entry.docname, entry.node_id] = entry
    unique = {short: next(iter(found.values())) for short, found in last.items() if len(found) == 1}
    return {**unique, **full}


def linkFirstMentions(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Turn the first mention of each thing on a page into a link (doctree-resolved)."""
    if page.startswith("_generated/"):
        return
    known = named(app.env.domains.python_domain.objects)
    seen: set[tuple[str, str]] = set()
    for mention in list(doctree.findall(nodes.literal)):
        entry = known.get(mention.astext().removesuffix("()"))
        if entry is None or isinstance(mention.parent, nodes.title | nodes.reference):
            continue
        if (target := (entry.docname, entry.node_id)) not in seen:
            seen.add(target)
            link = make_refnode(app.builder, page, *target, mention.deepcopy())
            mention.parent.replace(mention, link)
