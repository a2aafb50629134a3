"""The command line of `twistd fingertips`."""

from twisted.application.service import MultiService
from twisted.python import usage

from fingertips import making


def port(text: str) -> int:
    """Return the port that a text names."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise ValueError("a port is a number up to 65535")
    return int(text)


def seconds(text: str) -> float:
    """Return the time that a text names."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.01 <= value <= 86400:
        raise ValueError("the interval is a number of seconds, from 0.01 to a day")
    return value


class Options(usage.Options):
    """The options of `twistd fingertips`."""

    synopsis = "[options]"
    longdesc = "Answers finger queries about the users in a file."

    optParameters = [
        ["file", "f", "/etc/users", "The file with lines such as 'ada: Thinking'."],
        ["interval", "i", 30.0, "After how many seconds it is read again.", seconds],
        ["interface", None, "", "The address to listen at; all if empty."],
        ["port", "p", making.FINGER_PORT, "The port to listen at.", port],
        ["tls", None, None, "A file with a key and a certificate; listens with TLS too."],
        ["tlsport", None, making.TLS_PORT, "The port to listen at with TLS.", port],
    ]


def makeService(options: Options) -> MultiService:
    """Return the service that the command line asks for."""
    return making.makeService(
        {
            "file": options["file"],
            "interval": options["interval"],
            "interface": options["interface"],
            "port": options["port"],
            "tls": options["tls"],
            "tlsport": options["tlsport"],
        }
    )
