"""The examples of the how-to on calls between programs."""

import socket
import sys
from pathlib import Path

from OpenSSL import crypto

from twisted.internet.ssl import DN, Certificate, KeyPair, PrivateCertificate
from twisted.protocols.amp import AmpBox, parseString

from .running import PATIENCE, ROOT, Running, run, running

EXAMPLES = ROOT / "docs" / "examples" / "amp"
ANY_PORT = "tcp:0:interface=127.0.0.1"


def example(name: str, *arguments: str | Path) -> list[str]:
    """Return the command that runs an example."""
    return [sys.executable, str(EXAMPLES / name), *map(str, arguments)]


def portOf(server: Running) -> str:
    """Return the port that an example listens on."""
    server.waitFor(lambda said: said.endswith("\n"))
    return "".join(server.out).split()[-1]


def test_calculator() -> None:
    # calculator.py holds the commands of both.
    with running(example("calculator_server.py", ANY_PORT)) as server:
        client = example("calculator_client.py", f"tcp:127.0.0.1:{portOf(server)}")
        assert run(client) == (
            0,
            "the sum is 94\nthe server says: division by zero\nthe quotient is 3.5\n",
            "",
        )


def test_registration(tmp_path: Path) -> None:
    with running(example("registration.py", "serve", tmp_path, ANY_PORT)) as server:
        port = portOf(server)

        def register(name: str) -> str:
            where = f"tcp:127.0.0.1:{port}"
            status, out, err = run(example("registration.py", "register", name, where))
            assert (status, err) == (0, "")
            return out

        assert register("alice") == "Registration result: {'uid': 1}\n"
        assert register("bob") == "Registration result: {'uid': 2}\n"
        assert register("alice") == "Failed to register: alice is taken\n"
        assert register("../x").startswith("Failed to register: a name is")
    assert (tmp_path / "alice").read_bytes() == b"1 ssh-ed25519 AAAA\n"


def test_box_reflector() -> None:
    with running(example("box_reflector.py", ANY_PORT)) as server:
        box = AmpBox(username=b"alice", anything=b"")
        address = ("127.0.0.1", int(portOf(server)))
        with socket.create_connection(address, timeout=PATIENCE) as connection:
            connection.sendall(box.serialize())
            received = b""
            while not parseString(received):
                received += connection.recv(1000)
        assert parseString(received) == [box]
        server.waitFor(lambda said: "the end: " in said)


def test_tls_is_started(tmp_path: Path) -> None:
    authority = KeyPair.generate(crypto.TYPE_EC, 256).selfSignedCert(1, CN="authority")
    (tmp_path / "root.pem").write_bytes(Certificate(authority.original).dumpPEM())
    key = KeyPair.generate(crypto.TYPE_EC, 256)
    signed = authority.signRequestObject(key.requestObject(DN(CN="example.com")), 2)
    server = PrivateCertificate.fromCertificateAndKeyPair(signed, key)
    (tmp_path / "server.pem").write_bytes(server.dumpPEM())
    status, out, err = run(example("start_tls.py", tmp_path / "server.pem", tmp_path / "root.pem"))
    assert (status, out) == (0, "the sum is 6\nthe peer is example.com\n"), err
