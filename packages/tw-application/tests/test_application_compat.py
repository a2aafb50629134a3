"""The record that the requirement Twisted is met, and what finds mixed files."""

import base64
import hashlib
import os
from importlib.metadata import DistributionFinder, MetadataPathFinder, PathDistribution
from pathlib import Path

import pytest

from twisted import __version__
from twisted.application.compat import RecordError, findFaults, main, removeRecord, writeRecord

OURS = "Classifier: Framework :: Twisted\n"


def install(
    folder: Path, name: str, files: dict[str, str], version: str = "1.0", extra: str = ""
) -> Path:
    """Put a distribution into a directory as a package manager would."""
    lines = []
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines.append(f"{file},sha256={digest.decode()},{len(text)}\n")
    information = folder / f"{name.replace('-', '_').lower()}-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extra}"
    )
    (information / "INSTALLER").write_text("pip\n")
    (information / "RECORD").write_text("".join(lines))
    return information


def found(folder: Path) -> list[tuple[str, str]]:
    """Return what is called Twisted there, as importlib finds it."""
    # Other finders of this process are left out, which look at other directories.
    context = DistributionFinder.Context(name="twisted", path=[str(folder)])
    all_ = MetadataPathFinder.find_distributions(context)
    return [(each.metadata["Name"], each.version) for each in all_]


def test_record_is_found_under_the_name_twisted(tmp_path: Path) -> None:
    written = writeRecord(tmp_path)
    assert written == tmp_path / f"twisted-{__version__}.dist-info"
    assert found(tmp_path) == [("Twisted", __version__)]


def test_record_has_the_extras_and_pins_what_meets_them(tmp_path: Path) -> None:
    record = PathDistribution(writeRecord(tmp_path, "99.1.0"))
    extras = record.metadata.get_all("Provides-Extra") or []
    assert {"tls", "serial", "conch", "http2", "all-non-platform"} <= set(extras)
    assert "tw-tls==99.1.0; extra == 'tls'" in (record.requires or [])
    assert all("extra ==" in line for line in record.requires or [])


def test_record_can_be_read_by_everybody(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        written = writeRecord(tmp_path)
    finally:
        os.umask(before)
    assert written.stat().st_mode & 0o777 == 0o755
    assert (written / "METADATA").stat().st_mode & 0o777 == 0o644


def test_record_replaces_that_of_another_version(tmp_path: Path) -> None:
    writeRecord(tmp_path, "26.1.0")
    writeRecord(tmp_path, "26.2.0")
    assert found(tmp_path) == [("Twisted", "26.2.0")]
    assert len(list(tmp_path.iterdir())) == 1


def test_record_that_is_removed_leaves_nothing(tmp_path: Path) -> None:
    writeRecord(tmp_path)
    assert removeRecord(tmp_path)
    assert not list(tmp_path.iterdir())
    assert not removeRecord(tmp_path)


def test_record_is_not_written_beside_twisted_itself(tmp_path: Path) -> None:
    install(tmp_path, "Twisted", {"twisted/__init__.py": ""}, "26.10.0")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RecordError, match="pip uninstall Twisted"):
        writeRecord(tmp_path)
    assert not removeRecord(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_record_of_tw_compat_is_left_to_it(tmp_path: Path) -> None:
    (writeRecord(tmp_path) / "INSTALLER").write_text("tw-compat\n")
    with pytest.raises(RecordError, match="already"):
        writeRecord(tmp_path)
    with pytest.raises(RecordError, match="pip uninstall tw-compat"):
        removeRecord(tmp_path)
    assert found(tmp_path) == [("Twisted", __version__)]


def test_directory_that_cannot_be_written_to_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        writeRecord(tmp_path / "none")
    (tmp_path / f"twisted-{__version__}.dist-info").write_text("a file")
    with pytest.raises(NotADirectoryError):
        writeRecord(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A directory with two parts."""
    install(tmp_path, "tw-python", {"twisted/__init__.py": "ours"}, "26.11.0", OURS)
    install(tmp_path, "tw-logger", {"twisted/logger/__init__.py": "log"}, "26.11.0", OURS)
    return tmp_path


def test_nothing_is_wrong_with_parts_alone(house: Path) -> None:
    assert findFaults(house) == []
    writeRecord(house)
    assert findFaults(house) == []


def test_twisted_itself_is_found(house: Path) -> None:
    install(house, "Twisted", {"twisted/web/client.py": ""}, "26.10.0")
    (fault,) = findFaults(house)
    assert "Twisted 26.10.0 itself is installed too, with 1 files" in fault
    assert "pip uninstall Twisted" in fault


def test_file_that_was_overwritten_is_found(house: Path) -> None:
    install(house, "Twisted", {"twisted/__init__.py": "theirs"}, "26.10.0")
    _, fault = findFaults(house)
    assert fault == (
        "tw-python has other contents in twisted/__init__.py: "
        "run 'pip install --force-reinstall --no-deps tw-python==26.11.0'"
    )


def test_file_that_an_uninstall_took_away_is_found(house: Path) -> None:
    (house / "twisted" / "__init__.py").unlink()
    (fault,) = findFaults(house)
    assert "tw-python lacks twisted/__init__.py" in fault
    assert "--force-reinstall" in fault


def test_only_the_first_of_many_files_are_named(tmp_path: Path) -> None:
    files = {f"twisted/module{number}.py": "ours" for number in range(8)}
    install(tmp_path, "tw-python", files, "26.11.0", OURS)
    for file in files:
        (tmp_path / file).unlink()
    (fault,) = findFaults(tmp_path)
    assert "module4.py and 3 more" in fault


def test_parts_of_two_versions_are_found(house: Path) -> None:
    install(house, "tw-defer", {}, "26.12.0", OURS)
    (fault,) = findFaults(house)
    assert "26.11.0: tw-logger, tw-python" in fault
    assert "26.12.0: tw-defer" in fault


def test_packages_of_others_are_none_of_its_business(house: Path) -> None:
    install(house, "tw-clothing", {"clothing.py": "x"}, "1.0")
    (house / "clothing.py").unlink()
    install(house, "txother", {}, "1.0", "Requires-Dist: twisted-iocpsupport>=1\n")
    assert findFaults(house) == []


def test_package_that_requires_twisted_without_a_record_is_found(house: Path) -> None:
    install(house, "txredisapi", {}, "1.0", "Requires-Dist: twisted[tls]>=18.7.0\n")
    (fault,) = findFaults(house)
    assert fault.startswith("Twisted is required by txredisapi, and no record")
    assert "twisted-compat record" in fault
    writeRecord(house)
    assert findFaults(house) == []


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    """Run the command; return its status, standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_command_records_checks_and_removes(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"--directory={house}"
    assert command(capsys, where, "record") == (
        0,
        f"Package managers find Twisted {__version__} in {house}.\n",
        "",
    )
    assert command(capsys, where, "check")[0] == 0
    assert command(capsys, where, "remove") == (0, "The record is removed.\n", "")
    assert command(capsys, where, "remove") == (0, "There was no record.\n", "")
    assert found(house) == []


def test_command_says_what_is_wrong_and_fails(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(house, "Twisted", {"twisted/__init__.py": "theirs"}, "26.10.0")
    status, out, err = command(capsys, f"--directory={house}", "check")
    assert (status, out) == (1, "")
    assert err.count("\n") == 2
    status, out, err = command(capsys, f"--directory={house}", "record")
    assert (status, out) == (69, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say record, remove or check"),
        (["mend"], "say record, remove or check"),
        (["record", "remove"], "say record, remove or check"),
        (["--directory=/nowhere", "record"], "/nowhere is no directory"),
        (["--loud", "check"], "option --loud not recognized"),
    ],
)
def test_wrong_command_line_is_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = f"twisted-compat: {said}. Try 'twisted-compat --help'.\n"
    assert command(capsys, *arguments) == (64, "", expected)


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, "--version") == (0, f"twisted-compat {__version__}\n", "")
