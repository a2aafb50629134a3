"""The example of the README is a server that works."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def test_readme_example_echoes_until_control_c() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    process = subprocess.Popen(
        [sys.executable, "-c", code, "tcp:0:interface=127.0.0.1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"port=([0-9]+)", process.stdout.readline())
        assert found
        with socket.create_connection(("127.0.0.1", int(found[1])), 30) as client:
            client.sendall(b"hello")
            assert client.recv(5) == b"hello"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
