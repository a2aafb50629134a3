"""Puts the record of a distribution called Twisted into the wheel.

A wheel may hold one folder of metadata, its own; the second travels among the files that belong
into the directory of installed packages. It is made from the metadata of this part, and has no
RECORD, so that package managers leave it to this part to remove it.
"""

import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "Twisted"


class RecordHook(BuildHookInterface):
    """Adds the folder to whatever wheel is built, an editable one included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files and tell the builder where they belong."""
        number = self.metadata.version
        target = f"tw_compat-{number}.data/purelib/{NAME.lower()}-{number}.dist-info"
        self._folder = tempfile.TemporaryDirectory()
        included = {}
        for name, text in self._files().items():
            path = Path(self._folder.name) / name
            path.write_text(text)
            included[str(path)] = f"{target}/{name}"
        build_data["force_include"].update(included)
        build_data["force_include_editable"].update(included)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the files that were copied."""
        self._folder.cleanup()

    def _files(self) -> dict[str, str]:
        """Return the files of the record by name."""
        core = self.metadata.core
        lines = ["Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {self.metadata.version}"]
        lines.append("Summary: Met by the parts of tw, which have the package twisted")
        for extra, requirements in sorted(core.optional_dependencies.items()):
            lines.append(f"Provides-Extra: {extra}")
            lines += [f"Requires-Dist: {line}; extra == '{extra}'" for line in requirements]
        wheel = "Wheel-Version: 1.0\nGenerator: tw\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        return {"METADATA": "\n".join(lines) + "\n", "WHEEL": wheel, "INSTALLER": "tw-compat\n"}
