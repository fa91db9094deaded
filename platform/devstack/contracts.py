"""An import-linter contract of our own: apps meet only at their doors (events, commands, selectors, permissions)."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """An app may import another's doors, by their first name inside the app, and the modules named in `also`.

    Configuration: `container` (the package of apps), `doors` (names inside an app), `also` (whole module names).
    """

    type_name = "doors"

    # Descriptors of import-linter: on an instance each gives its value from the configuration.
    container: Any = fields.StringField()
    doors: Any = fields.ListField(subfield=fields.StringField())
    also: Any = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        also = set(self.also or ())
        crossings = [
            (importer, imported)
            for importer in sorted(graph.find_descendants(self.container))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._is_trespass(importer, imported) and imported not in also
        ]
        return ContractCheck(kept=not crossings, metadata={"crossings": crossings})

    def _is_trespass(self, importer: str, imported: str) -> bool:
        here, there = importer.split("."), imported.split(".")
        if there[0] != self.container or len(there) < 3 or here[1] == there[1]:
            return False
        return there[2] not in self.doors

    def render_broken_contract(self, check: ContractCheck) -> None:
        crossings: list[tuple[str, str]] = check.metadata["crossings"]
        for importer, imported in crossings:
            output.print_error(f"- {importer} -> {imported}", bold=False)
        output.new_line()
