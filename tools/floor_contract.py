"""The floor plan as a contract of import-linter: nobody imports from its own floor or above.

The contract lists distributions, lowest floor first, those that share a floor on one line. Which
module belongs to which distribution is read from packages/, so a new module is covered as soon as
its file exists. Imports inside functions, under TYPE_CHECKING and by name count. The listed doors are the
only imports that may look up; a door that nobody uses any more is an error too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

from imports import imports_by_name
from parts import owners, parts


class FloorContract(Contract):
    """Checks each import between two distributions against the floors they stand on."""

    type_name = "floors"

    floors = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compare every import of the merged tree with the plan."""
        root = Path.cwd()
        floor_of = self._floors()
        owner_of = owners(root)
        listed = cast(list[str], self.doors)
        doors = {(importer, imported) for importer, _, imported in map(_split, listed)}
        faults = [
            f"{part.name} stands on no floor of .importlinter"
            for part in parts(root)
            if part.name not in floor_of
        ]
        used = set()
        for importer, imported, where in _imports(graph, root):
            above, below = owner_of[importer], owner_of.get(imported)
            if (importer, imported) in doors:
                used.add((importer, imported))
            elif below is None:
                faults.append(f"{where} is no module of ours: import the module itself")
            elif below != above and floor_of.get(below, 0) >= floor_of.get(above, 0):
                faults.append(f"{where}: {above} must not import {below}")
        for importer, imported in sorted(doors - used):
            if importer in owner_of and imported in owner_of:
                faults.append(f"the door {importer} -> {imported} is not used any more")
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that breaks the plan."""
        for fault in check.metadata["faults"]:
            output.print_error(fault, bold=False)

    def _floors(self) -> dict[str, int]:
        return {
            name.strip(): floor
            for floor, line in enumerate(cast(list[str], self.floors))
            for name in line.split("|")
        }


def _split(door: str) -> tuple[str, str, str]:
    return door.partition(" -> ")


def _imports(graph: ImportGraph, root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield who imports what, and where, with the imports by name that the graph lacks."""
    for part in parts(root):
        for importer, path in part.modules.items():
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                details = graph.get_import_details(importer=importer, imported=imported)
                line = details[0]["line_number"] if details else "?"
                yield importer, imported, f"{importer}:{line} -> {imported}"
            for found in imports_by_name(ast.parse(path.read_bytes())):
                if found.module.partition(".")[0] == "twisted":
                    yield importer, found.module, f"{importer}:{found.line} -> {found.module}"
