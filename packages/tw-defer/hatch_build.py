"""Compiles the hot modules with mypyc where `TW_COMPILE=1` asks for it; else the wheel is pure.

A compiled wheel holds the sources as well, which tracebacks show, and an extension module beside
each that is listed in pyproject.toml. All of them share one library, through which they call each
other.
"""

import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The newest mypyc may compile otherwise than the one that the tests passed with.
COMPILER = ["mypy==2.4.1", "setuptools>=77"]


# What mypyc writes for an instance with weak references: it takes the list of these for an object
# that the instance owns, and does not tell them when the instance is freed. On Python 3.12 and
# newer it provides for none.
WEAK_LIST = (
    r"\(\*\(\(PyObject \*\*\)\(\(char \*\)self \+ sizeof\(PyObject \*\) \+ sizeof\(\w+\)\)\)\)"
)
TELL = "if (Py_REFCNT(self) == 0) { PyObject_ClearWeakRefs((PyObject *)self); }"

# What mypyc writes for a method that takes all arguments makes a dict of keywords for each call.
# Adding a step without more arguments is what programs do most with Deferreds; it takes the
# keywords from a dict that stays empty: a step without arguments does not keep them.
PARSE = (
    r"if \((?=!CPyArg_ParseStackAndKeywords\(args, nargs, kwnames, &parser, "
    r"&obj_args, &obj_kwargs, &(obj__(?:callback|errback))\)\) \{)"
)
PARSE_NOTHING = r"""static PyObject *no_keywords = NULL;
    if (no_keywords == NULL && (no_keywords = PyDict_New()) == NULL) { return NULL; }
    if (nargs == 1 && kwnames == NULL) {
        \1 = args[0];
        obj_args = PyTuple_New(0);
        if (obj_args == NULL) { return NULL; }
        obj_kwargs = no_keywords;
        CPy_INCREF(obj_kwargs);
    } else if ("""

WEAK_REFERENCES = (
    [
        (rf"Py_VISIT{WEAK_LIST};", ""),
        (rf"Py_CLEAR{WEAK_LIST};", TELL),
    ]
    if sys.version_info < (3, 12)
    else [
        (r"(?=PyObject_ClearManagedDict\(\(PyObject \*\)self\);)", TELL + "\n"),
        (r"Py_TPFLAGS_MANAGED_DICT\b", "Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF"),
    ]
)
MENDINGS = [*WEAK_REFERENCES, (PARSE, PARSE_NOTHING)]


def mend(folder: Path) -> None:
    """Mend the C files that mypyc wrote.

    Args:
        folder: Holds them, in itself and below.

    Raises:
        RuntimeError: What is to be mended is not there: mypyc writes otherwise than it did.
    """
    sources = {file: file.read_text(encoding="utf-8") for file in folder.rglob("*.c")}
    for pattern, replacement in MENDINGS:
        places = 0
        for file, text in sources.items():
            sources[file], count = re.subn(pattern, replacement, text)
            places += count
        if not places:
            raise RuntimeError(f"mypyc writes otherwise than it did, nothing matches {pattern}")
    for file, text in sources.items():
        file.write_text(text, encoding="utf-8")


class CompilingHook(BuildHookInterface):
    """Adds the extension modules to the wheel."""

    PLUGIN_NAME = "custom"

    def _wanted(self) -> bool:
        return self.target_name == "wheel" and os.environ.get("TW_COMPILE") == "1"

    def dependencies(self) -> list[str]:
        """Return what a build needs besides hatchling."""
        return COMPILER if self._wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; an editable install stays pure, or its sources would not be what runs."""
        self._folder: str | None = None
        if not self._wanted() or version == "editable":
            return
        self._folder = tempfile.mkdtemp(prefix="tw-compiling-")
        library = Path(self._folder) / "library"
        self._compile(library)
        for file in sorted(library.rglob("*.so")):
            build_data["force_include"][str(file)] = str(file.relative_to(library))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what the compilers left."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _compile(self, library: Path) -> None:
        from mypyc.build import mypycify
        from setuptools import Distribution

        options = [
            # Not that of a directory above, which is made for checking, not for compiling.
            "--config-file=",
            "--namespace-packages",
            "--explicit-package-bases",
            # What the part requires need not be there to build it.
            "--ignore-missing-imports",
            "--follow-imports=silent",
        ]
        name = self.metadata.core.name.replace("-", "_")
        # mypyc names modules by the directory it is in.
        with contextlib.chdir(Path(self.root, "src")):
            extensions = mypycify(
                [*options, *self.config["compiled"]],
                opt_level="3",
                group_name=name,
                target_dir=str(library.with_name("c")),
            )
            mend(library.with_name("c"))
            distribution = Distribution({"name": name, "ext_modules": extensions})
            command = distribution.get_command_obj("build_ext")
            command.build_lib = str(library)
            command.build_temp = str(library.with_name("objects"))
            distribution.run_command("build_ext")
