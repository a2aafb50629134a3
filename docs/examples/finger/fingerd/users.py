"""Who there is to ask about: the users, and the text that describes them.

The text is in the form that Python's configparser reads, a section for each user:

    [alice]
    name = Alice Liddell
    status = Down the rabbit hole
    plan = Find out what is behind
        the little door.

All keys may be left out. A line that begins with blanks goes on with the one before.
"""

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass

LOGIN = re.compile(r"[A-Za-z0-9._-]{1,32}")
KEYS = ("name", "status", "plan")

SAMPLE = """\
[alice]
name = Alice Liddell
status = Down the rabbit hole
plan = Find out what is behind
    the little door.

[hatter]
name = The Hatter
status = At tea since six o'clock

[rabbit]
name = The White Rabbit
status = Late
"""


class UsersError(Exception):
    """A text that describes users cannot be understood; the error says where and why."""


@dataclass(frozen=True)
class User:
    """Somebody to ask about.

    Attributes:
        login: The name to ask for.
        name: The full name.
        status: One line.
        plan: Any number of lines.
    """

    login: str
    name: str = ""
    status: str = ""
    plan: tuple[str, ...] = ()


def parseUsers(text: str) -> Mapping[str, User]:
    """Return the users that a text describes, by login, in its order.

    Raises:
        UsersError: The text is not in the form that is described above.
    """
    # No section is special, and a percent sign is one.
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(text, "users")
    except configparser.MissingSectionHeaderError as error:
        raise UsersError(f"line {error.lineno} comes before the first line like [alice]")
    except configparser.Error as error:
        raise UsersError(" ".join(str(error).split()))
    users = {login: _user(login, parser[login]) for login in parser.sections()}
    if not users:
        # Whoever reads a file while an editor writes it may find it empty.
        raise UsersError("it has no users: each begins with a line like [alice]")
    return users


def _user(login: str, section: Mapping[str, str]) -> User:
    if not LOGIN.fullmatch(login):
        raise UsersError(f"[{login}]: a login is 1 to 32 letters, digits, dots, '_' or '-'")
    for key in section:
        if key not in KEYS:
            raise UsersError(f"[{login}]: unknown key {key!r}, it may have {', '.join(KEYS)}")
    return User(
        login,
        " ".join(section.get("name", "").split()),
        " ".join(section.get("status", "").split()),
        tuple(section.get("plan", "").strip("\n").splitlines()),
    )
