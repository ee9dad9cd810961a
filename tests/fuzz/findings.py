"""What a fuzzer reports, and where it keeps what it takes to see it again."""

# ruff: noqa: T201 - what it prints is its result

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent.parent / "var" / "fuzz"


@dataclass
class Report:
    """How every try ended, and the reproducers of those that ended wrongly."""

    endings: Counter[str] = field(default_factory=Counter)
    findings: list[Path] = field(default_factory=list)

    def finding(self, name: str, data: bytes, problem: str) -> None:
        """Keep `data` below var/fuzz, in a file whose name begins with its digest."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(name.encode() + data).hexdigest()[:12]
        file = FOLDER / f"{digest}-{name.replace('/', '-')}"
        file.write_bytes(data)
        self.findings.append(file)
        print(f"FOUND {problem[:500]}\n      {file}", flush=True)
