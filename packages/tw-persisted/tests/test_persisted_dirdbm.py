"""DirDBM and Shelf: mappings that are directories."""

import errno
import os
import pickle
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from twisted.logger import capturedLogs
from twisted.persisted import _atomicfile, dirdbm
from twisted.persisted.dirdbm import MAXIMUM_KEY_LENGTH, DirDBM, Shelf

# In the order of the alphabet of base 64: what has a meaning in paths, and the other bytes.
AWKWARD_KEYS = [
    b"",
    b"a/b",
    b"..",
    b"\n",
    b"\0",
    b"line\nline",
    bytes(range(128)),
    bytes(range(128, 256)),
    b"\xff" * MAXIMUM_KEY_LENGTH,
]


@pytest.fixture
def db(tmp_path: Path) -> DirDBM:
    return DirDBM(tmp_path / "db")


def files(db: DirDBM) -> list[str]:
    return sorted(os.listdir(db.dname))


class TestDirectory:
    def test_is_made_with_those_above_it(self, tmp_path: Path) -> None:
        DirDBM(tmp_path / "a" / "b")
        assert (tmp_path / "a" / "b").is_dir()

    @pytest.mark.parametrize("form", [str, os.fsencode, Path])
    def test_may_be_named_in_any_form(self, tmp_path: Path, form: type) -> None:
        DirDBM(form(str(tmp_path)))[b"k"] = b"v"
        assert DirDBM(tmp_path)[b"k"] == b"v"

    def test_stays_the_same_when_the_working_directory_changes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        db = DirDBM("db")
        monkeypatch.chdir("/")
        db[b"k"] = b"v"
        assert DirDBM(tmp_path / "db")[b"k"] == b"v"

    def test_that_is_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(FileExistsError):
            DirDBM(tmp_path / "file")

    def test_shows_what_another_one_stored(self, db: DirDBM) -> None:
        DirDBM(db.dname)[b"k"] = b"v"
        assert db.items() == [(b"k", b"v")]

    def test_is_named_by_the_repr(self, db: DirDBM) -> None:
        assert repr(db) == f"<DirDBM in {db.dname!r}>"

    def test_outlives_a_closed_one(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        db.close()
        assert db[b"k"] == b"v"

    def test_is_opened_by_the_function_too(self, tmp_path: Path) -> None:
        db = dirdbm.open(tmp_path, "c", 0o600)
        assert type(db) is DirDBM


class TestMapping:
    """What a dictionary does."""

    def test_gives_what_was_set(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        assert db[b"k"] == b"v"

    def test_replaces_a_value(self, db: DirDBM) -> None:
        db[b"k"] = b"a longer value"
        db[b"k"] = b"v"
        assert db[b"k"] == b"v"

    def test_deletes_an_entry(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        del db[b"k"]
        assert files(db) == []

    def test_raises_for_a_missing_key(self, db: DirDBM) -> None:
        with pytest.raises(KeyError) as caught:
            db[b"k"]
        assert caught.value.args == (b"k",)

    def test_raises_when_a_missing_key_is_deleted(self, db: DirDBM) -> None:
        with pytest.raises(KeyError) as caught:
            del db[b"k"]
        assert caught.value.args == (b"k",)

    def test_tells_whether_there_is_an_entry(self, db: DirDBM) -> None:
        db[b"k"] = b""
        assert (b"k" in db, b"l" in db) == (True, False)
        assert (db.has_key(b"k"), db.has_key(b"l")) == (True, False)

    def test_has_a_length_and_is_false_when_empty(self, db: DirDBM) -> None:
        assert (len(db), bool(db)) == (0, False)
        db[b"k"] = db[b"l"] = b"v"
        assert (len(db), bool(db)) == (2, True)

    def test_lists_keys_values_and_items(self, db: DirDBM) -> None:
        db[b"k"] = b"1"
        db[b"l"] = b"2"
        assert sorted(db.keys()) == sorted(db) == [b"k", b"l"]
        assert sorted(db.values()) == [b"1", b"2"]
        assert dict(db) == dict(db.items()) == {b"k": b"1", b"l": b"2"}

    def test_may_be_changed_while_it_is_iterated_over(self, db: DirDBM) -> None:
        db.update({b"k": b"1", b"l": b"2"})
        for key in db:
            del db[key]
        assert len(db) == 0

    def test_gets_a_value_or_a_default(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        assert (db.get(b"k", 3), db.get(b"l"), db.get(b"l", 3)) == (b"v", None, 3)

    def test_sets_a_default_where_there_is_no_entry(self, db: DirDBM) -> None:
        assert db.setdefault(b"k", b"first") == b"first"
        assert db.setdefault(b"k", b"second") == b"first"

    def test_pops_an_entry(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        assert db.pop(b"k") == b"v"
        assert db.pop(b"k", None) is None
        with pytest.raises(KeyError):
            db.pop(b"k")

    @pytest.mark.parametrize("form", [dict, lambda d: list(d.items()), lambda d: iter(d.items())])
    def test_is_updated_from_mappings_and_pairs(self, db: DirDBM, form: type) -> None:
        db[b"k"] = b"old"
        db.update(form({b"k": b"1", b"l": b"2"}))
        assert dict(db) == {b"k": b"1", b"l": b"2"}

    def test_is_updated_from_another_one(self, db: DirDBM, tmp_path: Path) -> None:
        other = DirDBM(tmp_path / "other")
        other[b"k"] = b"v"
        db.update(other)
        assert dict(db) == {b"k": b"v"}

    def test_is_cleared(self, db: DirDBM) -> None:
        db.update({b"k": b"1", b"l": b"2"})
        db.clear()
        assert files(db) == []

    def test_tells_when_an_entry_was_stored(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        (name,) = files(db)
        os.utime(Path(db.dname, name), (1, 1234.5))
        assert db.getModificationTime(b"k") == 1234.5

    def test_has_no_time_for_a_missing_key(self, db: DirDBM) -> None:
        with pytest.raises(KeyError):
            db.getModificationTime(b"k")

    def test_forgets_entries_that_vanish_between_listing_and_reading(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        db[b"k"] = b"v"
        monkeypatch.setattr(DirDBM, "keys", lambda self: [b"gone", b"k"])
        assert db.items() == [(b"k", b"v")]


class TestKeys:
    @pytest.mark.parametrize("key", AWKWARD_KEYS)
    def test_may_have_any_bytes(self, db: DirDBM, key: bytes) -> None:
        db[key] = b"v"
        assert db.items() == [(key, b"v")]
        assert key in db
        del db[key]
        assert len(db) == 0

    @pytest.mark.parametrize("key", ["k", bytearray(b"k"), 3, None])
    def test_that_are_no_bytes_are_refused_everywhere(self, db: DirDBM, key: bytes) -> None:
        for use in (
            lambda: db[key],
            lambda: db.get(key),
            lambda: key in db,
            lambda: db.__setitem__(key, b""),
            lambda: db.__delitem__(key),
            lambda: db.getModificationTime(key),
        ):
            with pytest.raises(TypeError, match="a key must be bytes"):
                use()

    @pytest.mark.parametrize("value", ["v", bytearray(b"v"), 3, None])
    def test_with_values_that_are_no_bytes_are_refused(self, db: DirDBM, value: bytes) -> None:
        with pytest.raises(TypeError, match="a value must be bytes"):
            db[b"k"] = value
        assert files(db) == []

    def test_that_are_too_long_are_refused_when_set(self, db: DirDBM) -> None:
        with pytest.raises(ValueError, match="at most 186 bytes, this one has 187"):
            db[b"k" * 187] = b"v"

    def test_that_are_too_long_are_absent(self, db: DirDBM) -> None:
        key = b"k" * 400
        assert (key in db, db.get(key)) == (False, None)
        for use in (lambda: db[key], lambda: db.pop(key), lambda: db.getModificationTime(key)):
            with pytest.raises(KeyError):
                use()

    @pytest.mark.parametrize(
        ("key", "name"),
        [
            (b"librarian", "bGlicmFyaWFu_"),
            (b"a/b\nc", "YS9iCmM=_"),
            (b"\xfa\xfb\xfc\xfd\xfe\xff?>~?", "+vv8-f7-Pz5+Pw==_"),
            (b"x" * 58, f"{'eHh4' * 19}_eA==_"),
        ],
    )
    def test_have_the_file_names_of_existing_directories(
        self, db: DirDBM, key: bytes, name: str
    ) -> None:
        Path(db.dname, name).write_bytes(b"v")
        assert db.items() == [(key, b"v")]
        db[key] = b"w"
        assert files(db) == [name]

    @pytest.mark.parametrize(
        "name", ["README", "bGlicmFyaWFu", "YW_", "YQ_", "YR==_", "a b_", ".nfs0001", "é_"]
    )
    def test_are_not_the_names_of_other_files(self, db: DirDBM, name: str) -> None:
        Path(db.dname, name).touch()
        assert (list(db), len(db)) == ([], 0)
        db.clear()
        assert files(db) == [name]

    def test_are_not_the_names_of_directories(self, db: DirDBM) -> None:
        Path(db.dname, "YQ==_").mkdir()
        assert (list(db), b"a" in db) == ([], False)
        with pytest.raises(KeyError):
            db[b"a"]


class TestWriting:
    """An entry is there as it was, or as it is to be."""

    def test_leaves_no_other_file(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        db[b"k"] = b"w"
        assert len(files(db)) == 1

    def test_keeps_the_permissions_of_an_entry(self, db: DirDBM) -> None:
        db[b"k"] = b"v"
        (name,) = files(db)
        path = Path(db.dname, name)
        path.chmod(0o600)
        db[b"k"] = b"w"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    @pytest.mark.parametrize("step", ["os.fsync", "os.replace", "os.fchmod"])
    def test_that_fails_keeps_the_old_value_and_leaves_nothing(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        db[b"k"] = b"old"

        def fail(*arguments: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(f"twisted.persisted._atomicfile.{step}", fail)
        with pytest.raises(OSError, match="No space left"):
            db[b"k"] = b"new"
        assert (db[b"k"], len(files(db))) == (b"old", 1)

    def test_waits_for_the_disk_unless_told_otherwise(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        synced: list[int] = []
        monkeypatch.setattr("twisted.persisted._atomicfile.os.fsync", synced.append)
        db[b"k"] = b"v"
        assert len(synced) == 1
        db.synced = False
        db[b"k"] = b"v"
        assert len(synced) == 1

    def test_starts_again_when_another_process_cleaned_up(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        replace = os.replace
        tries: list[str] = []

        def cleaned(old: str, new: str) -> None:
            tries.append(old)
            if len(tries) == 1:
                os.unlink(old)
            replace(old, new)

        monkeypatch.setattr("twisted.persisted._atomicfile.os.replace", cleaned)
        db[b"k"] = b"v"
        assert (db[b"k"], len(tries)) == (b"v", 2)

    def test_gives_up_when_the_file_vanishes_each_time(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tries: list[str] = []

        def cleaned(old: str, new: str) -> None:
            tries.append(old)
            os.unlink(old)
            raise FileNotFoundError(errno.ENOENT, "gone", old)

        monkeypatch.setattr("twisted.persisted._atomicfile.os.replace", cleaned)
        with pytest.raises(FileNotFoundError):
            db[b"k"] = b"v"
        assert len(tries) == _atomicfile.MAXIMUM_ATTEMPTS


class TestRecovery:
    """What killed processes left is put right when the directory is opened."""

    @pytest.mark.parametrize("name", ["YmFy_.new", "YmFy_.0123456789abcdef.new"])
    def test_removes_what_was_half_written(self, db: DirDBM, name: str) -> None:
        Path(db.dname, name).write_bytes(b"half")
        assert b"bar" not in DirDBM(db.dname)
        assert files(db) == []

    def test_leaves_alone_what_is_being_written(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        replace = os.replace
        seen: list[list[str]] = []

        def opened(old: str, new: str) -> None:
            DirDBM(db.dname)
            seen.append(files(db))
            replace(old, new)

        monkeypatch.setattr("twisted.persisted._atomicfile.os.replace", opened)
        db[b"k"] = b"v"
        assert [len(each) for each in seen] == [1]

    def test_removes_what_was_half_written_where_files_cannot_be_locked(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(descriptor: int, operation: int) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr("twisted.persisted._atomicfile.fcntl.flock", refuse)
        Path(db.dname, "YmFy_.new").write_bytes(b"half")
        DirDBM(db.dname)
        assert files(db) == []
        db[b"k"] = b"v"
        assert db[b"k"] == b"v"

    def test_takes_a_replacement_whose_entry_was_removed(self, db: DirDBM) -> None:
        Path(db.dname, "YmFy_.rpl").write_bytes(b"new")
        assert DirDBM(db.dname).items() == [(b"bar", b"new")]
        assert files(db) == ["YmFy_"]

    def test_drops_a_replacement_whose_entry_is_there(self, db: DirDBM) -> None:
        db[b"bar"] = b"old"
        Path(db.dname, "YmFy_.rpl").write_bytes(b"half")
        assert DirDBM(db.dname).items() == [(b"bar", b"old")]
        assert files(db) == ["YmFy_"]

    @pytest.mark.parametrize("name", ["notes.new", "notes.rpl", "new", ".new", "YmFy_.old"])
    def test_lets_other_files_alone(self, db: DirDBM, name: str) -> None:
        Path(db.dname, name).touch()
        DirDBM(db.dname)
        assert files(db) == [name]

    def test_that_is_refused_is_logged_and_costs_no_entry(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        db[b"k"] = b"v"
        Path(db.dname, "YmFy_.new").write_bytes(b"half")

        def refuse(path: str) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", path)

        monkeypatch.setattr("twisted.persisted._atomicfile.os.unlink", refuse)
        with capturedLogs() as events:
            assert DirDBM(db.dname).items() == [(b"k", b"v")]
        (event,) = events
        assert event["path"].endswith("YmFy_.new")

    def test_that_another_process_did_first_is_fine(
        self, db: DirDBM, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("twisted.persisted.dirdbm.os.listdir", lambda path: ["YmFy_.new"])
        with capturedLogs() as events:
            DirDBM(db.dname)
        assert events == []


class TestCopyTo:
    def test_makes_the_other_directory_the_same(self, db: DirDBM, tmp_path: Path) -> None:
        other = DirDBM(tmp_path / "other")
        other.update({b"k": b"old", b"gone": b""})
        db.update({b"k": b"1", b"l": b"2"})
        copy = db.copyTo(os.fsencode(tmp_path / "other"))
        assert (type(copy), copy.dname) == (DirDBM, other.dname)
        assert dict(other) == {b"k": b"1", b"l": b"2"}

    def test_refuses_the_same_directory(self, db: DirDBM, tmp_path: Path) -> None:
        db[b"k"] = b"v"
        (tmp_path / "link").symlink_to(db.dname)
        with pytest.raises(ValueError, match="cannot be copied to itself"):
            db.copyTo(tmp_path / "link")
        assert db[b"k"] == b"v"

    def test_of_a_shelf_is_a_shelf(self, tmp_path: Path) -> None:
        shelf: Shelf[int] = Shelf(tmp_path / "a")
        shelf[b"k"] = 3
        copy = shelf.copyTo(tmp_path / "b")
        assert (type(copy), copy[b"k"]) == (Shelf, 3)


class TestShelf:
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf[object]:
        return Shelf(tmp_path / "shelf")

    def test_keeps_objects(self, shelf: Shelf[object], tmp_path: Path) -> None:
        shelf[b"k"] = {"a": [1, 2.5, None]}
        again: Shelf[object] = Shelf(tmp_path / "shelf")
        assert again[b"k"] == {"a": [1, 2.5, None]}

    def test_gives_a_new_object_each_time(self, shelf: Shelf[object]) -> None:
        shelf[b"key"] = [1, 2]
        value = shelf[b"key"]
        assert isinstance(value, list)
        value.append(3)
        assert shelf[b"key"] == [1, 2]
        shelf[b"key"] = value
        assert shelf[b"key"] == [1, 2, 3]

    def test_gives_objects_in_all_ways(self, shelf: Shelf[object]) -> None:
        shelf.update({b"k": 1})
        assert shelf.items() == [(b"k", 1)]
        assert shelf.values() == [1]
        assert (shelf.get(b"k"), shelf.get(b"l", 5)) == (1, 5)
        assert shelf.setdefault(b"l", None) is None
        assert shelf.pop(b"k") == 1

    def test_is_a_dirdbm(self, shelf: Shelf[object]) -> None:
        assert isinstance(shelf, DirDBM)

    def test_refuses_keys_that_are_no_bytes(self, shelf: Shelf[object]) -> None:
        with pytest.raises(TypeError, match="a key must be bytes"):
            shelf["k"] = 1  # type: ignore[index]  # that is what is tried

    def test_that_cannot_pickle_a_value_keeps_the_old_one(self, shelf: Shelf[object]) -> None:
        shelf[b"k"] = 1
        with pytest.raises((pickle.PicklingError, AttributeError)):
            shelf[b"k"] = lambda: None
        assert shelf[b"k"] == 1

    def test_is_cleared_without_unpickling(self, shelf: Shelf[object]) -> None:
        Path(shelf.dname, "YmFy_").write_bytes(b"no pickle")
        shelf.clear()
        assert len(shelf) == 0


keys = st.binary(max_size=MAXIMUM_KEY_LENGTH) | st.sampled_from(AWKWARD_KEYS)


@given(keys, keys)
def test_file_names_are_safe_and_tell_the_key(key: bytes, other: bytes) -> None:
    name = dirdbm._nameOf(key)
    assert dirdbm._keyOf(name) == key
    assert not set(name) & set("/.\0\n")
    assert 1 <= len(name) <= 255
    assert (name == dirdbm._nameOf(other)) is (key == other)


@given(st.text(max_size=20))
def test_any_file_name_is_that_of_one_key_or_of_none(name: str) -> None:
    key = dirdbm._keyOf(name)
    assert key is None or dirdbm._nameOf(key) == name


class Twin(RuleBasedStateMachine):
    """A DirDBM and a dictionary to which the same is done."""

    directory: Path

    def __init__(self) -> None:
        super().__init__()
        self.db = DirDBM(self.directory)
        self.db.synced = False
        self.db.clear()
        self.twin: dict[bytes, bytes] = {}

    some = st.sampled_from([b"", b"a", b"/", b"\n"])

    @rule(key=some, value=st.binary(max_size=3))
    def store(self, key: bytes, value: bytes) -> None:
        self.db[key] = self.twin[key] = value

    @rule(key=some)
    def take(self, key: bytes) -> None:
        assert self.db.pop(key, None) == self.twin.pop(key, None)

    @rule(key=some, value=st.binary(max_size=3))
    def default(self, key: bytes, value: bytes) -> None:
        assert self.db.setdefault(key, value) == self.twin.setdefault(key, value)

    @rule(entries=st.dictionaries(some, st.binary(max_size=3)))
    def mix(self, entries: dict[bytes, bytes]) -> None:
        self.db.update(entries)
        self.twin.update(entries)

    @rule()
    def reopen(self) -> None:
        self.db = DirDBM(self.directory)
        self.db.synced = False

    @invariant()
    def is_the_same(self) -> None:
        assert dict(self.db) == self.twin
        assert len(self.db) == len(self.twin)


def test_behaves_like_a_dictionary(tmp_path: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("Machine", (Twin,), {"directory": tmp_path / "db"})
    run_state_machine_as_test(machine, settings=settings(max_examples=30, deadline=None))
