"""`getPlugins`: what is found, and where."""

import importlib
import importlib.machinery
import os
import subprocess
import sys
import types
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from zope.interface import Interface as PlainInterface  # type: ignore[import-untyped]

from twisted.logger import capturedLogs
from twisted.plugin import IPlugin, getPlugins, pluginPackagePaths
from twisted.python.components import Attribute, Interface


class IMaterial(Interface):
    """What the plugins of these tests provide."""

    name: str = Attribute("Its name.")


class IOther(Interface):
    """What most of them do not provide."""


class IPlain(PlainInterface):  # type: ignore[misc]
    """An interface of somebody who uses zope.interface directly."""


HEAD = f"""
from twisted.plugin import IPlugin
from twisted.python.components import implementer, provider
import sys
tests = sys.modules[{__name__!r}]
IMaterial, IOther, IPlain = tests.IMaterial, tests.IOther, tests.IPlain

@implementer(IPlugin, IMaterial)
class Material:
    def __init__(self, name):
        self.name = name
"""


class PluginDirectory:
    """A directory with `twisted/plugins/`, or another package of plugins."""

    def __init__(self, root: Path, package: str = "twisted.plugins") -> None:
        self.root = root
        self.plugins = root.joinpath(*package.split("."))
        self.plugins.mkdir(parents=True)

    def write(self, name: str, body: str) -> Path:
        path = self.plugins / f"{name}.py"
        path.write_text(HEAD + body)
        return path


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith(("twisted.plugins.", "planted_")):
            del sys.modules[name]


@pytest.fixture
def directory(tmp_path: Path, clean: None) -> PluginDirectory:
    directory = PluginDirectory(tmp_path / "project")
    sys.path.insert(0, str(directory.root))
    return directory


def names(interface: type[IMaterial] = IMaterial) -> list[str]:
    return [each.name for each in getPlugins(interface)]


def test_finds_a_plugin_in_a_directory_on_the_path(directory: PluginDirectory) -> None:
    directory.write("planted_a", "plate = Material('steel')")
    assert names() == ["steel"]


def test_finds_every_plugin_of_every_module(directory: PluginDirectory) -> None:
    directory.write("planted_b", "x = Material('third')")
    directory.write("planted_a", "b = Material('first'); a = Material('second')")
    assert names() == ["first", "second", "third"]


def test_finds_the_plugins_of_several_directories(
    directory: PluginDirectory, tmp_path: Path
) -> None:
    second = PluginDirectory(tmp_path / "second")
    sys.path.append(str(second.root))
    directory.write("planted_a", "x = Material('one')")
    second.write("planted_b", "x = Material('two')")
    assert sorted(names()) == ["one", "two"]


def test_finds_plugins_in_a_zip_file(tmp_path: Path, clean: None) -> None:
    archive = tmp_path / "plugins.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("twisted/plugins/planted_z.py", HEAD + "x = Material('zipped')")
    sys.path.insert(0, str(archive))
    assert names() == ["zipped"]
    assert names() == ["zipped"]


def test_finds_what_a_zip_file_has_now(tmp_path: Path, clean: None) -> None:
    archive = tmp_path / "plugins.zip"
    sys.path.insert(0, str(archive))
    for name in ("first", "second"):
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr(f"twisted/plugins/planted_{name}.py", HEAD + f"x = Material('{name}')")
        assert names() == [name]


def test_finds_nothing_in_a_zip_file_that_was_removed(tmp_path: Path, clean: None) -> None:
    archive = tmp_path / "plugins.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("twisted/plugins/planted_z.py", HEAD + "x = Material('zipped')")
    sys.path.insert(0, str(archive))
    assert names() == ["zipped"]
    archive.unlink()
    assert names() == []


def test_skips_a_zip_file_with_an_initializer(tmp_path: Path, clean: None) -> None:
    archive = tmp_path / "plugins.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("twisted/plugins/__init__.py", "")
        zipped.writestr("twisted/plugins/planted_z.py", HEAD + "x = Material('zipped')")
    sys.path.insert(0, str(archive))
    assert names() == []


def test_survives_a_damaged_zip_file_on_the_path(directory: PluginDirectory) -> None:
    broken = directory.root / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 not a zip file")
    sys.path.insert(0, str(broken))
    directory.write("planted_a", "x = Material('steel')")
    assert names() == ["steel"]


def test_finds_a_plugin_that_is_a_package(directory: PluginDirectory) -> None:
    (directory.plugins / "planted_p").mkdir()
    directory.write("planted_p/__init__", "x = Material('package')")
    assert names() == ["package"]


@pytest.mark.parametrize("name", ["bad-name", "copy of planted", "1st", ".#planted_a"])
def test_skips_a_file_that_no_import_statement_can_name(
    directory: PluginDirectory, name: str
) -> None:
    directory.write("planted_a", "x = Material('steel')")
    directory.write(name, "x = Material('brass')")
    with capturedLogs() as events:
        assert names() == ["steel"]
    assert events == []


def test_passes_over_what_is_no_module(directory: PluginDirectory) -> None:
    directory.write("planted_a", "x = Material('steel')")
    (directory.plugins / "planted_dangling.py").symlink_to("nowhere")
    (directory.plugins / "planted_directory.py").mkdir()
    (directory.plugins / "planted_empty.py").touch()
    (directory.plugins / "README.txt").touch()
    with capturedLogs() as events:
        assert names() == ["steel"]
    assert events == []


@pytest.mark.parametrize("entry", [3, None, b"bytes", Path("somewhere")])
def test_survives_odd_entries_on_the_path(directory: PluginDirectory, entry: object) -> None:
    sys.path.append(entry)  # type: ignore[arg-type]  # that is what is tried
    directory.write("planted_a", "x = Material('steel')")
    assert names() == ["steel"]


def test_skips_a_directory_with_an_initializer(directory: PluginDirectory) -> None:
    directory.write("planted_a", "x = Material('steel')")
    (directory.plugins / "__init__.py").touch()
    assert names() == []


def test_shadows_no_module_of_the_installed_packages(directory: PluginDirectory) -> None:
    directory.write("planted_a", "x = Material('steel')")
    names()
    assert importlib.import_module("twisted.python.components").Interface is Interface


def test_finds_plugins_that_were_added_after_the_last_call(directory: PluginDirectory) -> None:
    assert names() == []
    directory.write("planted_a", "x = Material('steel')")
    assert names() == ["steel"]
    directory.write("planted_b", "x = Material('brass')")
    assert names() == ["steel", "brass"]


def test_finds_plugins_in_a_directory_that_was_made_after_the_last_call(
    tmp_path: Path, clean: None
) -> None:
    sys.path.insert(0, str(tmp_path / "project"))
    assert names() == []
    PluginDirectory(tmp_path / "project").write("planted_a", "x = Material('steel')")
    assert names() == ["steel"]


def test_finds_plugins_of_a_directory_that_was_put_on_the_path_later(
    directory: PluginDirectory, tmp_path: Path
) -> None:
    assert names() == []
    later = PluginDirectory(tmp_path / "later")
    later.write("planted_a", "x = Material('steel')")
    sys.path.append(str(later.root))
    assert names() == ["steel"]


def test_finds_nothing_in_a_directory_that_left_the_path(directory: PluginDirectory) -> None:
    directory.write("planted_a", "x = Material('steel')")
    names()
    sys.path.remove(str(directory.root))
    assert names() == []


def test_takes_the_module_of_the_present_path(directory: PluginDirectory, tmp_path: Path) -> None:
    directory.write("planted_a", "x = Material('old')")
    assert names() == ["old"]
    other = PluginDirectory(tmp_path / "other")
    other.write("planted_a", "x = Material('new')")
    sys.path[0] = str(other.root)
    assert names() == ["new"]


def test_keeps_a_path_that_somebody_else_added_to_the_package(
    directory: PluginDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import twisted.plugins

    extra = tmp_path / "extra"
    extra.mkdir()
    (extra / "planted_e.py").write_text(HEAD + "x = Material('extra')")
    monkeypatch.setattr(twisted.plugins, "__path__", [*twisted.plugins.__path__, str(extra)])
    assert names() == ["extra"]


def test_finds_no_plugin_of_a_removed_module(directory: PluginDirectory) -> None:
    path = directory.write("planted_a", "x = Material('steel')")
    names()
    path.unlink()
    with capturedLogs() as events:
        assert names() == []
    assert events == []


def test_first_directory_with_a_name_has_it(directory: PluginDirectory, tmp_path: Path) -> None:
    second = PluginDirectory(tmp_path / "second")
    sys.path.insert(1, str(second.root))
    directory.write("planted_a", "x = Material('first')")
    second.write("planted_a", "x = Material('second')")
    assert names() == ["first"]


class TestWhatIsAPlugin:
    @pytest.mark.parametrize(
        "body",
        [
            "# a class whose instances would be\nMaterial",
            "@implementer(IMaterial)\nclass Alone:\n    name = 'x'\nx = Alone()",
            "@implementer(IPlugin)\nclass Bare:\n    name = 'x'\nx = Bare()",
            "@implementer(IPlugin, IOther)\nclass Else:\n    name = 'x'\nx = Else()",
            "def f():\n    x = Material('inner')",
            "xs = [Material('inner')]",
        ],
    )
    def test_not(self, directory: PluginDirectory, body: str) -> None:
        directory.write("planted_a", body)
        assert names() == []

    def test_class_that_provides_the_interfaces_itself(self, directory: PluginDirectory) -> None:
        directory.write("planted_a", "@provider(IPlugin, IMaterial)\nclass X:\n    name = 'class'")
        assert names() == ["class"]

    def test_object_with_an_interface_that_extends_the_one_asked_for(
        self, directory: PluginDirectory
    ) -> None:
        directory.write(
            "planted_a",
            "class ISpecial(IMaterial): pass\n"
            "@implementer(IPlugin, ISpecial)\nclass Special:\n    name = 'special'\n"
            "x = Special()",
        )
        assert names() == ["special"]

    def test_object_with_a_plain_zope_interface(self, directory: PluginDirectory) -> None:
        directory.write("planted_a", "@implementer(IPlugin, IPlain)\nclass P: pass\nx = P()")
        assert len(list(getPlugins(IPlain))) == 1

    def test_object_with_two_names_once(self, directory: PluginDirectory) -> None:
        directory.write("planted_a", "x = Material('steel')\ny = x")
        directory.write("planted_b", "from twisted.plugins.planted_a import x")
        assert names() == ["steel"]

    def test_object_whose_attributes_raise_is_left_out(self, directory: PluginDirectory) -> None:
        directory.write(
            "planted_a",
            "class Odd:\n    def __getattribute__(self, name): raise RuntimeError\n"
            "odd = Odd()\nx = Material('steel')",
        )
        assert names() == ["steel"]

    def test_any_plugin_when_iplugin_is_asked_for(self, directory: PluginDirectory) -> None:
        directory.write("planted_a", "x = Material('steel')")
        directory.write("planted_b", "@implementer(IPlugin)\nclass B: pass\nx = B()")
        found = [type(each).__name__ for each in getPlugins(IPlugin)]
        assert {"Material", "B"} <= set(found)


class TestModuleThatRaises:
    @pytest.mark.parametrize(
        "body",
        ["raise ValueError('planted')", "import no_such_module_anywhere", "def (", "exit(3)"],
    )
    def test_is_left_out(self, directory: PluginDirectory, body: str) -> None:
        directory.write("planted_a", body)
        directory.write("planted_b", "x = Material('steel')")
        assert names() == ["steel"]

    def test_is_logged_with_the_failure(self, directory: PluginDirectory) -> None:
        path = directory.write("planted_a", "raise ValueError('planted')")
        with capturedLogs() as events:
            names()
        (event,) = events
        assert event["log_failure"].check(ValueError) is not None
        assert event["moduleName"] == "twisted.plugins.planted_a"
        assert event["path"] == str(path)

    def test_is_logged_once(self, directory: PluginDirectory) -> None:
        directory.write("planted_a", "raise ValueError('planted')")
        with capturedLogs() as events:
            names()
            names()
        assert len(events) == 1

    def test_is_tried_again(self, directory: PluginDirectory) -> None:
        directory.write("planted_a", "import planted_library\nx = Material('steel')")
        assert names() == []
        (directory.root / "planted_library.py").touch()
        assert names() == ["steel"]

    def test_interrupt_passes(self, directory: PluginDirectory) -> None:
        directory.write("planted_a", "raise KeyboardInterrupt")
        with pytest.raises(KeyboardInterrupt):
            names()


class TestAnotherPackage:
    @pytest.fixture
    def package(self, tmp_path: Path, clean: None) -> types.ModuleType:
        plugins = PluginDirectory(tmp_path / "host", "planted_project.plugins").plugins
        (plugins.parent / "__init__.py").write_text(
            "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n"
        )
        (plugins / "__init__.py").write_text(
            "from twisted.plugin import pluginPackagePaths\n"
            "__path__.extend(pluginPackagePaths(__name__))\n"
            "__all__ = []\n"
        )
        (plugins / "planted_own.py").write_text(HEAD + "x = Material('own')")
        sys.path.insert(0, str(tmp_path / "host"))
        return importlib.import_module("planted_project.plugins")

    def test_has_its_own_plugins(self, package: types.ModuleType) -> None:
        assert [each.name for each in getPlugins(IMaterial, package)] == ["own"]

    def test_is_extended_by_directories_on_the_path(
        self, package: types.ModuleType, tmp_path: Path
    ) -> None:
        other = PluginDirectory(tmp_path / "other", "planted_project.plugins")
        other.write("planted_more", "x = Material('more')")
        sys.path.append(str(other.root))
        assert [each.name for each in getPlugins(IMaterial, package)] == ["own", "more"]

    def test_may_be_a_namespace_package(self, tmp_path: Path, clean: None) -> None:
        for root, name in (("one", "first"), ("two", "second")):
            made = PluginDirectory(tmp_path / root, "planted_spread.plugins")
            made.write(f"planted_{name}", f"x = Material({name!r})")
            sys.path.append(str(made.root))
        package = importlib.import_module("planted_spread.plugins")
        for _ in range(2):  # the second time by what the first one wrote
            assert [each.name for each in getPlugins(IMaterial, package)] == ["first", "second"]

    def test_has_no_plugins_of_the_default_one(
        self, package: types.ModuleType, tmp_path: Path
    ) -> None:
        default = PluginDirectory(tmp_path / "default")
        default.write("planted_a", "x = Material('default')")
        sys.path.append(str(default.root))
        assert [each.name for each in getPlugins(IMaterial, package)] == ["own"]
        assert names() == ["default"]


def test_refuses_what_is_no_interface() -> None:
    with pytest.raises(TypeError, match="is none"):
        getPlugins(int)


def test_refuses_a_module_that_is_no_package() -> None:
    with pytest.raises(TypeError, match="is none"):
        getPlugins(IMaterial, os)


class TestPluginPackagePaths:
    def test_names_the_directory_below_each_entry_of_the_path(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "path", ["/planted/a", "/planted/b"])
        assert pluginPackagePaths("x.plugins") == ["/planted/a/x/plugins", "/planted/b/x/plugins"]

    def test_leaves_out_directories_with_an_initializer(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        PluginDirectory(tmp_path, "x.plugins").plugins.joinpath("__init__.py").touch()
        monkeypatch.setattr(sys, "path", [str(tmp_path)])
        assert pluginPackagePaths("x.plugins") == []

    def test_names_each_directory_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "path", ["/planted/a", "/planted/a/", "/planted/a"])
        assert pluginPackagePaths("x") == ["/planted/a/x"]

    def test_asks_an_import_hook_for_its_directories(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        plugins = PluginDirectory(tmp_path / "a").plugins
        proper = PluginDirectory(tmp_path / "b").plugins
        (proper / "__init__.py").touch()
        self.hook(monkeypatch, [str(plugins), str(proper), "planted-hook"])
        assert pluginPackagePaths("twisted.plugins") == [str(plugins)]
        assert pluginPackagePaths("x.plugins") == []

    def test_survives_an_import_hook_that_raises(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hook(monkeypatch, None)
        assert pluginPackagePaths("twisted.plugins") == []

    def hook(self, monkeypatch: pytest.MonkeyPatch, locations: list[str] | None) -> None:
        """Put a word on the path that a finder of this test is responsible for."""

        class Finder:
            def find_spec(self, name: str, target: object = None) -> object:
                assert locations is not None
                if name != "twisted.plugins":
                    return None
                spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
                spec.submodule_search_locations = locations
                return spec

        def hook(entry: str) -> Finder:
            if entry != "planted-hook":
                raise ImportError
            return Finder()

        monkeypatch.setattr(sys, "path", ["planted-hook"])
        monkeypatch.setattr(sys, "path_hooks", [hook, *sys.path_hooks])
        monkeypatch.setattr(sys, "path_importer_cache", {})

    def test_makes_relative_entries_absolute(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "path", ["", "sub"])
        assert pluginPackagePaths("x") == [str(tmp_path / "x"), str(tmp_path / "sub" / "x")]


def test_finds_plugins_of_pythonpath_in_a_fresh_process(tmp_path: Path) -> None:
    directory = PluginDirectory(tmp_path / "project")
    (directory.root / "host.py").write_text(
        "from twisted.python.components import Interface\n"
        "class IGreeter(Interface):\n    pass\n"
        "if __name__ == '__main__':\n"
        "    from host import IGreeter\n"
        "    from twisted.plugin import getPlugins\n"
        "    print([each.name for each in getPlugins(IGreeter)])\n"
    )
    (directory.plugins / "hello_plugin.py").write_text(
        "from twisted.plugin import IPlugin\n"
        "from twisted.python.components import implementer\n"
        "from host import IGreeter\n"
        "@implementer(IPlugin, IGreeter)\n"
        "class Greeter:\n    name = 'hello'\n"
        "greeter = Greeter()\n"
    )
    for _ in range(2):  # the second one reads what the first one wrote
        done = subprocess.run(
            [sys.executable, "-m", "host"],
            env={**os.environ, "PYTHONPATH": str(directory.root)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert (done.stdout, done.stderr) == ("['hello']\n", "")
    assert (directory.plugins / "dropin.cache").exists()
