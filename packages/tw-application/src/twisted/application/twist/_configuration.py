"""A file in TOML that says what `twist` runs: its own options, endpoints, and services with theirs.

Each service is made by the plugin that the command line would name, from options that are written
as on the command line; so a plugin needs nothing to be configured so. Every error names the file
and the line or the key.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from twisted.application.service import IService, IServiceMaker, MultiService
from twisted.python.usage import Options, UsageError

MAXIMUM_SIZE = 1024 * 1024
"""How long the file may be, in bytes."""
MAXIMUM_SERVICES = 1000
"""How many services it may name."""
MAXIMUM_BITS = 64
"""How large a number may be, in bits; TOML asks for no more."""
_UNFIT = ("help", "version")


class ConfigurationError(UsageError):
    """The file is wrong; the text names it, and the line or the key."""


class ConfiguredService(NamedTuple):
    """One service of the file.

    Attributes:
        where: The file and the key, for errors.
        plugin: The name of the command that makes it.
        name: What the service is called; None for no name.
        arguments: The command line after the name of the command.
    """

    where: str
    plugin: str
    name: str | None
    arguments: list[str]


class Configuration(NamedTuple):
    """What the file says.

    Attributes:
        path: The file.
        settings: The options of `twist` by name, as text.
        services: The services in their order.
    """

    path: str
    settings: dict[str, str]
    services: list[ConfiguredService]


def readConfiguration(path: str) -> Configuration:
    """Read a file.

    Args:
        path: Its path.

    Raises:
        ConfigurationError: It is not understood.
        OSError: It cannot be read.
    """
    with Path(path).open("rb") as file:
        content = file.read(MAXIMUM_SIZE + 1)
    if len(content) > MAXIMUM_SIZE:
        raise ConfigurationError(f"{path} is longer than {MAXIMUM_SIZE} bytes")
    try:
        document = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}: line {line} is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is a ValueError of no class of its own.
        raise ConfigurationError(f"{path}: {str(error) or 'it is nested too deeply'}") from error
    return _Reading(path).configuration(document)


class _Reading:
    """Turns a document into a configuration, and names the place of what is wrong."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._endpoints: Mapping[str, object] = {}

    def configuration(self, document: Mapping[str, object]) -> Configuration:
        """Return what the document says."""
        self._known(document, "", ("twist", "endpoints", "service"))
        settings = self._table(document.get("twist", {}), "twist")
        self._endpoints = self._table(document.get("endpoints", {}), "endpoints")
        for name, description in self._endpoints.items():
            self._text(description, f"endpoints.{name}")
        entries = document.get("service", [])
        if not isinstance(entries, list):
            raise self._error("service", "each service begins with [[service]]")
        if len(entries) > MAXIMUM_SERVICES:
            raise self._error("service", f"there are more than {MAXIMUM_SERVICES}")
        return Configuration(
            self._path,
            {name: self._value(value, f"twist.{name}") for name, value in settings.items()},
            [self._service(entry, f"service[{n}]") for n, entry in enumerate(entries, 1)],
        )

    def _service(self, entry: object, key: str) -> ConfiguredService:
        """Return one service."""
        table = self._table(entry, key)
        self._known(table, f"{key}.", ("plugin", "name", "options", "arguments"))
        if "plugin" not in table:
            raise self._error(key, "it has no plugin")
        arguments: list[str] = []
        for option, value in self._table(table.get("options", {}), f"{key}.options").items():
            if option in _UNFIT:
                raise self._error(f"{key}.options.{option}", "this belongs on a command line")
            arguments += self._option(option, value, f"{key}.options.{option}")
        words = table.get("arguments", [])
        if not isinstance(words, list):
            raise self._error(f"{key}.arguments", "it has to be a list")
        arguments += [self._value(word, f"{key}.arguments[{n}]") for n, word in enumerate(words, 1)]
        name = None if "name" not in table else self._text(table["name"], f"{key}.name")
        plugin = self._text(table["plugin"], f"{key}.plugin")
        return ConfiguredService(f"{self._path}: {key}", plugin, name, arguments)

    def _option(self, name: str, value: object, key: str) -> Iterator[str]:
        """Yield the arguments that an option is on a command line."""
        if isinstance(value, list):
            for number, each in enumerate(value, 1):
                yield f"--{name}={self._value(each, f'{key}[{number}]')}"
        elif isinstance(value, bool):
            if value:
                yield f"--{name}"
        else:
            yield f"--{name}={self._value(value, key)}"

    def _value(self, value: object, key: str) -> str:
        """Return a value as on a command line; `{ endpoint = "NAME" }` stands for that endpoint."""
        match value:
            case bool():
                pass
            case int() if value.bit_length() > MAXIMUM_BITS:
                raise self._error(key, f"it has more than {MAXIMUM_BITS} bits")
            case str() | int() | float():
                return str(value)
            case {"endpoint": str(name), **rest} if not rest:
                if name not in self._endpoints:
                    raise self._error(key, f"there is no {name!r} among the endpoints")
                return str(self._endpoints[name])
        raise self._error(key, 'it has to be a text, a number or { endpoint = "NAME" }')

    def _text(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not value:
            raise self._error(key, "it has to be a text")
        return value

    def _table(self, value: object, key: str) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise self._error(key, "it has to be a table")
        return value

    def _known(self, table: Mapping[str, object], prefix: str, known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                raise self._error(f"{prefix}{name}", f"unknown, only {', '.join(known)} are known")

    def _error(self, key: str, text: str) -> ConfigurationError:
        return ConfigurationError(f"{self._path}: {key}: {text}")


def applySettings(
    configuration: Configuration, options: Mapping[str, Callable[[str], object]]
) -> None:
    """Set options of `twist` as the file says.

    Args:
        configuration: The file.
        options: What sets each option that can stand in the file, by its name.

    Raises:
        ConfigurationError: An option is unknown, or has a wrong value.
    """
    for name, value in configuration.settings.items():
        where = f"{configuration.path}: twist.{name}"
        if name not in options:
            raise ConfigurationError(f"{where}: unknown, only {', '.join(options)} are known")
        try:
            options[name](value)
        except UsageError as error:
            raise ConfigurationError(f"{where}: {error}") from error


def makeServices(
    configuration: Configuration, makers: Mapping[str, IServiceMaker], parent: Options
) -> IService:
    """Return a service made of those of the file.

    Args:
        configuration: The file.
        makers: The plugins by the name of their command.
        parent: The options of `twist`, for those of the plugins.

    Raises:
        ConfigurationError: A plugin is not there, or does not like its options.
    """
    whole = MultiService()
    for entry in configuration.services:
        maker = makers.get(entry.plugin)
        if maker is None:
            known = ", ".join(makers) or "none"
            raise ConfigurationError(
                f"{entry.where}.plugin: there is no plugin {entry.plugin!r}, only {known}"
            )
        options = maker.options()
        options.parent = parent
        try:
            options.parseOptions(entry.arguments)
            service = maker.makeService(options)
        except UsageError as error:
            raise ConfigurationError(f"{entry.where}.options: {error}") from error
        try:
            if entry.name is not None:
                service.setName(entry.name)
            service.setServiceParent(whole)
        except RuntimeError as error:
            raise ConfigurationError(f"{entry.where}.name: {error}") from error
    return whole
