"""`build_graph`: build the graph, in this process."""

from __future__ import annotations

from typing import Any

from core.console import BotsiteCommand
from graph.build import build


class Command(BotsiteCommand):
    help = "Build the dependency graph of all channels."

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        return build().as_document()

    def show(self, document: dict[str, Any]) -> None:
        counts = {name: value for name, value in document.items() if name != "cycles"}
        self.table([*counts, "cycles"], [[*counts.values(), len(document["cycles"])]])
        for cycle in document["cycles"]:
            self.stdout.write("cycle: " + ", ".join(cycle))
