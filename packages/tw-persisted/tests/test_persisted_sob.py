"""Objects that are saved in files, and loaded again."""

import errno
import os
import pickle
import stat
from pathlib import Path
from typing import Any

import pytest

from twisted.logger import capturedLogs
from twisted.persisted import sob, styles
from twisted.persisted.sob import IPersistable, Persistent, guessType, load, loadValueFromFile
from twisted.python.components import provides, verifyObject


class Garden(styles.Versioned):
    """A class that has come to version 1."""

    persistenceVersion = 1

    def __init__(self) -> None:
        self.beds = [1, 2]

    def upgradeToVersion1(self) -> None:
        self.upgraded = True


class SavesItself(Persistent):
    """An application that is its own persistence."""

    def __init__(self) -> None:
        super().__init__(self, "itself")


@pytest.fixture(autouse=True)
def _directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def present() -> list[str]:
    return sorted(os.listdir())


class TestSaving:
    def test_is_what_persistable_promises(self) -> None:
        it = Persistent(None, "x")
        assert provides(IPersistable, it)
        verifyObject(IPersistable, it)

    def test_writes_a_pickle_by_default(self) -> None:
        Persistent({"a": 1}, "garden").save()
        assert pickle.loads(Path("garden.tap").read_bytes()) == {"a": 1}

    def test_writes_source_if_that_is_chosen(self) -> None:
        persistent = Persistent({"a": 1}, "garden")
        persistent.setStyle("source")
        persistent.save()
        assert Path("garden.tas").read_text() == "app={\n  'a': 1,\n  }\n"

    def test_adds_the_tag_to_the_name(self) -> None:
        persistent = Persistent(1, "garden")
        persistent.save("shutdown")
        persistent.setStyle("source")
        persistent.save(tag="shutdown")
        assert present() == ["garden-shutdown.tap", "garden-shutdown.tas"]

    @pytest.mark.parametrize("form", [str, os.fsencode, Path])
    def test_takes_another_file(self, form: Any) -> None:
        Persistent(1, "garden").save(filename=form("other.file"))
        assert present() == ["other.file"]

    def test_is_logged(self) -> None:
        with capturedLogs() as events:
            Persistent(1, "garden").save()
        (event,) = events
        assert (event["name"], event["path"]) == ("garden", os.path.abspath("garden.tap"))

    @pytest.mark.parametrize("style", ["xml", "python", ""])
    def test_refuses_another_style(self, style: str) -> None:
        with pytest.raises(ValueError, match="use 'pickle' or 'source'"):
            Persistent(1, "garden").setStyle(style)

    def test_refuses_a_passphrase(self) -> None:
        with pytest.raises(TypeError, match="not encrypted"):
            Persistent(1, "garden").save(passphrase="x")  # type: ignore[arg-type]  # that is tried

    def test_replaces_the_file_and_keeps_its_permissions(self) -> None:
        Path("garden.tap").touch(0o600)
        Persistent(1, "garden").save()
        assert load("garden.tap", "pickle") == 1
        assert stat.S_IMODE(Path("garden.tap").stat().st_mode) == 0o600

    @pytest.mark.parametrize("style", ["pickle", "source"])
    def test_that_cannot_be_done_keeps_the_file(self, style: str) -> None:
        persistent = Persistent([1], "garden")
        persistent.setStyle(style)
        persistent.save()
        before = present()
        persistent.original = [lambda: None]
        with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
            persistent.save()
        assert load(before[0], style) == [1]
        assert present() == before

    def test_on_a_full_disk_keeps_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        persistent = Persistent([1], "garden")
        persistent.save()

        def fail(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("twisted.persisted._atomicfile.os.fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            persistent.save()
        assert (load("garden.tap", "pickle"), present()) == ([1], ["garden.tap"])

    def test_has_the_old_spelling_too(self) -> None:
        assert sob.Persistant is Persistent


class TestLoading:
    @pytest.mark.parametrize("style", ["pickle", "source"])
    @pytest.mark.parametrize("form", [str, os.fsencode, Path])
    def test_gives_what_was_saved(self, style: str, form: Any) -> None:
        persistent = Persistent({"a": [1]}, "garden")
        persistent.setStyle(style)
        persistent.save(filename="saved")
        assert load(form("saved"), style) == {"a": [1]}

    @pytest.mark.parametrize("style", ["pickle", "source"])
    def test_brings_versioned_objects_up_to_date(self, style: str) -> None:
        garden = Garden.__new__(Garden)
        vars(garden).update(beds=[1])
        persistent = Persistent(garden, "garden")
        persistent.setStyle(style)
        Garden.persistenceVersion = 0
        try:
            persistent.save(filename="saved")
        finally:
            Garden.persistenceVersion = 1
        loaded = load("saved", style)
        assert (loaded.beds, loaded.upgraded) == ([1], True)

    @pytest.mark.parametrize("style", ["pickle", "source"])
    def test_tells_a_persistable_object_its_style(self, style: str) -> None:
        it = SavesItself()
        it.setStyle(style)
        it.save(filename="saved")
        del it.style
        it.save(filename="other")
        assert load("saved", style).style == style

    @pytest.mark.parametrize("style", ["xml", "python"])
    def test_refuses_another_style(self, style: str) -> None:
        with pytest.raises(ValueError, match="loadValueFromFile"):
            load("garden.tac", style)

    @pytest.mark.parametrize("style", ["pickle", "source"])
    def test_of_a_missing_file_raises(self, style: str) -> None:
        with pytest.raises(FileNotFoundError):
            load("nowhere", style)

    def test_of_a_wrong_source_names_the_file(self) -> None:
        Path("garden.tas").write_text("app=")
        with pytest.raises(SyntaxError) as caught:
            load("garden.tas", "source")
        assert caught.value.filename == "garden.tas"


class TestPrograms:
    @pytest.mark.parametrize("form", [str, os.fsencode, Path])
    def test_give_a_variable(self, form: Any) -> None:
        Path("garden.tac").write_text("application = ['roses']\n")
        assert loadValueFromFile(form("garden.tac"), "application") == ["roses"]

    def test_know_their_file(self) -> None:
        Path("garden.tac").write_text("application = __file__\n")
        assert loadValueFromFile("garden.tac", "application") == "garden.tac"

    def test_may_say_their_encoding(self) -> None:
        Path("garden.tac").write_bytes(b"# coding: latin-1\napplication = '\xe9'\n")
        assert loadValueFromFile("garden.tac", "application") == "\u00e9"

    def test_do_not_inherit_how_this_module_is_compiled(self) -> None:
        Path("garden.tac").write_text("def f(x: int): ...\napplication = f.__annotations__\n")
        assert loadValueFromFile("garden.tac", "application") == {"x": int}

    def test_without_the_variable_raise(self) -> None:
        Path("garden.tac").write_text("app = 3\n")
        with pytest.raises(KeyError, match="application"):
            loadValueFromFile("garden.tac", "application")

    def test_that_raise_show_their_lines(self) -> None:
        Path("garden.tac").write_text("\nraise RuntimeError('planted')\n")
        with pytest.raises(RuntimeError) as caught:
            loadValueFromFile("garden.tac", "application")
        last = caught.traceback[-1]
        assert (str(last.path), last.lineno + 1) == (os.path.abspath("garden.tac"), 2)


class TestGuessing:
    @pytest.mark.parametrize(
        ("name", "style"),
        [
            ("a.tac", "python"),
            ("a.py", "python"),
            ("a.tap", "pickle"),
            ("a.etap", "pickle"),
            ("a.tas", "source"),
            ("a.etas", "source"),
            ("/x.y/a.b.tas", "source"),
            (b"a.tap", "pickle"),
            (Path("a.tac"), "python"),
        ],
    )
    def test_goes_by_the_end_of_the_name(self, name: Any, style: str) -> None:
        assert guessType(name) == style

    @pytest.mark.parametrize("name", ["a.xml", "a", ".tac", "tap"])
    @pytest.mark.parametrize("error", [KeyError, ValueError])
    def test_refuses_others(self, name: str, error: type[Exception]) -> None:
        with pytest.raises(error, match=r"should end with \.tac, \.py, \.tap or \.tas$"):
            guessType(name)
