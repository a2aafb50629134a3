"""What a plugin is that names a reporter for the option `--reporter`."""

from typing import Any

from twisted.plugin import IPlugin
from twisted.python.components import implementer
from twisted.python.reflect import namedAny
from twisted.trial._kinds import AnyObject
from twisted.trial.itrial import IReporter


@implementer(IPlugin, IReporter)
class ReporterPlugin:
    """A reporter that can be chosen by name.

    Plugins of other distributions need no more than these attributes, and to provide `IReporter`.

    Attributes:
        name: What it is called in lists, a phrase.
        module: The module that has the class.
        description: What it prints, in a line.
        longOpt: The name by which it is chosen.
        shortOpt: Kept for existing code.
        klass: The name of the class.
    """

    def __init__(
        self,
        name: str,
        module: str,
        description: str,
        longOpt: str,
        shortOpt: str | None,
        klass: str,
    ) -> None:
        """Name a reporter.

        Args:
            name: What it is called in lists, a phrase.
            module: The module that has the class.
            description: What it prints, in a line.
            longOpt: The name by which it is chosen.
            shortOpt: Kept for existing code.
            klass: The name of the class.
        """
        self.name = name
        self.module = module
        self.description = description
        self.longOpt = longOpt
        self.shortOpt = shortOpt
        self.klass = klass

    shouldStop: Any = None
    testsRun: Any = None


def reporterClass(plugin: AnyObject) -> AnyObject:
    """Import the class that a plugin names.

    Args:
        plugin: The plugin.
    """
    return namedAny(f"{plugin.module}.{plugin.klass}")


__all__ = ["ReporterPlugin", "reporterClass"]
