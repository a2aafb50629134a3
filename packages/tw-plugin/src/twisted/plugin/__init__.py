"""Plugins: objects that other distributions add to a program, found by the interface they provide.

A program declares an interface and calls `getPlugins` with it. A plugin is an object at the top of
a module in `twisted/plugins/`, below any entry of `sys.path`, that provides this interface and
`IPlugin`.
"""

from twisted.plugin._discovery import CachedDropin, CachedPlugin, getCache, getPlugins
from twisted.plugin._interfaces import IPlugin
from twisted.plugin._paths import pluginPackagePaths

__all__ = [
    "CachedDropin",
    "CachedPlugin",
    "IPlugin",
    "getCache",
    "getPlugins",
    "pluginPackagePaths",
]
