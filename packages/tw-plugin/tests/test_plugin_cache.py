"""The cache of plugins: what it saves, and that it is never wrong for long."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twisted.logger import capturedLogs
from twisted.plugin import CachedPlugin, IPlugin, _dropincache, getCache, getPlugins
from twisted.plugin._dropincache import ModuleEntry, PluginEntry, parse, render
from twisted.plugin._paths import Stamp
from twisted.python.components import Interface


class IWanted(Interface):
    """What is asked for."""


class IUnwanted(Interface):
    """What is not."""


HEAD = f"""'''A module.'''
import builtins
from twisted.plugin import IPlugin
from twisted.python.components import implementer
import sys
tests = sys.modules[{__name__!r}]
IWanted, IUnwanted = tests.IWanted, tests.IUnwanted
builtins.planted_imports.append(__name__)

@implementer(IPlugin, IWanted)
class Wanted:
    '''A wanted one.'''
    def __init__(self, name='wanted'): self.name = name

@implementer(IPlugin, IUnwanted)
class Unwanted:
    '''An unwanted one.'''
"""


@pytest.fixture
def imports(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the plugin modules that were imported."""
    imported: list[str] = []
    monkeypatch.setattr("builtins.planted_imports", imported, raising=False)
    return imported


def forget() -> None:
    """Make this process one that imported no plugin yet."""
    for name in list(sys.modules):
        if name.startswith("twisted.plugins.planted_"):
            del sys.modules[name]


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, imports: list[str]) -> Iterator[Path]:
    """A directory of plugins."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    directory = tmp_path / "twisted" / "plugins"
    directory.mkdir(parents=True)
    forget()
    yield directory
    directory.chmod(0o755)
    forget()


def write(plugins: Path, name: str, body: str) -> Path:
    path = plugins / f"planted_{name}.py"
    path.write_text(HEAD + body)
    return path


def wanted() -> list[object]:
    return list(getPlugins(IWanted))


def content(plugins: Path) -> dict[str, ModuleEntry]:
    return parse((plugins / "dropin.cache").read_bytes())


def test_is_written_beside_the_plugins(plugins: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    wanted()
    (plugin,) = content(plugins)["planted_a"].plugins
    assert (plugin.name, plugin.description) == ("x", "A wanted one.")
    assert f"{__name__}.IWanted" in plugin.provided


def test_spares_the_import_of_modules_without_a_wanted_plugin(
    plugins: Path, imports: list[str]
) -> None:
    write(plugins, "a", "x = Unwanted()")
    write(plugins, "b", "x = Wanted()")
    wanted()
    forget()
    imports.clear()
    assert len(wanted()) == 1
    assert imports == ["twisted.plugins.planted_b"]


def test_is_not_written_again_without_a_change(plugins: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    wanted()
    (plugins / "dropin.cache").chmod(0o600)
    before = os.stat(plugins / "dropin.cache")
    wanted()
    forget()
    wanted()
    after = os.stat(plugins / "dropin.cache")
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_is_readable_to_others_as_the_umask_allows(plugins: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    before = os.umask(0o022)
    try:
        wanted()
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(plugins / "dropin.cache").st_mode) == 0o644


def test_learns_of_an_added_module(plugins: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    wanted()
    write(plugins, "b", "x = Wanted()")
    assert len(wanted()) == 2
    assert set(content(plugins)) == {"planted_a", "planted_b"}


def test_learns_of_a_removed_module(plugins: Path) -> None:
    path = write(plugins, "a", "x = Wanted()")
    write(plugins, "b", "x = Wanted()")
    wanted()
    path.unlink()
    forget()
    with capturedLogs() as events:
        assert len(wanted()) == 1
    assert set(content(plugins)) == {"planted_b"}
    assert events == []


def test_learns_of_a_changed_module_in_the_next_process(plugins: Path) -> None:
    path = write(plugins, "a", "x = Unwanted()")
    assert wanted() == []
    write(plugins, "a", "x = Wanted() # longer")
    os.utime(path, ns=(1, 1))
    forget()
    assert len(wanted()) == 1
    assert content(plugins)["planted_a"].stamp.modified == 1


def test_does_not_take_an_earlier_state_of_a_module_for_the_present_one(plugins: Path) -> None:
    write(plugins, "a", "x = Unwanted()")
    assert wanted() == []
    write(plugins, "a", "x = Wanted() # longer")
    assert wanted() == []  # a module is not imported again
    forget()
    assert len(wanted()) == 1


def test_says_nothing_of_a_module_that_raised(plugins: Path, imports: list[str]) -> None:
    write(plugins, "a", "raise ValueError")
    write(plugins, "b", "x = Wanted()")
    wanted()
    assert set(content(plugins)) == {"planted_b"}


def test_that_hides_nothing_but_names_too_much_is_found_out(plugins: Path) -> None:
    write(plugins, "a", "x = Unwanted()")
    wanted()
    file = plugins / "dropin.cache"
    file.write_text(file.read_text().replace("IUnwanted", "IWanted"))
    forget()
    assert wanted() == []
    wanted()
    assert "IUnwanted" in file.read_text()


def test_names_of_moved_interfaces_are_looked_at(plugins: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    wanted()
    file = plugins / "dropin.cache"
    file.write_text(file.read_text().replace(f"{__name__}.IWanted", "old.place.IWanted"))
    forget()
    assert len(wanted()) == 1


def test_names_no_module_that_is_not_in_the_directory(
    plugins: Path, imports: list[str], tmp_path: Path
) -> None:
    write(plugins, "a", "x = Wanted()")
    wanted()
    file = plugins / "dropin.cache"
    file.write_text(file.read_text().replace('"planted_a"', '"planted_evil"'))
    forget()
    imports.clear()
    wanted()
    assert imports == ["twisted.plugins.planted_a"]


def test_of_an_unwritable_directory_costs_no_plugin(
    plugins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(plugins, "a", "x = Wanted()")

    def refuse(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    # Not by its mode: the tests may run as root.
    monkeypatch.setattr("twisted.plugin._dropincache.os.open", refuse)
    with capturedLogs() as events:
        assert len(wanted()) == 1
        assert len(wanted()) == 1
    (event,) = [each for each in events if each["path"].startswith(str(plugins))]
    assert "getPlugins(IPlugin)" in event["log_format"]


PLANTED = """
from twisted.plugin import IPlugin
from twisted.python.components import implementer

@implementer(IPlugin)
class Planted:
    pass

planted = Planted()
"""

COUNT_PLANTED = """
import sys
sys.path.insert(0, sys.argv[1])
from twisted.plugin import IPlugin, getPlugins
print(sum(type(plugin).__name__ == "Planted" for plugin in getPlugins(IPlugin)))
"""


def unprivileged() -> list[str]:
    """Return the command that runs another one without the right to read and write everything."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing: apt-get install util-linux, or run as another user")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def test_of_a_read_only_directory_costs_no_plugin(plugins: Path) -> None:
    command = [*unprivileged(), sys.executable, "-c", COUNT_PLANTED, str(plugins.parent.parent)]
    (plugins / "planted_alone.py").write_text(PLANTED)
    plugins.chmod(0o555)
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr
    assert not (plugins / "dropin.cache").exists()


COUNT_AND_SHOW_ERRORS = """
import sys
sys.path[:0] = sys.argv[1:]
from twisted.logger import globalLogBeginner, textFileLogObserver
globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stderr)], redirectStandardIO=False)
from twisted.plugin import IPlugin, getPlugins
print(sum(type(plugin).__name__ == "Planted" for plugin in getPlugins(IPlugin)))
"""


def test_of_a_directory_that_may_not_be_read_costs_no_plugin_of_another(
    plugins: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "twisted" / "plugins"
    other.mkdir(parents=True)
    (other / "planted_other.py").write_text(PLANTED)
    (plugins / "planted_hidden.py").write_text(PLANTED)
    command = [*unprivileged(), sys.executable, "-c", COUNT_AND_SHOW_ERRORS]
    plugins.chmod(0o000)
    done = subprocess.run(
        [*command, str(plugins.parent.parent), str(tmp_path / "other")],
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def test_of_a_module_that_may_not_be_read_costs_no_other(plugins: Path) -> None:
    (plugins / "planted_hidden.py").write_text(PLANTED)
    (plugins / "planted_other.py").write_text(PLANTED)
    command = [*unprivileged(), sys.executable, "-c", COUNT_AND_SHOW_ERRORS]
    (plugins / "planted_hidden.py").chmod(0o000)
    done = subprocess.run([*command, str(plugins.parent.parent)], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr
    assert "planted_hidden" in done.stderr
    assert list(content(plugins)) == ["planted_other"]


def test_is_whole_when_several_processes_write_it(plugins: Path) -> None:
    for number in range(20):
        (plugins / f"planted_{number}.py").write_text(PLANTED)
    command = [sys.executable, "-c", COUNT_AND_SHOW_ERRORS, str(plugins.parent.parent)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[0] for process in processes] == ["20\n"] * 4
    assert len(content(plugins)) == 20
    assert [each for each in os.listdir(plugins) if each.startswith("dropin.cache.")] == []


def test_that_cannot_be_replaced_leaves_no_other_file(plugins: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    (plugins / "dropin.cache").mkdir()
    with capturedLogs() as events:
        assert len(wanted()) == 1
    assert [each for each in os.listdir(plugins) if each.startswith("dropin.cache.")] == []
    assert len(events) == 2  # it could neither be read nor written


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\x80\x04\x95 a pickle",
        b"{}",
        b"[1]",
        b'{"format": "tw-plugin 0"}',
        b"[" * 100000,
        b'{"modules": {"planted_a": 3}}',
    ],
)
def test_that_is_damaged_is_logged_once_and_made_anew(plugins: Path, text: bytes) -> None:
    write(plugins, "a", "x = Wanted()")
    (plugins / "dropin.cache").write_bytes(text)
    with capturedLogs() as events:
        assert len(wanted()) == 1
    assert [each["path"] for each in events] == [str(plugins / "dropin.cache")]
    assert set(content(plugins)) == {"planted_a"}


def test_that_is_too_large_is_not_read(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(plugins, "a", "x = Wanted()")
    wanted()
    monkeypatch.setattr(_dropincache, "MAXIMUM_CACHE_SIZE", 10)
    with capturedLogs() as events:
        assert _dropincache.read(str(plugins)) == {}
    assert "larger than 10 bytes" in str(events[0]["error"])


def test_of_a_shadowed_module_is_kept(plugins: Path, tmp_path: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    wanted()
    before = content(plugins)
    first = tmp_path / "first" / "twisted" / "plugins"
    first.mkdir(parents=True)
    write(first, "a", "x = Wanted()")
    sys.path.insert(0, str(tmp_path / "first"))
    import twisted.plugins

    twisted.plugins.__path__.insert(0, str(first))
    forget()
    assert len(wanted()) == 1
    assert content(plugins) == before


def test_all_is_brought_up_to_date_by_asking_for_iplugin(plugins: Path) -> None:
    write(plugins, "a", "x = Wanted()")
    write(plugins, "b", "x = Unwanted()")
    list(getPlugins(IPlugin))
    assert set(content(plugins)) == {"planted_a", "planted_b"}


class TestGetCache:
    def test_lists_modules_and_their_plugins(self, plugins: Path) -> None:
        import twisted.plugins

        write(plugins, "a", "x = Wanted()")
        dropin = getCache(twisted.plugins)["planted_a"]
        assert dropin.moduleName == "twisted.plugins.planted_a"
        assert dropin.description == "A module."
        (plugin,) = dropin.plugins
        assert isinstance(plugin, CachedPlugin)
        assert (plugin.name, plugin.description) == ("x", "A wanted one.")
        assert plugin.dropin is dropin

    def test_loads_a_plugin(self, plugins: Path, imports: list[str]) -> None:
        import twisted.plugins

        write(plugins, "a", "x = Wanted('loaded')")
        getCache(twisted.plugins)
        forget()
        imports.clear()
        (plugin,) = getCache(twisted.plugins)["planted_a"].plugins
        assert imports == []
        assert plugin.load().name == "loaded"  # type: ignore[attr-defined]
        assert imports == ["twisted.plugins.planted_a"]

    def test_refuses_a_module_that_is_no_package(self) -> None:
        with pytest.raises(TypeError, match="is none"):
            getCache(os)


text = st.text(max_size=20)
entries = st.dictionaries(
    text,
    st.builds(
        ModuleEntry,
        st.builds(Stamp, st.integers(), st.integers()),
        st.none() | text,
        st.lists(
            st.builds(PluginEntry, text, st.none() | text, st.lists(text).map(tuple)), max_size=3
        ).map(tuple),
    ),
    max_size=3,
)


# A machine that does much else makes both examples and checks slow.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries)
def test_format_comes_back_as_it_went(entries: dict[str, ModuleEntry]) -> None:
    assert parse(render(entries)) == entries


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_format_refuses_other_json_with_a_value_error(value: object) -> None:
    whole = json.loads(render({}))
    for candidate in (value, {**whole, "modules": value}, {**whole, "modules": {"a": value}}):
        try:
            parse(json.dumps(candidate).encode())
        except ValueError:
            pass


@given(st.binary())
def test_format_refuses_other_bytes_with_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - several texts
        parse(text)
