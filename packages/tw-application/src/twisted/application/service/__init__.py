"""Services: what is started and stopped, and how it is put together.

A service is written as a subclass of `Service`, put below a `MultiService` with
`setServiceParent`, and made known to the `twist` command by a plugin that provides
`IServiceMaker`, most simply a `ServiceMaker`.
"""

from twisted.application.service._application import Application, Process, loadApplication
from twisted.application.service._interfaces import (
    IProcess,
    IService,
    IServiceCollection,
    IServiceMaker,
)
from twisted.application.service._multiservice import MultiService
from twisted.application.service._service import Service
from twisted.application.service._servicemaker import ServiceMaker

__all__ = [
    "Application",
    "IProcess",
    "IService",
    "IServiceCollection",
    "IServiceMaker",
    "MultiService",
    "Process",
    "Service",
    "ServiceMaker",
    "loadApplication",
]
