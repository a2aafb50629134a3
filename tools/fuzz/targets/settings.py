"""Parsers of what whoever runs a program writes: descriptions of endpoints, configuration files."""

import io
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from fuzz.target import Target, Violation, joined, text
from twisted.application.twist._configuration import ConfigurationError, readConfiguration
from twisted.internet.endpoints import clientFromString, serverFromString
from twisted.internet.testing import MemoryReactorClock
from twisted.python.systemd import ListenFDs
from twisted.runner.inetdconf import InetdConf, InvalidConfError, ServicesConf, UnknownService

_SERVERS = [
    *(b"tcp:80", b"tcp:port=80:interface=127.0.0.1:backlog=5", b"tcp6:80:interface=\\:\\:1"),
    *(b"unix:/tmp/x:mode=660:lockfile=0", b"systemd:INET:0", b"systemd:UNIX:name=x", b"fd:0:INET"),
    *(b"stdio:", b"ssl:443:privateKey=/none", b"haproxy:tcp:80", b"haproxy:haproxy\\:tcp\\:80:x"),
]
_CLIENTS = [
    *(
        b"tcp:example.com:80",
        b"tcp:host=::1:port=80",
        b"tcp4:h:1:timeout=1.5:bindAddress=127.0.0.1",
    ),
    *(b"unix:path=/tmp/x:timeout=5", b"socks5:h:80:proxyHost=p:username=u", b"tls:example.com:443"),
    *(b"socks4a:h:80:endpoint=tcp\\:p\\:1080", b"tls:h:443:endpoint=tcp\\:p\\:1", b"ssl:h:443"),
]
_SIGNS = [b":", b"=", b"\\", b"\\:", b"\\=", b":timeout=", b":port=65536", b":interface=", b"=x:x="]


def _made(make: Callable[[object, str], object], data: bytes) -> object:
    try:
        return type(make(MemoryReactorClock(), text(data)))
    except ValueError as error:
        shown = str(error)
    if "\n" in shown:
        raise Violation(f"{shown!r} is more than a line")
    return shown


def servers(pieces: list[bytes]) -> object:
    """Make a server endpoint of a description."""
    return _made(serverFromString, b"".join(pieces))


def clients(pieces: list[bytes]) -> object:
    """Make a client endpoint of a description."""
    return _made(clientFromString, b"".join(pieces))


_PID = b"4711"
_ENVIRONMENTS = [
    b"LISTEN_PID=4711\nLISTEN_FDS=2\nLISTEN_FDNAMES=web:control\n",
    b"LISTEN_PID=4711\nLISTEN_FDS=1\n",
    b"LISTEN_FDS=3\nLISTEN_FDNAMES=a:b\n",
    b"LISTEN_PID=4711\nLISTEN_FDS=65536\nLISTEN_FDNAMES=a:a:a\n",
]


def environment(pieces: list[bytes]) -> object:
    """Read what systemd tells a program by its environment."""
    variables = dict(
        line.partition("=")[::2] for line in text(b"".join(pieces)).split("\n") if "=" in line
    )
    if variables.get("LISTEN_PID") == _PID.decode():
        variables["LISTEN_PID"] = str(os.getpid())
    found = ListenFDs.fromEnvironment(variables)
    return found.inheritedDescriptors()[:5], sorted(found.inheritedNamedDescriptors().items())[:5]


@cache
def _file() -> Path:
    return Path(_directory().name) / "twist.toml"


@cache
def _directory() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="fuzz-")


_TOML = [
    *(b"[twist]\nreactor = 'epoll'\nlog-level = 'info'\n", b"[endpoints]\nweb = 'tcp:80'\n"),
    b"[[service]]\nplugin = 'web'\nname = 'x'\noptions = { port = { endpoint = 'web' }, a = 1 }\n",
    b"[[service]]\nplugin = 'ftp'\narguments = ['a', 1, 2.5]\n[service.options]\nx = [1, true]\n",
    *(b"options.help = true\n", b"x = 2020-01-01\n", b"# \xc3\xa9\n", b"[service]\n", b"a = {}\n"),
]
_TOML_WORDS = [*_TOML, b"{ endpoint = 'none' }", b"inf", b"nan", b"0xff", b"'''", b"[" * 100]


def configuration(pieces: list[bytes]) -> object:
    """Read a configuration of twist."""
    _file().write_bytes(b"".join(pieces))
    try:
        return repr(readConfiguration(str(_file())))
    except ConfigurationError as error:
        return str(error)


_INETD = [
    *(b"finger stream tcp nowait root /usr/sbin/fingerd fingerd -w\n", b"# a comment\n", b"\n"),
    *(b"7 dgram udp wait root.root internal\n", b"http stream tcp6 nowait.40 root:root /x y\n"),
    *(b"99999 stream tcp nowait root /x\n", b"x y\n", b"finger stream tcp nowait nobody! /x\n"),
]
_SERVICES = [b"finger 79/tcp\n", b"http 80/tcp www www-http # WWW\n", b"x 1/\n", b"y 70000/udp\n"]


def inetd(pieces: list[bytes]) -> object:
    """Read an inetd.conf, and the same as a services."""
    content = text(b"".join(pieces))
    known = ServicesConf()
    known.parseFile(io.StringIO("finger 79/tcp\nhttp 80/tcp\n"))
    inetd, services = InetdConf(known), ServicesConf()
    results: list[object] = []
    for read in (inetd, services):
        try:
            read.parseFile(io.StringIO(content))
        except (InvalidConfError, UnknownService) as error:
            results.append(str(error))
    results.append([vars(service) for service in inetd.services])
    results.append(sorted(services.services.items()))
    return results


# Each description looks for plugins, and the cache of those is read as a whole.
_PLUGINS = 20 * 2**20

SETTINGS = [
    Target(
        "endpoint-servers",
        joined(_SERVERS, 1),
        servers,
        [*_SERVERS, *_SIGNS],
        isStream=False,
        memory=_PLUGINS,
    ),
    Target(
        "endpoint-clients",
        joined(_CLIENTS, 1),
        clients,
        [*_CLIENTS, *_SIGNS],
        isStream=False,
        memory=_PLUGINS,
    ),
    Target(
        "systemd",
        joined(_ENVIRONMENTS, 1),
        environment,
        [b"LISTEN_FDS=", b"LISTEN_FDNAMES=", _PID],
        isStream=False,
        memory=2**23,
    ),
    Target(
        "twist-configuration",
        joined(_TOML),
        configuration,
        _TOML_WORDS,
        isStream=False,
        # Room for the largest file is made before it is read.
        memory=2**21,
    ),
    Target("inetd", joined([*_INETD, *_SERVICES]), inetd, [*_INETD, *_SERVICES], isStream=False),
]
