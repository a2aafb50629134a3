"""What type checkers must understand of tw-plugin; checked by mypy and pyright, not run."""

import types
from collections.abc import Iterator
from typing import assert_type

from zope.interface import Interface as PlainInterface  # type: ignore[import-untyped]

from twisted.plugin import CachedDropin, CachedPlugin, IPlugin, getCache, getPlugins
from twisted.plugin import pluginPackagePaths as paths
from twisted.python.components import Attribute, Interface, implementer


class IGreeter(Interface):
    """What the plugins provide."""

    name: str = Attribute("A name.")

    def greet(self) -> int:
        """Greet."""
        ...


class IPlain(PlainInterface):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    """An interface of somebody who uses zope.interface directly."""


@implementer(IPlugin, IGreeter)
class Greeter:
    """A plugin."""

    name = "x"

    def greet(self) -> int:
        """Greet."""
        return 1


plugin: IPlugin = Greeter()
assert_type(getPlugins(IGreeter), Iterator[IGreeter])
for greeter in getPlugins(IGreeter, types):
    assert_type(greeter.greet(), int)
    assert_type(greeter.name, str)
    str(greeter.missing)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
for each in getPlugins(IPlain):
    each.anything()
assert_type(getCache(types), dict[str, CachedDropin])
assert_type(getCache(types)["a"].plugins, list[CachedPlugin])
assert_type(paths("a.plugins"), list[str])
