"""Modules are found without loading them, in directories, archives and packages that are spread."""

import os
import subprocess
import sys
import zipfile
import zipimport
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from twisted.python.filepath import FilePath
from twisted.python.modules import (
    OPTIMIZED_MODE,
    PYTHON_EXTENSIONS,
    IPathImportMapper,
    PathEntry,
    PythonModule,
    PythonPath,
    getModule,
    iterModules,
    theSystemPath,
    walkModules,
)
from twisted.python.zippath import ZipPath

FILES = {
    "single.py": "value = 1\n",
    "pack/__init__.py": "",
    "pack/inner.py": "class Thing:\n    size = 3\n",
    "pack/deep/__init__.py": "",
    "pack/deep/last.py": "",
    "spread/part.py": "",
    "broken.py": "raise RuntimeError('broken')\n",
    "notes.txt": "",
    "not-a-name.py": "",
}
NAMES = ["broken", "pack", "pack.deep", "pack.deep.last", "pack.inner", "single"]


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A directory with modules."""
    for name, content in FILES.items():
        path = tmp_path / "place" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return str(tmp_path / "place")


@pytest.fixture
def archive(tmp_path: Path) -> str:
    """A zip archive with modules."""
    with zipfile.ZipFile(tmp_path / "place.zip", "w") as made:
        for name, content in FILES.items():
            made.writestr(name, content)
    return str(tmp_path / "place.zip")


@pytest.fixture
def path(place: str) -> PythonPath:
    """A path of its own, from which nothing is loaded."""
    return PythonPath([place], moduleDict={}, importerCache={})


@pytest.fixture
def imported(place: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The directory, on the path of this process."""
    monkeypatch.syspath_prepend(place)
    yield place
    for name in list(sys.modules):
        if name.partition(".")[0] in ("single", "pack", "spread", "broken"):
            del sys.modules[name]


def names(modules: Iterator[PythonModule]) -> list[str]:
    return [module.name for module in modules]


class TestFinding:
    def test_modules_are_listed(self, path: PythonPath) -> None:
        assert sorted(names(path.iterModules())) == ["broken", "pack", "single"]

    def test_all_modules_are_walked(self, path: PythonPath) -> None:
        assert sorted(names(path.walkModules())) == NAMES

    def test_a_package_comes_before_what_is_in_it(self, path: PythonPath) -> None:
        found = names(path.walkModules())
        assert found.index("pack") < found.index("pack.deep") < found.index("pack.deep.last")

    def test_nothing_is_loaded(self, imported: str) -> None:
        assert getModule("pack.deep.last").name == "pack.deep.last"
        assert "pack" not in sys.modules

    def test_a_module_has_a_file(self, path: PythonPath, place: str) -> None:
        module = path["single"]
        assert module.filePath == FilePath(place).child("single.py")
        assert module.parentPath == FilePath(place)
        assert module.pathEntry == PathEntry(FilePath(place), path)
        assert not module.isPackage()
        assert list(module.iterModules()) == []

    def test_a_package_has_modules(self, path: PythonPath, place: str) -> None:
        module = path["pack"]
        assert module.isPackage()
        assert module.filePath == FilePath(place).child("pack").child("__init__.py")
        assert module.parentPath == FilePath(place).child("pack")
        assert names(module.iterModules()) == ["pack.deep", "pack.inner"]
        assert module["inner"] == path["pack.inner"]
        assert names(module.walkModules()) == ["pack", "pack.deep", "pack.deep.last", "pack.inner"]

    def test_a_directory_without_a_file_is_a_package_if_it_is_named(
        self, path: PythonPath, place: str
    ) -> None:
        module = path["spread"]
        assert module.isPackage()
        assert module.filePath == FilePath(place).child("spread")
        assert names(module.iterModules()) == ["spread.part"]
        assert path["spread.part"].filePath == FilePath(place).descendant(["spread", "part.py"])

    @pytest.mark.parametrize("name", ["no", "pack.no", "single.no", "no.no", "", "..", "pack..x"])
    def test_what_is_missing_is_a_key_error(self, path: PythonPath, name: str) -> None:
        with pytest.raises(KeyError):
            path[name]
        assert name not in path

    def test_what_is_there_is_in_it(self, path: PythonPath) -> None:
        assert "pack.inner" in path
        assert "inner" in path["pack"]

    def test_the_first_entry_wins(self, place: str, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "single.py").touch()
        path = PythonPath([str(tmp_path / "other"), place], {}, importerCache={})
        assert path["single"].filePath == FilePath(str(tmp_path / "other")).child("single.py")
        assert names(path.iterModules()).count("single") == 1

    def test_a_package_wins_over_a_module(self, place: str, path: PythonPath) -> None:
        (Path(place) / "pack.py").touch()
        assert path["pack"].isPackage()

    def test_entries_that_are_missing_have_no_modules(self, tmp_path: Path) -> None:
        path = PythonPath([str(tmp_path / "no")], {}, importerCache={})
        assert list(path.walkModules()) == []

    def test_links_in_a_circle_end(self, path: PythonPath, place: str) -> None:
        (Path(place) / "pack" / "again").symlink_to(Path(place) / "pack")
        assert names(path["pack"].walkModules()) == [
            "pack",
            "pack.again",
            "pack.deep",
            "pack.deep.last",
            "pack.inner",
        ]

    def test_iterating_says_what_is_to_be_asked(self, path: PythonPath) -> None:
        with pytest.raises(TypeError, match=r"iterModules\(\) or walkModules\(\)"):
            iter(path)
        with pytest.raises(TypeError, match=r"iterModules\(\) or walkModules\(\)"):
            iter(path["pack"])


class TestArchives:
    @pytest.fixture
    def path(self, archive: str) -> PythonPath:
        return PythonPath([archive], {}, importerCache={})

    def test_all_modules_are_walked(self, path: PythonPath) -> None:
        assert sorted(names(path.walkModules())) == NAMES

    def test_a_module_has_a_path(self, path: PythonPath) -> None:
        module = path["pack.inner"]
        assert isinstance(module.filePath, ZipPath)
        assert module.filePath.getContent() == FILES["pack/inner.py"].encode()

    def test_an_entry_can_be_inside_an_archive(self, archive: str) -> None:
        path = PythonPath([os.path.join(archive, "pack")], {}, importerCache={})
        assert sorted(names(path.walkModules())) == ["deep", "deep.last", "inner"]

    def test_a_module_that_is_loaded_has_a_path(
        self, archive: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.syspath_prepend(archive)
        import pack.inner  # type: ignore[import-not-found]

        try:
            module = getModule("pack.inner")
            assert isinstance(module.filePath, ZipPath)
            assert module.filePath.basename() == "inner.py"
            assert module.pathEntry.filePath.path == archive
            assert module.load() is pack.inner
        finally:
            for name in ("pack", "pack.inner"):
                del sys.modules[name]


class TestLoading:
    @pytest.mark.usefixtures("imported")
    def test_a_module_is_loaded_when_that_is_asked_for(self) -> None:
        module = getModule("single")
        assert not module.isLoaded()
        loaded = module.load()
        assert isinstance(loaded, ModuleType)
        assert loaded.value == 1
        assert module.isLoaded()

    @pytest.mark.usefixtures("imported")
    def test_what_a_module_raises_is_raised(self) -> None:
        with pytest.raises(RuntimeError, match="broken"):
            getModule("broken").load()

    @pytest.mark.usefixtures("imported")
    def test_a_default_stands_for_what_cannot_be_loaded(self) -> None:
        assert getModule("broken").load(default=None) is None

    @pytest.mark.usefixtures("imported")
    def test_walking_loads_packages_if_wanted(self) -> None:
        assert names(getModule("pack").walkModules(importPackages=True))[0] == "pack"
        assert "pack.deep" in sys.modules
        assert "pack.inner" not in sys.modules

    def test_a_package_that_is_loaded_has_modules_where_it_says(
        self, imported: str, tmp_path: Path
    ) -> None:
        package = getModule("pack").load()
        (tmp_path / "more.py").touch()
        assert isinstance(package, ModuleType)
        package.__path__.append(str(tmp_path))
        assert "pack.more" in names(getModule("pack").iterModules())

    def test_the_loader_can_be_another(self, place: str) -> None:
        path = PythonPath([place], {}, importerCache={}, moduleLoader=lambda name: name.upper())
        assert path["pack.inner"].load() == "PACK.INNER"


class TestAttributes:
    @pytest.mark.usefixtures("imported")
    def test_a_module_that_is_loaded_has_attributes(self) -> None:
        module = getModule("pack.inner")
        module.load()
        (thing,) = [each for each in module.iterAttributes() if each.name == "pack.inner.Thing"]
        assert thing.isLoaded()
        assert thing.onObject == module
        assert thing.load() is thing.pythonValue
        assert repr(thing) == "PythonAttribute<'pack.inner.Thing'>"
        (size,) = [each for each in thing.iterAttributes() if each.name.endswith(".size")]
        assert (size.name, size.load(), size.onObject) == ("pack.inner.Thing.size", 3, thing)

    @pytest.mark.usefixtures("imported")
    def test_other_modules_have_none(self) -> None:
        with pytest.raises(RuntimeError, match=r"no attributes before load\(\) was called"):
            next(getModule("pack.inner").iterAttributes())


class TestThisProcess:
    def test_a_module_finds_itself(self) -> None:
        module = getModule("twisted.python.modules")
        assert module.isLoaded()
        assert module.filePath.basename() == "modules.py"
        assert module.filePath.sibling("filepath").isdir()

    def test_a_package_that_is_spread_is_found(self) -> None:
        module = getModule("twisted.python")
        assert module.isPackage()
        assert "twisted.python.lockfile" in names(module.iterModules())

    def test_a_package_with_a_file_is_found(self) -> None:
        assert getModule("twisted")["copyright"].filePath.basename() == "copyright.py"

    def test_a_module_in_c_is_found(self) -> None:
        module = getModule("zope.interface._zope_interface_coptimizations")
        assert module.filePath.basename().endswith(PYTHON_EXTENSIONS[-1])

    def test_what_is_built_in_has_no_file(self) -> None:
        with pytest.raises(KeyError, match="sys has no file: it is built into Python"):
            getModule("sys")

    def test_the_standard_library_is_found(self) -> None:
        assert names(getModule("json").iterModules()) == [
            "json.decoder",
            "json.encoder",
            "json.scanner",
            "json.tool",
        ]
        assert "json" in names(iterModules())
        assert next(walkModules()).name

    def test_the_script_finds_the_files_beside_it(self, tmp_path: Path) -> None:
        (tmp_path / "script.py").write_text(
            "from twisted.python.modules import getModule\n"
            "print(getModule(__name__).filePath.sibling('data').getContent())\n"
            "if __name__ == '__main__':\n    import script\n"
        )
        (tmp_path / "data").write_bytes(b"beside")
        command = [sys.executable, str(tmp_path / "script.py")]
        assert subprocess.check_output(command) == b"b'beside'\n" * 2

    def test_the_path_changes_with_that_of_the_process(
        self, place: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert place not in theSystemPath.sysPath
        monkeypatch.syspath_prepend(place)
        assert theSystemPath.sysPath[0] == place
        assert next(theSystemPath.iterEntries()).filePath == FilePath(place)

    def test_assertions_are_on(self) -> None:
        assert OPTIMIZED_MODE is False


class TestImporters:
    def test_another_importer_says_where_its_modules_are(self, place: str) -> None:
        from twisted.python.components import implementer, registerAdapter

        class DummyImporter:
            """Stands for an importer of another kind."""

        @implementer(IPathImportMapper)
        class Mapper:
            def __init__(self, importer: DummyImporter) -> None:
                pass

            def mapPath(self, pathLikeString: str) -> FilePath[str]:
                return FilePath(place)

        registerAdapter(Mapper, DummyImporter, IPathImportMapper)
        path = PythonPath(["elsewhere:"], {}, importerCache={"elsewhere:": DummyImporter()})
        assert sorted(names(path.walkModules())) == NAMES

    def test_hooks_are_asked_in_turn(self, archive: str) -> None:
        asked: list[str] = []

        def refuse(entry: str) -> object:
            asked.append(entry)
            raise ImportError

        hooks: list[Callable[[str], object]] = [refuse, zipimport.zipimporter]
        path = PythonPath([archive], {}, hooks, {})
        assert "single" in path
        assert asked[0] == archive

    def test_the_entries_can_come_from_a_function(self, place: str) -> None:
        path = PythonPath(moduleDict={}, importerCache={}, sysPathFactory=lambda: [place])
        assert path.sysPath == [place]
        assert "single" in path


def test_objects_are_equal_by_name_and_place(path: PythonPath, place: str) -> None:
    assert path["pack"] == path["pack"]
    assert path["pack"] != path["single"]
    assert path["pack"] != "pack"
    assert len({path["pack"], path["pack"]}) == 1
    assert len({*path.iterEntries(), *path.iterEntries()}) == 1
    assert next(path.iterEntries()) != place


def test_their_reprs(path: PythonPath, place: str) -> None:
    assert repr(path) == f"PythonPath({[place]!r})"
    assert repr(path["pack"]) == "PythonModule<'pack'>"
    assert repr(next(path.iterEntries())) == f"PathEntry<{FilePath(place)!r}>"
