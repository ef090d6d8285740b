"""A private PostgreSQL for tests: ``from tests.fixtures_postgres import postgres_server, postgres_url``.

One cluster a test session, in a short temporary folder, reachable by unix socket only; one empty database a
test. PostgreSQL refuses to run as root, so root hands the cluster to an unprivileged account.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

_NUMBERS = count(1)


def _program(name: str) -> str:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        pytest.skip("PostgreSQL is not installed on this machine (Debian: apt install postgresql)")
    return found


def _account() -> pwd.struct_passwd | None:
    """Whom root becomes; None for anybody else."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(command: list[str], account: pwd.struct_passwd | None, cwd: Path) -> None:
    become = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    # pg_ctl's server inherits our pipes and would keep them open: write to a file instead.
    with (cwd / "commands.log").open("ab") as log:
        done = subprocess.run(command, cwd=cwd, stdout=log, stderr=log, check=False, timeout=120, **become)
    assert done.returncode == 0, (cwd / "commands.log").read_text(errors="replace")[-2000:]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """Start a cluster; yield the folder of its socket."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="bdhai-pg-"))  # short: a socket's path has at most 107 characters
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        _run(
            [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            account,
            folder,
        )
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=60"
        _run(
            [pg_ctl, "-D", str(data), "-w", "-l", str(folder / "server.log"), "-o", options, "start"],
            account,
            folder,
        )
        try:
            yield folder
        finally:
            _run([pg_ctl, "-D", str(data), "-w", "-m", "immediate", "stop"], account, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(server: Path) -> Iterator[str]:
    """Yield the address of a new empty database, and drop it at the end."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    admin = create_engine(
        f"postgresql+psycopg://postgres@/postgres?host={server}", isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield f"postgresql+psycopg://postgres@/{name}?host={server}"
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def postgres_url(postgres_server: Path) -> Iterator[str]:
    """Yield the address of an empty database of this test's own."""
    with empty_database(postgres_server) as url:
        yield url
