"""Compiles the hot modules with mypyc where `TW_COMPILE=1` asks for it; else the wheel is pure.

A compiled wheel holds the sources as well, which tracebacks show, and an extension module beside
each that is listed in pyproject.toml.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The newest mypyc may compile otherwise than the one that the tests passed with.
COMPILER = ["mypy==2.4.1", "setuptools>=77"]


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
            distribution = Distribution({"name": name, "ext_modules": extensions})
            command = distribution.get_command_obj("build_ext")
            command.build_lib = str(library)
            command.build_temp = str(library.with_name("objects"))
            distribution.run_command("build_ext")
