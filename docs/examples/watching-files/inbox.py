"""Print each file that is put into a directory, when it is complete: python inbox.py DIRECTORY."""

import sys

from twisted.internet import inotify
from twisted.internet.defer import Deferred
from twisted.internet.task import react
from twisted.python.filepath import FilePath

COMPLETE = inotify.IN_CLOSE_WRITE | inotify.IN_MOVED_TO


def arrived(notify: inotify.INotify, path: FilePath[bytes], mask: int) -> None:
    if mask & inotify.IN_Q_OVERFLOW:
        print("too much at once, look for yourself in", path.asTextMode().path, flush=True)
    elif not mask & inotify.IN_ISDIR:
        print(path.asTextMode().path, *inotify.humanReadableMask(mask), flush=True)


async def main(reactor: object, directory: str) -> None:
    notify = inotify.INotify(reactor)
    notify.startReading()
    try:
        notify.watch(FilePath(directory), COMPLETE, True, [arrived], recursive=True)
    except inotify.INotifyError as error:
        sys.exit(str(error))
    print("watching", directory, flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
