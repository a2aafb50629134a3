"""Finding programs."""

import os


def which(name: str, flags: int = os.X_OK) -> list[str]:
    """Return where on `PATH` the programs of a name are.

    Args:
        name: The name of a program, on Windows without its extension, or its path.
        flags: What this process must be allowed to do with them, as for `os.access`; running
            them, if left out.

    Returns:
        The paths in the order of `PATH`, none if there is no such program. Directories that
        `PATH` names by nothing are not searched.
    """
    directories = [""] if os.path.dirname(name) else os.environ.get("PATH", "").split(os.pathsep)
    extensions = ["", *filter(None, os.environ.get("PATHEXT", "").split(os.pathsep))]
    return [
        path
        for directory in directories
        if directory or os.path.dirname(name)
        for path in (os.path.join(directory, name) + extension for extension in extensions)
        if os.path.isfile(path) and os.access(path, flags)
    ]


__all__ = ["which"]
