"""The examples of the how-to about files do what it says."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples" / "files"


def run(name: str, *words: str | Path, status: int = 0) -> str:
    """Run an example; return what it printed, on either stream."""
    finished = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert finished.returncode == status, finished.stdout
    return finished.stdout


def test_notes_are_kept(tmp_path: Path) -> None:
    assert run("notebook.py", tmp_path / "notes", "today", "buy milk") == ""
    assert run("notebook.py", tmp_path / "notes", "today") == "buy milk\n"
    assert os.listdir(tmp_path / "notes") == ["today.txt"]
    assert run("notebook.py", tmp_path, "no", status=1) == "notebook.py: there is no such note\n"


def test_a_note_stays_in_its_directory(tmp_path: Path) -> None:
    said = run("notebook.py", tmp_path / "notes", "../today", "buy milk", status=1)
    assert said == "notebook.py: '../today.txt' is not the name of an entry of a directory\n"
    assert os.listdir(tmp_path) == ["notes"]


def test_a_directory_and_an_archive_are_listed(tmp_path: Path) -> None:
    (tmp_path / "top" / "sub").mkdir(parents=True)
    (tmp_path / "top" / "sub" / "a").write_text("12345")
    (tmp_path / "top" / "b").write_text("")
    with zipfile.ZipFile(tmp_path / "top.zip", "w") as archive:
        archive.writestr("sub/a", "12345")
        archive.writestr("b", "")
    expected = "b 0\nsub\n  a 5\n"
    assert run("listing.py", tmp_path / "top") == expected
    assert run("listing.py", tmp_path / "top.zip") == expected


def test_an_archive_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a", bytes(100_000))
    assert run("unpack.py", tmp_path / "x.zip", tmp_path / "out") == (
        "chunks left: 1\nchunks left: 0\n"
    )
    assert (tmp_path / "out" / "a").read_bytes() == bytes(100_000)


def test_a_hostile_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(20_000_000))
    said = run("unpack.py", tmp_path / "x.zip", tmp_path / "out", status=1)
    assert "unpacks to 20000000 bytes; maxSize is 10000000" in said
    assert os.listdir(tmp_path) == ["x.zip"]


def test_one_of_two_processes_works(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    command = [sys.executable, str(EXAMPLES / "only_one.py"), str(lock)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "working; press Enter to finish\n"
        assert run("only_one.py", lock, status=1) == "only_one.py: another process is at it\n"
        first.communicate("\n")
    assert not os.path.lexists(lock)


def test_a_lock_of_a_process_that_crashed_is_free(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    command = [sys.executable, str(EXAMPLES / "only_one.py"), str(lock)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as first:
        assert first.stdout is not None
        first.stdout.readline()
        first.kill()
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as second:
        assert second.communicate("\n")[0] == (
            "the last one did not finish\nworking; press Enter to finish\n"
        )


def test_bytes_are_sent() -> None:
    assert run("send_replacement.py") == (
        "Sent 12 bytes\nReceived b'Hello, world'\nExtra stuff, boring in this case: 0 []\n"
    )


def test_a_descriptor_is_copied() -> None:
    assert run("copy_descriptor.py") == (
        "Read from the original: b'Hello,'\nRead from the duplicate: b' world'\n"
    )


def test_a_module_finds_the_file_beside_it() -> None:
    assert run("beside.py") == "a file beside the module\n"


def test_the_how_to_shows_each_example() -> None:
    text = (ROOT / "docs" / "howto" / "files.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"examples/files/(\w+\.py)", text))
    assert shown == {path.name for path in EXAMPLES.glob("*.py")}
