"""List what is in a directory or a zip archive, with sizes."""

import sys

from twisted.python.filepath import FilePath, IFilePath
from twisted.python.zippath import ZipArchive


def show(path: IFilePath, depth: int = 0) -> None:
    """Print a line for each entry, those of directories below them."""
    for child in sorted(path.children(), key=lambda each: str(each.basename())):
        size = "" if child.isdir() else child.getsize()
        print("  " * depth + f"{child.basename()} {size}".rstrip())
        if child.isdir():
            show(child, depth + 1)


top = FilePath(sys.argv[1])
show(top if top.isdir() else ZipArchive(top.path))
