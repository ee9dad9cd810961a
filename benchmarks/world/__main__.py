"""What `World` starts: python -m benchmarks.world '{"packages": 1000, ...}' [--prepare]"""

from __future__ import annotations

import asyncio
import sys

from benchmarks.world.config import WorldConfig
from benchmarks.world.server import serve

asyncio.run(serve(WorldConfig.from_json(sys.argv[1]), prepare="--prepare" in sys.argv))
