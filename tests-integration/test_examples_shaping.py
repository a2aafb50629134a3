"""The example of the how-to on shaping, with curl as the client."""

import hashlib
from pathlib import Path

from .peers import needs
from .running import run
from .test_examples_lines import ANYWHERE, server

SIZE = 100_000


@needs("curl")
def test_a_client_gets_all_of_the_file_and_no_faster_than_allowed(tmp_path: Path) -> None:
    content = b"".join(number.to_bytes(4) for number in range(SIZE // 4))
    (tmp_path / "file").write_bytes(content)
    with server("shaping/shaper.py", str(tmp_path / "file"), ANYWHERE) as (_, port):
        status, out, err = run(
            [
                *(
                    "curl",
                    "--silent",
                    "--show-error",
                    "--http0.9",
                    "--output",
                    str(tmp_path / "got"),
                ),
                *("--write-out", "%{size_download} %{speed_download}"),
                f"http://127.0.0.1:{port}/",
            ]
        )
    assert (status, err) == (0, "")
    got = (tmp_path / "got").read_bytes()
    assert hashlib.sha256(got).digest() == hashlib.sha256(content).digest()
    size, speed = map(int, out.split())
    assert size == SIZE
    # Ten thousand bytes at once, and fifty thousand each second after that. A busy machine makes
    # it slower, and nothing can make it faster.
    assert speed <= SIZE / ((SIZE - 10_000) / 50_000) + 1
