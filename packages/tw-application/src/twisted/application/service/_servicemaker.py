"""A plugin that names the module which makes a service.

The module is imported when its command is chosen, not when the commands are listed.
"""

from collections.abc import Callable
from typing import cast

from twisted.application.service._interfaces import IService, IServiceMaker
from twisted.plugin import IPlugin
from twisted.python.components import implementer
from twisted.python.reflect import namedAny
from twisted.python.usage import Options


@implementer(IPlugin, IServiceMaker)
class ServiceMaker:
    """Adds a command to `twist` for a module that has `Options` and `makeService`.

    Args:
        name: What the plugin is called, for whoever lists plugins.
        module: The dotted name of the module: `"finger.tap"`.
        description: One line about the command, for `twist --help`.
        tapname: The name of the command.
    """

    def __init__(self, name: str, module: str, description: str, tapname: str) -> None:
        self.name = name
        self.module = module
        self.description = description
        self.tapname = tapname

    @property
    def options(self) -> Callable[[], Options]:
        """The module's `Options`, a subclass of `usage.Options`."""
        return cast(Callable[[], Options], namedAny(f"{self.module}.Options"))

    @property
    def makeService(self) -> Callable[[Options], IService]:
        """The module's `makeService`, which takes the options and returns the service."""
        return cast(Callable[[Options], IService], namedAny(f"{self.module}.makeService"))
