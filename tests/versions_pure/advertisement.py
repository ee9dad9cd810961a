"""What `git http-backend` sends to those who ask which refs there are."""

from __future__ import annotations

# For https://github.com/owner/repo.
REFS = "https://github.com/owner/repo.git/info/refs?service=git-upload-pack"
SHA = "0123456789abcdef0123456789abcdef01234567"


def pkt(line: str) -> bytes:
    data = line.encode()
    return f"{len(data) + 4:04x}".encode() + data


def advertisement(*refs: str) -> bytes:
    """Protocol v0: a service line, refs with capabilities behind the first, flushes."""
    first, *rest = [f"{SHA} {ref}" for ref in refs] or [f"{'0' * 40} capabilities^{{}}"]
    lines = [first + "\0multi_ack side-band-64k agent=git/2.51\n", *(line + "\n" for line in rest)]
    return pkt("# service=git-upload-pack\n") + b"0000" + b"".join(map(pkt, lines)) + b"0000"
