"""The interface that every plugin provides beside its own."""

from twisted.python.components import Interface


class IPlugin(Interface):
    """Marks an object as a plugin; it asks for no method or attribute.

    An object is found by `getPlugins` if it stands at the top of a plugin module and provides both
    this interface and the one that is asked for. The name it has there does not matter.
    """


__all__ = ["IPlugin"]
