"""Bring the plugin caches up to date: run this after plugins were installed or removed."""

from twisted.plugin import IPlugin, getPlugins

for plugin in getPlugins(IPlugin):
    print(type(plugin).__module__)
