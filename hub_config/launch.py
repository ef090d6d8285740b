"""What ``bdhai run`` decided for one start of the hub: address, ports, passing files."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from courses.exercises.base import Frozen

ENV = "BDHAI_LAUNCH"  # the whole value, as JSON, from `bdhai run` to the hub's process


class StartError(RuntimeError):
    """The hub can't start; the message tells the person what to mend, in Vietnamese."""


class Launch(Frozen):
    """Addresses of one start. Every port but ``port`` is chosen free at each start.

    Attributes:
        bind: where people reach the hub; loopback only until hosting has learners' own accounts.
        port: the one port that people use.
        hub_port: the hub's own port behind the proxy.
        proxy_port: the proxy's control port.
        services: port of each web service, by name.
        runtime: short-lived private folder for kernels' sockets.
    """

    bind: str = "127.0.0.1"
    port: int = 8000
    hub_port: int
    proxy_port: int
    services: dict[str, int]
    runtime: Path

    @property
    def address(self) -> str:
        """Return ``http://127.0.0.1:8000``."""
        host = f"[{self.bind}]" if ":" in self.bind else self.bind
        return f"http://{host}:{self.port}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Launch:
        """Read the value that ``bdhai run`` handed over."""
        if ENV not in env:
            raise StartError("Hãy mở lớp bằng lệnh: bdhai run")
        return cls.model_validate_json(env[ENV])


def require_loopback(bind: str) -> None:
    """Refuse any address that other machines can reach.

    Raises:
        StartError: learners' servers share one account of this machine, so the hub must stay local.
    """
    if bind == "localhost":
        return
    try:
        local = ipaddress.ip_address(bind).is_loopback
    except ValueError:
        local = False
    if not local:
        raise StartError(
            f"Không mở lớp ở địa chỉ {bind}: bản này chỉ chạy trên chính máy này (127.0.0.1). "
            "Mọi người học còn dùng chung một tài khoản của máy, nên chưa mở ra mạng được."
        )


def require_free(bind: str, port: int) -> None:
    """Refuse a port that somebody listens on.

    Raises:
        StartError: names the port and the way out.
    """
    with _socket(bind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the proxy does: TIME_WAIT is free
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise StartError(
                f"Cổng {port} đang có chương trình khác dùng. Hãy tắt chương trình đó, "
                f"hoặc chọn cổng khác: make run PORT={port + 1}"
            ) from error


def free_ports(bind: str, count: int) -> list[int]:
    """Return ports that are free now; all are held until all are chosen, so that none repeats."""
    held = [_socket(bind) for _ in range(count)]
    try:
        for each in held:
            each.bind((bind, 0))
        return [int(each.getsockname()[1]) for each in held]
    finally:
        for each in held:
            each.close()


def is_open(port: int) -> bool:
    """Tell whether somebody listens on a port of this machine."""
    with _socket("127.0.0.1") as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _socket(bind: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, socket.SOCK_STREAM)
