"""The examples of the how-to on descriptors, between real processes."""

import os
import re
import sys
from pathlib import Path

from .running import run, running

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "low-level-sockets"


def test_adopting_serves_sockets_that_were_made_by_hand() -> None:
    assert run([sys.executable, "adopting.py"], EXAMPLES) == (0, "received b'HELLO'\n", "")


def test_recvfd_prints_the_file_that_sendfd_sends(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("It travels.\n")
    socket = str(tmp_path / "socket")
    with running([sys.executable, "recvfd.py", socket], EXAMPLES) as receiver:
        receiver.waitFor(lambda text: "listening" in text)
        for _ in range(2):
            sent = run([sys.executable, "sendfd.py", socket, str(letter)], EXAMPLES)
            assert sent == (0, "", "")
        receiver.waitFor(lambda text: text.endswith("It travels.\nIt travels.\n"))
        assert receiver.stop() == 0, receiver.err


def test_letterbox_prints_what_is_written_to_a_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "letters"
    os.mkfifo(pipe)
    with running([sys.executable, "letterbox.py", str(pipe)], EXAMPLES) as box:
        box.waitFor(lambda text: "waiting" in text)
        for letter in ("one", "two"):
            pipe.write_text(letter)
            box.waitFor(re.compile(f"received b'{letter}'\n").search)
        assert box.stop() == 0, box.err
        assert box.err == []


def test_letterbox_refuses_what_is_no_named_pipe(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    status, _, err = run([sys.executable, "letterbox.py", str(path)], EXAMPLES)
    assert (status, err) == (1, f"{path} is no named pipe: make one with mkfifo\n")
