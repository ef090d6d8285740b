"""What ``bdhai run`` decided for one start of the hub: address, ports, passing files."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from courses.exercises.base import Frozen

ENV = "BDHAI_LAUNCH"  # the whole value, as JSON, from `bdhai run` to the hub's process


class StartError(RuntimeError):
    """The hub can't start; the message tells the person what to mend, in Vietnamese."""


class Launch(Frozen):
    """Addresses of one start. Every port but ``port`` is chosen free at each start.

    Attributes:
        bind: where people reach the hub; beyond loopback only with cells.
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
        """Return ``http://127.0.0.1:8000``: where programs of this machine find the hub."""
        return _url({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.bind, self.bind), self.port)  # noqa: S104 - compared

    @property
    def bind_url(self) -> str:
        """Return where to listen."""
        return _url(self.bind, self.port)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Launch:
        """Read the value that ``bdhai run`` handed over."""
        if ENV not in env:
            raise StartError("Hãy mở lớp bằng lệnh: bdhai run")
        return cls.model_validate_json(env[ENV])


PLAIN = "bàn học mở theo cách spawner: plain, mọi người học dùng chung một tài khoản của máy"


def is_loopback(bind: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return bind == "localhost" or ipaddress.ip_address(bind).is_loopback
    except ValueError:
        return False


def require_cells(bind: str, fault: Callable[[], str]) -> None:
    """Refuse an address that other machines can reach, unless each learner is in a cell.

    Args:
        bind: the address.
        fault: says why the machine can make no cells; empty: it can. Asked only when it matters.

    Raises:
        StartError: learners could harm one another, so the hub must stay local.
    """
    if is_loopback(bind):
        return
    try:
        ipaddress.ip_address(bind)
    except ValueError as error:
        raise StartError(
            f"BDHAI_BIND phải là một địa chỉ IP, ví dụ 127.0.0.1 hoặc 0.0.0.0, không phải {bind!r}."
        ) from error
    why = fault()
    if why:
        raise StartError(
            f"Không mở lớp ở địa chỉ {bind}: máy khác vào được mà người học chưa được ngăn riêng với nhau "
            f"({why}). Bạn chọn một cách: chỉ mở trên chính máy này (BDHAI_BIND=127.0.0.1); hoặc đặt spawner: fork "
            "trong site.yaml rồi chạy bằng root; hoặc không có root thì cài bubblewrap (apt install bubblewrap) và "
            "cho phép user namespace. Xem docs/hosting.md."
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


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _socket(bind: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, socket.SOCK_STREAM)
