"""How fast the door alone is: requests per second and CPU per request, on loopback only.

    python -m benchmarks.door [--requests 5000] [--in-flight 64] [--latency 0.05] [--bytes 20000]

A server in a process of its own answers each request after `--latency` seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from core.http import Door, DoorConfig


def main() -> None:
    options = _options()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(
        target=_serve, args=(theirs, options.latency, options.bytes), daemon=True
    )
    server.start()
    try:
        print(json.dumps(_measure(f"http://127.0.0.1:{ours.recv()}", options)))
    finally:
        server.terminate()
        server.join()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--bytes", type=int, default=20_000)
    return parser.parse_args()


def _measure(origin: str, options: argparse.Namespace) -> dict[str, float]:
    config = DoorConfig.from_settings(
        {
            "trusted_origins": [origin],
            "host_limits": {origin: {"in_flight": options.in_flight, "rate": 100_000}},
        }
    )
    door = Door(config)
    with ThreadPoolExecutor(options.in_flight) as pool:
        list(pool.map(door.get, [origin + "/warm"] * options.in_flight))
        started, cpu = time.monotonic(), _cpu()
        urls = [f"{origin}/simple/package-{number}/" for number in range(options.requests)]
        for response in pool.map(door.get, urls):
            assert len(response.body) == options.bytes  # noqa: S101 - a benchmark checks its work
        seconds, cpu = time.monotonic() - started, _cpu() - cpu
    door.close()
    return {
        "requests": options.requests,
        "per_second": round(options.requests / seconds),
        "cpu_ms_per_request": round(cpu * 1000 / options.requests, 3),
    }


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _serve(ready: Connection, latency: float, size: int) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {size}\r\n\r\n"
    answer = head.encode() + b"x" * size

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            await asyncio.sleep(latency)
            writer.write(answer)
        writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=1024)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


if __name__ == "__main__":
    main()
