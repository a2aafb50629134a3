"""Writes the answers: lines of text that end in CRLF (RFC 1288 section 2.2)."""

from collections.abc import Iterable, Mapping

from fingerd.query import Query
from fingerd.users import User

FORWARDING_DENIED = "Finger forwarding service denied."


def answer(query: Query, users: Mapping[str, User]) -> bytes:
    """Return the answer to a query."""
    if query.hosts:
        # RFC 1288 section 3.2.1 leaves it to us. Passing on would let strangers hide behind us.
        return encode([FORWARDING_DENIED])
    if not query.user:
        return encode(_everybody(users.values(), query.verbose))
    user = users.get(query.user)
    if user is None:
        return encode([f"{query.user}: no such user."])
    return encode(_describe(user, query.verbose))


def encode(lines: Iterable[str]) -> bytes:
    """Return lines as they are sent, with control characters made visible."""
    return b"".join(_visible(line).encode("utf-8") + b"\r\n" for line in lines)


def _everybody(users: Iterable[User], verbose: bool) -> list[str]:
    if verbose:
        return [line for user in users for line in (*_describe(user, True), "")]
    rows = [("Login", "Name", "Status"), *((u.login, u.name, u.status) for u in users)]
    if len(rows) == 1:
        return ["Nobody is here."]
    login, name = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [f"{row[0]:{login}}  {row[1]:{name}}  {row[2]}".rstrip() for row in rows]


def _describe(user: User, verbose: bool) -> list[str]:
    lines = [f"Login: {user.login}"]
    if user.name:
        lines[0] += f"  Name: {user.name}"
    if user.status:
        lines.append(f"Status: {user.status}")
    if verbose:
        lines += ["Plan:", *user.plan] if user.plan else ["No plan."]
    return lines


def _visible(line: str) -> str:
    """Return a line in which no control character can upset the terminal of who asked."""
    return "".join(char if char.isprintable() or char == "\t" else "?" for char in line)
