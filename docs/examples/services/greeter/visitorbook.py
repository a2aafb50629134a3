"""A service of its own: keeps a file open while it runs and writes the count into it."""

from typing import TextIO

from twisted.application.service import Service

from greeter.greeting import Greeter


class VisitorBook(Service):
    """Writes how many visitors there were into a file when the program stops."""

    def __init__(self, path: str, greeter: Greeter) -> None:
        self.path = path
        self.greeter = greeter
        self.file: TextIO | None = None

    def startService(self) -> None:
        # An exception here, such as that of a folder that is not there, ends the program with
        # one line that says so. To find out later is worse.
        self.file = open(self.path, "a", encoding="utf-8")
        super().startService()

    def stopService(self) -> None:
        super().stopService()
        if self.file is not None:
            self.file.write(f"{self.greeter.visitors} visitors\n")
            self.file.close()
            self.file = None
