"""Loading the application that a command line names, and saving it in another form."""

import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from twisted.application.runner._exit import ExitStatus
from twisted.application.runner._trouble import CannotRunError, explain
from twisted.application.service import IService, loadApplication
from twisted.logger import Logger
from twisted.persisted import sob
from twisted.persisted.sob import IPersistable
from twisted.python.components import Componentized, adapt
from twisted.python.util import getPassword

_log = Logger("twisted.application.app")


class ApplicationLoadError(CannotRunError):
    """The application cannot be loaded."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, f"Failed to load application: {text}")


def getApplication(config: Mapping[str, Any], passphrase: None = None) -> Componentized:
    """Load the application that the options name.

    A program that makes an application finds the modules beside it.

    Args:
        config: The options: one of `python` and `source`, or else `file`.
        passphrase: Files are not encrypted; only None will do.

    Raises:
        ApplicationLoadError: It cannot be loaded.
    """
    option, style = next(
        (option, style)
        for option, style in (("python", "python"), ("source", "source"), ("file", "pickle"))
        if config.get(option)
    )
    filename = os.fspath(config[option])
    if style == "python":
        _addToPath(os.path.dirname(os.path.abspath(filename)))
    _log.info("Loading {filename}...", filename=filename)
    try:
        application = loadApplication(filename, style, passphrase)
    except Exception as error:
        raise _loadError(filename, error) from error
    if adapt(IService, application, None) is None:
        raise ApplicationLoadError(
            ExitStatus.EX_CONFIG,
            f"{filename} has {type(application).__name__} where an application should be: "
            "make it with twisted.application.service.Application",
        )
    _log.info("Loaded.")
    return application


def _addToPath(directory: str) -> None:
    if directory not in sys.path:
        sys.path.insert(0, directory)


def _loadError(filename: str, error: Exception) -> ApplicationLoadError:
    """Return what to tell people about an error of loading."""
    frames = traceback.extract_tb(error.__traceback__)
    # Raised by the room that looks for the variable, not by the program.
    isMissing = isinstance(error, KeyError) and frames[-1].filename == sob.__file__
    if isMissing and error.args == ("application",):
        return ApplicationLoadError(
            ExitStatus.EX_CONFIG,
            f"{filename} has no variable named 'application'. It has to hold what "
            "twisted.application.service.Application returns",
        )
    if isinstance(error, OSError) and error.filename == filename:
        return ApplicationLoadError(*explain(error))
    if isinstance(error, SyntaxError):
        where = f"{error.filename}, line {error.lineno}"
        return ApplicationLoadError(ExitStatus.EX_CONFIG, f"{where}: {error.msg}")
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    own = [frame for frame in frames if frame.filename == filename]
    if own and own[-1] is not frames[-1]:
        where = f"{filename}, line {own[-1].lineno}: {text}"
        where += f" (in {frames[-1].filename}, line {frames[-1].lineno})"
    elif own:
        where = f"{filename}, line {own[-1].lineno}: {text}"
    else:
        where = f"{filename}: {text}"
    return ApplicationLoadError(ExitStatus.EX_CONFIG, where)


def convertStyle(
    filein: str,
    typein: str,
    passphrase: None,
    fileout: str,
    typeout: str,
    encrypt: bool | int,
) -> None:
    """Load an application, and save it in another form.

    Args:
        filein: The file to load.
        typein: What it is: `python`, `pickle` or `source`.
        passphrase: Files are not encrypted; only None will do.
        fileout: The file to save to.
        typeout: What it is to be: `pickle` or `source`.
        encrypt: Files are not encrypted; only False will do.

    Raises:
        TypeError: Encryption is asked for.
        Exception: The application cannot be loaded or saved.
    """
    if encrypt:
        raise TypeError("files are not encrypted: leave out the encryption")
    application = loadApplication(filein, typein, passphrase)
    persistable = adapt(IPersistable, application)
    persistable.setStyle(typeout)
    persistable.save(filename=fileout)


def getPassphrase(needed: bool | int) -> str | None:
    """Ask for a passphrase, if one is needed.

    Args:
        needed: Whether it is.
    """
    return getPassword("Passphrase: ") if needed else None


def getSavePassphrase(needed: bool | int) -> str | None:
    """Ask for a passphrase twice, if one is needed.

    Args:
        needed: Whether it is.
    """
    return getPassword("Encryption passphrase: ", confirm=True) if needed else None


__all__ = [
    "ApplicationLoadError",
    "convertStyle",
    "getApplication",
    "getPassphrase",
    "getSavePassphrase",
]
