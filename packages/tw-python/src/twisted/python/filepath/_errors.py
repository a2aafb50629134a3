"""What can be wrong with a path."""


class InsecurePath(Exception):
    """A name would lead out of the directory that it was to stay in."""


class LinkError(Exception):
    """Symbolic links lead round in a circle."""


class UnlistableError(OSError):
    """A path cannot be listed, because it is not there or is no directory.

    Attributes:
        originalException: The error of the operating system.
    """

    def __init__(self, originalException: OSError) -> None:
        """Wrap an error of the operating system; the text and the number are taken from it."""
        error = originalException
        # An OSError keeps of its arguments the number and the text in `args`.
        super().__init__(*error.args, *([] if error.filename is None else [error.filename]))
        self.originalException: OSError = originalException

    def __reduce__(self) -> tuple[type["UnlistableError"], tuple[OSError]]:
        return type(self), (self.originalException,)


for _error in (InsecurePath, LinkError, UnlistableError):
    _error.__module__ = "twisted.python.filepath"

__all__ = ["InsecurePath", "LinkError", "UnlistableError"]
