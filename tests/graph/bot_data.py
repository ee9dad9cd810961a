"""A checkout of the data of conda-forge's bot, as small as one can be."""

from __future__ import annotations

import json

from graph import channels
from graph.channels.bot_data import node_path
from graph.channels.bot_files import path_of

V0 = "package:\n  name: {name}\n  version: '{version}'\nbuild:\n  number: 0  # [win]\n"
V1 = "context:\n  version: '2.0'\npackage:\n  name: lua\n  version: ${{ version }}\n"


class BotData:
    """A checkout with `zlib` (v0), `lua` (v1) and the archived `old`."""

    def __init__(self, root):
        self.root = root
        root.mkdir()
        self.list(active=["zlib", "lua"], archived=["old"], default_branches={"zlib": "main"})
        self.node("zlib", raw_meta_yaml=V0.format(name="zlib", version="1.3"))
        self.node("lua", raw_meta_yaml=V1, meta_yaml={"schema_version": 1})
        self.node("old", raw_meta_yaml=V0.format(name="old", version="0.1"), archived=True)

    @property
    def spec(self):
        return f"cf-graph:{self.root}"

    def list(self, **lists):
        (self.root / "all_feedstocks.json").write_text(json.dumps(lists))

    def node(self, name, **attributes):
        node = {"feedstock_name": name, "pr_info": {"__lazy_json__": f"pr_info/{name}.json"}}
        self.write(name, json.dumps(node | attributes))

    def answers(self, name, new_version, **more):
        self.put(path_of("versions", name), json.dumps({"new_version": new_version, **more}))

    def fails(self, name, why="Upstream: Error getting upstream version", last_good=None):
        self.put(path_of("versions", name), json.dumps({"bad": why}))
        if last_good:
            known = json.dumps({"new_version": last_good, "bad": False})
            self.put(path_of("version_pr_info", name), known)

    def can_not_update(self, **messages):
        """By name, as `status/version_status.v2.json` tells it."""
        errors = {name: {"kind": "plain", "messages": each} for name, each in messages.items()}
        text = json.dumps({"queued": {}, "errors": errors})
        self.put("status/version_status.v2.json", text)

    def write(self, name, text):
        self.put(node_path(name), text)

    def put(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def found(self):
        return {each.name: each for each in channels.parse(self.spec).find({})}
