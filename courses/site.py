"""`site.yaml` as one frozen value, and where things lie under the data folder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from courses.exercises.base import Frozen
from courses.site_doors import Door, LtiDoor, OidcDoor, read_doors, require_settings
from courses.yaml_errors import YamlError, line_of, validate_yaml

REPOSITORY = Path(__file__).resolve().parent.parent
_WRONG_DATABASE = "phải là địa chỉ SQLite hoặc PostgreSQL, ví dụ postgresql+psycopg://bdhai@/bdhai"


class Programme(Frozen):
    """Whose programme this is; printed on pages and reports."""

    name: str = "Bình dân học AI"
    ward: str = "Phường mẫu"
    province: str = ""
    year: int = 2026


class Recipient(Frozen):
    """Who receives the quarterly report and who signs it."""

    name: str = ""
    signer: str = ""
    signer_title: str = ""


class OpeningTimes(Frozen):
    """When the daily run starts (Asia/Ho_Chi_Minh)."""

    daily: time = time(22, 0)


class Uploads(Frozen):
    """How much learners may send. 1 MiB = 1024 × 1024 bytes."""

    file_mib: int = Field(default=10, ge=1, le=200)
    person_mib: int = Field(default=100, ge=1)
    person_files: int = Field(default=200, ge=1)


class Limits(Frozen):
    """How much of the machine one learner's programs may use together. 1 MiB = 1024 × 1024 bytes."""

    memory_mib: int = Field(default=256, ge=128)
    processes: int = Field(default=64, ge=24)  # threads count too
    open_files: int = Field(default=1024, ge=256)  # of one process
    file_mib: int = Field(default=64, ge=8)
    home_mib: int = Field(default=256, ge=32)
    home_files: int = Field(default=20_000, ge=1000)  # folders count too


class Price(Frozen):
    """What a provider asks for a million tokens of a model, in the currency of ``ai:``."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)


class Ai(Frozen):
    """How much of the AI one learner may use, what it costs, and how long consented conversations are kept."""

    per_minute: int = Field(default=12, ge=1, le=600)
    per_day: int = Field(default=200, ge=1, le=100_000)
    at_once: int = Field(default=2, ge=1, le=20)
    reply_tokens: int = Field(default=1024, ge=16, le=32_768)
    question_kib: int = Field(default=64, ge=1, le=256)
    keep_days: int = Field(default=30, ge=1, le=365)
    currency: str = Field(default="VND", min_length=1, max_length=8)
    prices: dict[str, Price] = Field(default_factory=dict)  # by model


class JudgeSettings(Frozen):
    """When an AI's marks of open answers are believed, what they may cost in a day, how fast they are asked for.

    Shares run from 0 to 1. The defaults of belief are what ``bdhai evaluate`` justified, see ``docs/judge.md``; for
    cost and speed see ``docs/judge-cost.md``.

    Attributes:
        band_tolerance: how far verdicts and second call may part, as a share of the points.
        words_tolerance: how far verdicts may be from what the vocabulary lets expect, as a share of the points.
        lost_quotes: share of quotes not found above which one answer's judgement is not believed.
        trust: the same share over an exercise's latest answers, above which the judge falls silent.
        second_model: asked too, at the same provider; both must decide alike.
        challenge_pass: share of the points that passes a level's challenge.
        audit_share: share of judged answers that trainers re-mark blind.
        audit_agreement: weighted κ of judge and trainers below which an exercise falls silent.
        gate_agreement: weighted κ wanted of what is not left to people; tolerances are fitted to reach it.
        at_once: calls under way together at most; a provider that complains gets fewer for a while.
        minutes: how long a run asks; what is left waits for the next run.
        budget_tokens: tokens of a programme's day, prompt and completion together; None: no limit.
        budget_money: money of a programme's day, by ``ai.prices``; None: no limit.
        batch: ask through the provider's Batch API.
        batch_price: what a batch costs, as a share of ``ai.prices``.
        batch_minutes: how long a run waits for its batch; what came later is collected by the next run.
    """

    band_tolerance: float = Field(default=0.25, ge=0, le=1)
    words_tolerance: float = Field(default=0.5, ge=0, le=1)
    lost_quotes: float = Field(default=0.5, ge=0, le=1)
    trust: float = Field(default=0.4, ge=0, le=1)
    second_model: str = Field(default="", max_length=200)
    challenge_pass: float = Field(default=0.8, gt=0, le=1)
    audit_share: float = Field(default=0.05, ge=0, le=1)
    audit_agreement: float = Field(default=0.7, ge=0, le=1)
    gate_agreement: float = Field(default=0.75, ge=0, le=1)
    at_once: int = Field(default=8, ge=1, le=256)
    minutes: int = Field(default=240, ge=1, le=1200)
    budget_tokens: int | None = Field(default=None, ge=0)
    budget_money: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    batch: bool = False
    batch_price: float = Field(default=0.5, ge=0, le=1)
    batch_minutes: int = Field(default=20, ge=0, le=1200)


class Idle(Frozen):
    """When what nobody uses is put away. What learners wrote is on the disk before that.

    Attributes:
        kernel_minutes: a lesson's kernel without a message, also while a page is connected to it.
        server_minutes: a learner's server without activity.
        shed_minutes: a server idle for so long may be stopped when the machine's memory runs out.
        memory_share: share of the memory that must stay available; below it nobody is let in and idle servers go.
    """

    kernel_minutes: float = Field(default=10, ge=0.05, le=1440)
    server_minutes: float = Field(default=30, ge=0.05, le=1440)
    shed_minutes: float = Field(default=5, ge=0.05, le=1440)
    memory_share: float = Field(default=0.08, ge=0, le=0.9)


class Site(Frozen):
    """A validated ``site.yaml``. ``demo`` is True only when no site file names a real ward."""

    programme: Programme = Programme()
    recipient: Recipient = Recipient()
    opening: OpeningTimes = OpeningTimes()
    units: tuple[str, ...] = ()
    uploads: Uploads = Uploads()
    limits: Limits = Limits()
    ai: Ai = Ai()
    judge: JudgeSettings = JudgeSettings()
    idle: Idle = Idle()
    address: str = ""  # what people type to come here; printed on slips
    spawner: Literal["auto", "fork", "plain"] = "auto"  # how learners' servers start, see docs/hosting.md
    oidc: OidcDoor | None = None
    lti: LtiDoor | None = None
    auth: tuple[Door, ...] = ("native",)  # one word or a list; after oidc and lti, which its check looks at
    data: Path = Path("data")
    database: str = ""  # SQLAlchemy URL; empty: SQLite under the data folder
    lessons: Path = REPOSITORY  # folder that holds level1 … level5
    demo: bool = Field(default=False, exclude=True)

    @field_validator("auth", mode="before")
    @classmethod
    def _doors(cls, value: object) -> tuple[str, ...]:
        return read_doors(value)

    @field_validator("auth")
    @classmethod
    def _doors_have_settings(cls, value: tuple[Door, ...], info: ValidationInfo) -> tuple[Door, ...]:
        if {"oidc", "lti"} <= set(info.data):  # a faulty part was told already
            require_settings(value, info.data["oidc"], info.data["lti"])
        return value

    @field_validator("address")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("phải là địa chỉ trang web, ví dụ https://hoc.phuong.vn")
        return value

    @field_validator("database")
    @classmethod
    def _is_known_database(cls, value: str) -> str:
        if not _names_database(value):
            raise ValueError(_WRONG_DATABASE)
        return value


def _names_database(value: str) -> bool:
    try:
        return not value or make_url(value).get_backend_name() in {"sqlite", "postgresql"}
    except ArgumentError:
        return False


class Layout(Frozen):
    """Where everything mutable lies, below one data folder."""

    data: Path

    @property
    def hub(self) -> Path:
        """JupyterHub's own state."""
        return self.data / "hub"

    @property
    def secrets(self) -> Path:
        """Keys and demo passwords, mode 0700."""
        return self.data / "secrets"

    @property
    def courses(self) -> Path:
        """One nbgrader course folder per level."""
        return self.data / "courses"

    @property
    def homes(self) -> Path:
        """One home per learner, named by username."""
        return self.data / "homes"

    @property
    def boards(self) -> Path:
        """standings.json and the rendered pages."""
        return self.data / "boards"

    @property
    def ai(self) -> Path:
        """The local model's file."""
        return self.data / "ai"

    @property
    def files(self) -> Path:
        """What learners uploaded, by content."""
        return self.data / "files"

    @property
    def logs(self) -> Path:
        """Logs of hub and services."""
        return self.data / "logs"

    def course(self, level: str) -> Path:
        """Folder of one nbgrader course, e.g. ``courses/level1``."""
        return self.courses / level


def layout(site: Site) -> Layout:
    """Return the layout of a site, with an absolute data folder."""
    return Layout(data=site.data.resolve())


def database_url(site: Site) -> str:
    """Return the SQLAlchemy URL of the one database."""
    return site.database or f"sqlite:///{layout(site).data / 'bdhai.sqlite'}"


def gradebook_url(site: Site, level: str) -> str:
    """Return the SQLAlchemy URL of one level's nbgrader gradebook."""
    url = make_url(database_url(site))
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{layout(site).course(level) / 'gradebook.db'}"
    return url.set(database=f"{url.database}_{level}").render_as_string(hide_password=False)


def load_site(env: Mapping[str, str] = os.environ) -> Site:
    """Read ``site.yaml`` (``BDHAI_SITE`` names another path); without one, the demo site.

    ``BDHAI_DATA``, ``BDHAI_DATABASE`` and ``BDHAI_SPAWNER`` override the file.

    Raises:
        YamlError: ``site.yaml:LINE: …`` in Vietnamese.
    """
    path = Path(env.get("BDHAI_SITE", "site.yaml"))
    site = _read(path) if path.exists() else Site(auth=("demo",), demo=True)
    changes: dict[str, object] = {}
    if env.get("BDHAI_DATA"):
        changes["data"] = Path(env["BDHAI_DATA"])
    if env.get("BDHAI_SPAWNER") in {"auto", "fork", "plain"}:
        changes["spawner"] = env["BDHAI_SPAWNER"]
    if env.get("BDHAI_DATABASE"):
        if not _names_database(env["BDHAI_DATABASE"]):
            raise YamlError(f"BDHAI_DATABASE: {_WRONG_DATABASE}")
        changes["database"] = env["BDHAI_DATABASE"]
    return site.model_copy(update=changes)


def site_around(data: Path, env: Mapping[str, str] = os.environ) -> Site:
    """Return the site whose data folder this is, for programs that start inside it, such as nbgrader.

    Its ``site.yaml`` is the one that ``BDHAI_SITE`` names, else the one beside the data folder.
    """
    path = env.get("BDHAI_SITE") or str(data.parent / "site.yaml")
    return load_site({**env, "BDHAI_SITE": path, "BDHAI_DATA": str(data)})


def _read(path: Path) -> Site:
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8-sig")) or {}
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise YamlError(f"{path.name}:{line}: tệp không phải UTF-8; hãy lưu lại thành UTF-8") from error
    except DuplicateKeyError as error:
        raise YamlError(f"{path.name}:{_line(error)}: mục này viết hai lần; hãy xóa bớt một") from error
    except MarkedYAMLError as error:
        what = f"không đọc được; xem lại dấu hai chấm và cách thụt dòng, đừng dùng phím Tab ({error.problem})"
        raise YamlError(f"{path.name}:{_line(error)}: {what}") from error
    if isinstance(document, dict) and "demo" in document:
        line = line_of(document, ("demo",))
        raise YamlError(f"{path.name}:{line}: demo: không có mục này; lớp mẫu chạy khi không có tệp này")
    return validate_yaml(Site, document, path.name)


def _line(error: MarkedYAMLError) -> int:
    return error.problem_mark.line + 1 if error.problem_mark else 1
