"""What the hub adds to JupyterHub's own numbers at ``/hub/metrics``: the queue of starts, and the memory."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from hub_config.admission.queue import Queue
from hub_config.idle.memory import from_env


def publish(queue: Queue, registry: CollectorRegistry = REGISTRY) -> None:
    """Let Prometheus see the queue; once per process."""
    numbers = {
        "bdhai_starts_waiting": ("Learners who wait for their server to be started.", lambda: queue.waiting),
        "bdhai_starts_under_way": ("Servers being started.", lambda: queue.under_way),
        "bdhai_starts_limit": ("How many may start at once now.", lambda: queue.limit.now),
        "bdhai_start_usual_seconds": (
            "Mean time of recent starts; 0 while unknown.",
            lambda: queue.limit.usual,
        ),
        "bdhai_memory_available_ratio": ("Share of the memory that is available.", _memory_share),
    }
    for name, (words, value) in numbers.items():
        Gauge(name, words, registry=registry).set_function(value)


def _memory_share() -> float:
    memory = from_env()
    return memory.share if memory else float("nan")
