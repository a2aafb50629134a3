"""The example of the how-to about the file: it runs two services that the example answering makes."""

import shutil
import socket
from pathlib import Path

from .running import PATIENCE, ROOT, TWIST, freePort, run, running

EXAMPLE = ROOT / "docs" / "examples" / "configuration" / "twist.toml"
SERVICES = ROOT / "docs" / "examples" / "restarting"
HOW_TO = (ROOT / "docs" / "howto" / "configuration-file.md").read_text()


def answer(client: socket.socket, address: object) -> str:
    """Ask over a socket that is to be connected."""
    client.settimeout(PATIENCE)
    client.connect(address)  # type: ignore[arg-type]  # of either kind
    client.sendall(b"x\n")
    return client.makefile().readline()


def test_file_runs_both_services(tmp_path: Path) -> None:
    port = freePort()
    (tmp_path / "twist.toml").write_text(EXAMPLE.read_text().replace("8010", str(port)))
    (tmp_path / "greeting.txt").write_text("Hello from")
    variables = {"PYTHONPATH": str(SERVICES)}
    with running([TWIST, "--config=twist.toml"], tmp_path, variables) as service:
        service.waitFor(lambda text: "has started" in text)
        process = service.process.pid
        with socket.socket() as client:
            assert answer(client, ("127.0.0.1", port)) == f"Process {process}: x\n"
        with socket.socket(socket.AF_UNIX) as client:
            path = str(tmp_path / "answering.socket")
            assert answer(client, path).split() == ["Hello", "from", f"{process}:", "x"]
        assert service.stop() == 0


def test_error_is_the_one_that_the_how_to_shows(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    file = tmp_path / "twist.toml"
    file.write_text(file.read_text().replace("options.greeting", "options.greting"))
    status, _, err = run([TWIST, "--config=twist.toml"], tmp_path, {"PYTHONPATH": str(SERVICES)})
    assert status == 78
    assert err.rstrip(".\n") in HOW_TO
