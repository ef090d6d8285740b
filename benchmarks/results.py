"""Where benchmarks write what they measured: a section each in RESULTS.md, replaced at every run."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_TITLE = "# What was measured\n\nEach section is written by its own benchmark, see the files here.\n"


def record(name: str, rows: Sequence[Mapping[str, object]], path: Path = RESULTS) -> None:
    """Replace one benchmark's section; all rows have the same keys, which become the columns."""
    old = path.read_text(encoding="utf-8") if path.exists() else _TITLE
    sections = dict(_sections(old))
    sections[name] = f"{machine()}\n\n{_table(rows)}\n"
    head = old.partition("\n## ")[0].rstrip()
    body = "".join(f"\n\n## {title}\n\n{text.strip()}" for title, text in sorted(sections.items()))
    path.write_text(f"{head}{body}\n", encoding="utf-8")


def machine() -> str:
    """Return date, processor count, memory and Python of this run."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, load at the end {load:.1f}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8")) if info.exists() else None
    return found[1].strip() if found else platform.machine()


def _sections(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([str(row[name]) for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
