"""AMP servers as applications that twistd runs, and their clients."""

import os
import signal
import sys
from pathlib import Path

import pytest

from .daemons import TWISTD
from .namespaces import Side
from .running import ROOT, Running, freePort, run, running

EXAMPLES = ROOT / "docs" / "examples" / "amp"

BASIC = """
from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory
from twisted.protocols.amp import AMP

application = Application("peer without commands")
endpoint = TCP4ServerEndpoint(reactor, {port}, interface="127.0.0.1")
StreamServerEndpointService(endpoint, Factory.forProtocol(AMP)).setServiceParent(application)
"""

CLIENT = """
import sys

from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.amp import AMP, Command, Integer, UnhandledCommand, Unicode

class Register(Command):
    arguments = [("name", Unicode())]
    response = [("number", Integer())]

async def main(reactor, port):
    endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", int(port))
    try:
        peer = await endpoint.connect(Factory.forProtocol(AMP))
        print(await peer.callRemote(Register, name="ada"))
    except (ConnectionRefusedError, UnhandledCommand) as error:
        print(type(error).__name__)

react(main, sys.argv[1:])
"""


def began(daemon: Running) -> None:
    daemon.waitFor(lambda text: "The service has started" in text)


def test_peer_without_commands_refuses_them(tmp_path: Path) -> None:
    port = freePort()
    (tmp_path / "basic.tac").write_text(BASIC.format(port=port))
    (tmp_path / "client.py").write_text(CLIENT)
    client = [sys.executable, "client.py", str(port)]
    with running([TWISTD, "--pidfile=", "-ny", "basic.tac"], tmp_path) as daemon:
        began(daemon)
        assert run(client, tmp_path) == (0, "UnhandledCommand\n", "")
        assert daemon.stop() == -signal.SIGINT
    assert run(client, tmp_path) == (0, "ConnectionRefusedError\n", "")


def test_calculator_is_a_service() -> None:
    if os.geteuid() != 0:
        pytest.skip("a network of its own, with the port of the example, is for root")
    try:
        side = Side()
    except PermissionError as error:
        pytest.skip(f"a network of its own is for root (CAP_SYS_ADMIN): {error}")
    command = [TWISTD, "--pidfile=", "-ny", "calculator_server.tac"]
    with side.inside(), running(command, EXAMPLES) as daemon:
        began(daemon)
        status, out, err = run([sys.executable, "calculator_client.py"], EXAMPLES)
        assert (status, err) == (0, "")
        assert out.splitlines()[0] == "the sum is 94"
        assert daemon.stop() == -signal.SIGINT
    side.close()
