"""The file `dropin.cache`: which plugins the modules of a directory have.

With it, a program that asks for plugins imports only the modules that have some. The file is JSON:
reading it can run nothing and import nothing. What it says of a module counts only as long as the
module's file has the size and the time of change that it had when the entry was made, and only for
modules that are in the directory. So the worst that a wrong file can do is to hide a plugin.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twisted import __version__
from twisted.logger import Logger
from twisted.plugin._paths import Stamp

CACHE_NAME = "dropin.cache"

MAXIMUM_CACHE_SIZE = 16 * 1024 * 1024
"""The size in bytes beyond which the file is not read, but taken for damaged."""

# Entries of another version are made again: the names of the interfaces may have moved.
_FORMAT = f"tw-plugin {__version__}"

_log = Logger(namespace="twisted.plugin")


@dataclass(frozen=True)
class PluginEntry:
    """A plugin, as the cache knows it.

    Attributes:
        name: The name of the object in its module.
        description: Its docstring.
        provided: The full names of the interfaces that it provides, with those they extend.
    """

    name: str
    description: str | None
    provided: tuple[str, ...]


@dataclass(frozen=True)
class ModuleEntry:
    """A module, as the cache knows it.

    Attributes:
        stamp: What its file was like.
        description: Its docstring.
        plugins: Its plugins.
    """

    stamp: Stamp
    description: str | None
    plugins: tuple[PluginEntry, ...]


class _Damaged(Exception):
    """The file is not what this room writes."""


def _check(condition: bool) -> None:
    if not condition:
        raise _Damaged("it is not a plugin cache, or of another version")


def _string(value: object) -> str:
    _check(isinstance(value, str))
    return str(value)


def _description(value: object) -> str | None:
    return None if value is None else _string(value)


def _list(value: object) -> list[object]:
    _check(isinstance(value, list))
    return list(value) if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, object]:
    _check(isinstance(value, dict))
    return dict(value) if isinstance(value, dict) else {}


def _integer(value: object) -> int:
    _check(isinstance(value, int) and not isinstance(value, bool))
    return value if isinstance(value, int) else 0


def _plugins(value: object) -> Iterator[PluginEntry]:
    for item in _list(value):
        plugin = _mapping(item)
        yield PluginEntry(
            _string(plugin.get("name")),
            _description(plugin.get("description")),
            tuple(_string(each) for each in _list(plugin.get("provided"))),
        )


def parse(text: bytes) -> dict[str, ModuleEntry]:
    """Return what a cache file says.

    Raises:
        ValueError: It is not a cache file of this version. (So is what JSON raises.)
    """
    try:
        content = _mapping(json.loads(text))
        _check(content.get("format") == _FORMAT)
        entries = {}
        for name, item in _mapping(content.get("modules")).items():
            module = _mapping(item)
            entries[name] = ModuleEntry(
                Stamp(_integer(module.get("modified")), _integer(module.get("size"))),
                _description(module.get("description")),
                tuple(_plugins(module.get("plugins"))),
            )
        return entries
    except (_Damaged, RecursionError) as error:
        raise ValueError(str(error)) from error


def render(entries: Mapping[str, ModuleEntry]) -> bytes:
    """Return the content of a cache file."""
    modules = {
        name: {
            "modified": entry.stamp.modified,
            "size": entry.stamp.size,
            "description": entry.description,
            "plugins": [
                {
                    "name": plugin.name,
                    "description": plugin.description,
                    "provided": list(plugin.provided),
                }
                for plugin in entry.plugins
            ],
        }
        for name, entry in sorted(entries.items())
    }
    return json.dumps({"format": _FORMAT, "modules": modules}, indent=1).encode("ascii")


# What was logged already: a program asks for plugins often, and nothing changed.
_reported: set[tuple[str, str]] = set()


def _reportOnce(format: str, path: str, error: Exception) -> None:
    """Log what is wrong with a cache file, the first time."""
    key = (path, f"{type(error).__name__} {error}")
    if key not in _reported:
        _reported.add(key)
        _log.info(format, path=path, error=error)


def read(directory: str) -> dict[str, ModuleEntry]:
    """Return what the cache file of a directory says; nothing if there is no good one."""
    path = os.path.join(directory, CACHE_NAME)
    try:
        with open(path, "rb") as file:
            text = file.read(MAXIMUM_CACHE_SIZE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        _reportOnce("The plugin cache {path} cannot be read: {error}", path, error)
        return {}
    try:
        if len(text) > MAXIMUM_CACHE_SIZE:
            raise ValueError(f"it is larger than {MAXIMUM_CACHE_SIZE} bytes")
        return parse(text)
    except ValueError as error:
        _reportOnce("The plugin cache {path} is made anew: {error}", path, error)
        return {}


def write(directory: str, entries: Mapping[str, ModuleEntry]) -> None:
    """Write the cache file of a directory, whole or not at all; log it if that is impossible."""
    path = os.path.join(directory, CACHE_NAME)
    temporary = f"{path}.{secrets.token_hex(8)}"
    try:
        # The mode is left to the umask: others are to read what an administrator wrote.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with open(descriptor, "wb") as file:
                file.write(render(entries))
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        _reportOnce(
            "The plugin cache {path} cannot be written, so that looking for plugins takes longer:"
            " {error}. Whoever may write there brings it up to date with: python -c"
            ' "from twisted.plugin import IPlugin, getPlugins; list(getPlugins(IPlugin))"',
            path,
            error,
        )


__all__ = ["CACHE_NAME", "MAXIMUM_CACHE_SIZE", "ModuleEntry", "PluginEntry", "read", "write"]
