"""The modules that make services of protocols."""

from pathlib import Path

import pytest

from twisted.application.internet import StreamServerEndpointService
from twisted.protocols.ftp import FTPFactory
from twisted.protocols.portforward import ProxyFactory
from twisted.protocols.socks import SOCKSv4Factory, allowLocalClients
from twisted.python.usage import UsageError
from twisted.tap import ftp, portforward, socks


def test_connections_are_passed_on_to_the_port_that_was_named() -> None:
    options = portforward.Options()
    options.parseOptions(["-p", "tcp:7:interface=127.0.0.1", "-h", "example.org", "-d", "79"])
    service = portforward.makeService(options)
    assert isinstance(service, StreamServerEndpointService)
    factory = service.factory
    assert isinstance(factory, ProxyFactory)
    assert (factory.host, factory.port) == ("example.org", 79)


def test_bare_port_is_one_of_tcp() -> None:
    options = portforward.Options()
    options.parseOptions(["-p", "7"])
    assert isinstance(portforward.makeService(options), StreamServerEndpointService)


@pytest.mark.parametrize("words", [["-d", "x"], ["-d", "70000"]])
def test_wrong_ports_are_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="dest_port"):
        portforward.Options().parseOptions(words)


def test_endpoint_that_cannot_be_understood_is_refused() -> None:
    options = portforward.Options()
    options.parseOptions(["-p", "nonsense:1"])
    with pytest.raises(UsageError, match="--port does not take 'nonsense:1'"):
        portforward.makeService(options)


def test_proxy_serves_clients_of_this_machine() -> None:
    options = socks.Options()
    options.parseOptions(["-p", "7", "-l", "/nowhere/log"])
    service = socks.makeService(options)
    port, factory = service.args
    assert (port, service.kwargs) == (7, {"interface": "127.0.0.1"})
    assert isinstance(factory, SOCKSv4Factory)
    assert (factory.rule, factory.logging) == (allowLocalClients, "/nowhere/log")


def test_files_are_served_with_the_checkers_that_were_named(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("ada:sesame\n")
    options = ftp.Options()
    words = ["-p", "7", "-r", str(tmp_path), "--userAnonymous", "ftp"]
    options.parseOptions([*words, "--password-file", str(passwords)])
    service = ftp.makeService(options)
    assert isinstance(service, StreamServerEndpointService)
    factory = service.factory
    assert isinstance(factory, FTPFactory)
    assert factory.userAnonymous == "ftp"
    assert factory.portal is not None
    assert len(options["credCheckers"]) == 1
    # Guests beside the users of the file.
    assert len(factory.portal.checkers) > 1


@pytest.mark.parametrize("option", ["--root", "--password-file"])
def test_missing_files_of_the_server_are_told(tmp_path: Path, option: str) -> None:
    words = ["--root", str(tmp_path), option, str(tmp_path / "none")]
    with pytest.raises(UsageError, match="check the name"):
        ftp.Options().parseOptions(words)
