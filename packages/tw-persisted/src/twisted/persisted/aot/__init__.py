"""Abstract object trees: objects as Python source text that people can read and edit.

`jellyToSource` writes an object, with all that it refers to, as an expression; `unjellyFromSource`
makes it again:

    app=Ref(1,
      Instance('garden.Greenhouse',
        beds=[
          'roses',
          'leeks',
          ],
        owner=Instance('garden.Gardener',
          house=Deref(1),),))

Between the two is a tree of nodes: plain values stand for themselves, and each class of `_nodes`
for one kind of object.

A source file is a program: reading it can run any code, as with a pickle. It is unsafe with a file
that somebody else may have written.
"""

from tokenize import generate_tokens as tokenize

from twisted.persisted.aot._jellier import AOTJellier, jellyToAOT, jellyToSource
from twisted.persisted.aot._nodes import (
    Class,
    Copyreg,
    Deref,
    Function,
    Instance,
    InstanceMethod,
    Module,
    Named,
    NoStateObj,
    Ref,
)
from twisted.persisted.aot._source import (
    MAXIMUM_NESTING,
    NonFormattableDict,
    dictToKW,
    getSource,
    indentify,
    prettify,
)
from twisted.persisted.aot._unjellier import AOTUnjellier, unjellyFromAOT, unjellyFromSource

__all__ = [
    "MAXIMUM_NESTING",
    "AOTJellier",
    "AOTUnjellier",
    "Class",
    "Copyreg",
    "Deref",
    "Function",
    "Instance",
    "InstanceMethod",
    "Module",
    "Named",
    "NoStateObj",
    "NonFormattableDict",
    "Ref",
    "dictToKW",
    "getSource",
    "indentify",
    "jellyToAOT",
    "jellyToSource",
    "prettify",
    "tokenize",
    "unjellyFromAOT",
    "unjellyFromSource",
]
