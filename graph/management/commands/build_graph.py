"""`build_graph`: build the graph, in this process."""

from __future__ import annotations

from typing import Any

from core.console import BotsiteCommand
from graph.build import build
from graph.changed import changes


class Command(BotsiteCommand):
    help = "Build the dependency graph of all channels."

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        return build().as_document()

    def show(self, document: dict[str, Any]) -> None:
        figures = {name: document[name] for name in document if name != "changes"}
        figures["cycles"] = len(document["cycles"])
        self.table([*figures], [[*figures.values()]])
        for cycle in document["cycles"]:
            self.stdout.write("cycle: " + ", ".join(cycle))
        for change in changes(document["changes"]):
            self.stdout.write(str(change))
