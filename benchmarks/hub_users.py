"""The hub with 10,000 registered users: memory and processor time at rest, its start, and one page of one of them.

Run as root: ``python benchmarks/hub_users.py``. The same hub with 100 users is measured in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.meter import come_first
from benchmarks.results import record
from benchmarks.two_hubs import TOKEN, Hub, names, ours

USERS = (100, 10_000)
REST = 30.0  # seconds of doing nothing
LOOKS = 20  # at a single user


def register(hub: Hub, people: int) -> None:
    """Make the people known to the hub, as their first sign-in does."""
    with httpx.Client(trust_env=False, timeout=300, headers={"Authorization": f"token {TOKEN}"}) as api:
        known = names(people)
        for first in range(0, people, 500):
            body = {"usernames": known[first : first + 500]}
            api.post(f"{hub.api}/users", json=body).raise_for_status()


def measured(people: int) -> dict[str, str]:
    with ours(people) as hub:
        register(hub, people)
        process = psutil.Process(hub.process.pid)
        time.sleep(5)
        before, began = sum(process.cpu_times()[:2]), time.monotonic()
        time.sleep(REST)
        rest = (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)
        took = looks(hub, names(people)[-1])
        memory = process.memory_full_info().uss / 2**20
    return {
        "registered users": f"{people:,}",
        "memory of the hub's process, MiB": f"{memory:.0f}",
        "processor at rest, % of one": f"{rest * 100:.2f}",
        "one user asked for, ms": f"{took * 1000:.1f}",
    }


def looks(hub: Hub, name: str) -> float:
    took = []
    with httpx.Client(trust_env=False, timeout=60, headers={"Authorization": f"token {TOKEN}"}) as api:
        for _ in range(LOOKS):
            began = time.perf_counter()
            api.get(f"{hub.api}/users/{name}").raise_for_status()
            took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-record", action="store_true")
    options = parser.parse_args()
    come_first()
    rows = [measured(people) for people in USERS]
    print(*rows, sep="\n")
    if not options.no_record:
        record("hub_users", rows)


if __name__ == "__main__":
    main()
