"""The compiled form: what the build mends in the C code that mypyc writes."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

HOOK = Path(__file__).parent.parent / "hatch_build.py"

PARSING = """
    if (!CPyArg_ParseStackAndKeywords(args, nargs, kwnames, &parser, \
&obj_args, &obj_kwargs, &obj__callback)) {
        return NULL;
    }
"""
LIST = "(*((PyObject **)((char *)self + sizeof(PyObject *) + sizeof(ChainObject))))"
PLACES = (
    [f"    Py_VISIT{LIST};\n", f"    Py_CLEAR{LIST};\n", PARSING]
    if sys.version_info < (3, 12)
    else [
        "    PyObject_ClearManagedDict((PyObject *)self);\n",
        "    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_MANAGED_DICT,\n",
        PARSING,
    ]
)


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Return the function of the build hook, which is loaded without hatchling."""
    for name in ("hatchling", "hatchling.builders", "hatchling.builders.hooks"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name in ("hatchling.builders.hooks.plugin", "hatchling.builders.hooks.plugin.interface"):
        module = ModuleType(name)
        module.__dict__["BuildHookInterface"] = object
        monkeypatch.setitem(sys.modules, name, module)
    function: Callable[[Path], None] = runpy.run_path(str(HOOK))["mend"]
    return function


def test_every_place_is_mended(mend: Callable[[Path], None], tmp_path: Path) -> None:
    source = tmp_path / "below" / "part.c"
    source.parent.mkdir()
    source.write_text("".join(PLACES))
    mend(tmp_path)
    mended = source.read_text()
    assert "PyObject_ClearWeakRefs" in mended
    assert "} else if (!CPyArg_ParseStackAndKeywords" in mended
    assert "obj__callback = args[0];" in mended


@pytest.mark.parametrize("missing", range(len(PLACES)))
def test_a_place_that_is_not_found_fails_the_build(
    mend: Callable[[Path], None], tmp_path: Path, missing: int
) -> None:
    (tmp_path / "part.c").write_text("".join(PLACES[:missing] + PLACES[missing + 1 :]))
    with pytest.raises(RuntimeError, match="mypyc writes otherwise"):
        mend(tmp_path)


def test_nothing_is_written_when_the_build_fails(
    mend: Callable[[Path], None], tmp_path: Path
) -> None:
    source = tmp_path / "part.c"
    source.write_text(PLACES[0])
    with pytest.raises(RuntimeError):
        mend(tmp_path)
    assert source.read_text() == PLACES[0]
