"""The root of a tree of services, with what a program wants of its process.

An application is a bag of components: ask it for what you need, as in
`IServiceCollection(application)`, and add what others shall find with `setComponent`.
"""

import os

from twisted.application.service._interfaces import IProcess, IService
from twisted.application.service._multiservice import MultiService
from twisted.persisted import sob
from twisted.python.components import Componentized, adapt, implementer


@implementer(IProcess)
class Process:
    """What a program asks of the process that it runs in.

    Args:
        uid: The user to run as once the ports are bound; None for no change.
        gid: The group to run as once the ports are bound; None for no change.

    Attributes:
        processName: The name that the process should have; None for its own.
    """

    processName: str | None = None

    def __init__(self, uid: int | None = None, gid: int | None = None) -> None:
        self.uid = uid
        self.gid = gid


def Application(name: str, uid: int | None = None, gid: int | None = None) -> Componentized:
    """Return a new application, without services.

    Args:
        name: The name of its root service.
        uid: The user to run as once the ports are bound; None for no change.
        gid: The group to run as once the ports are bound; None for no change.

    Returns:
        A bag of components with an `IService` and `IServiceCollection` that is one
        `MultiService`, an `IProcess`, and an `IPersistable` that saves the whole.
    """
    application = Componentized()
    application.addComponent(MultiService(), ignoreClass=True)
    application.addComponent(Process(uid, gid), ignoreClass=True)
    application.addComponent(sob.Persistent(application, name), ignoreClass=True)
    adapt(IService, application).setName(name)
    return application


def loadApplication(
    filename: str | os.PathLike[str], kind: str, passphrase: None = None
) -> Componentized:
    """Load an application from a file.

    This can run any code: it is unsafe with a file that somebody else may have written.

    Args:
        filename: The file.
        kind: `python` for a program that leaves the application in its variable `application`,
            `pickle` or `source` for what `IPersistable.save` wrote.
        passphrase: Files are not encrypted; only None will do.

    Raises:
        TypeError: A passphrase was given.
        KeyError: The program has no variable `application`.
        OSError: The file cannot be read.
        Exception: What the program raises.
    """
    if passphrase is not None:
        raise TypeError("files are not encrypted: leave out the passphrase")
    if kind == "python":
        application: Componentized = sob.loadValueFromFile(filename, "application")
    else:
        application = sob.load(filename, kind)
    return application
