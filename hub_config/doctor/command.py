"""All checks, as text for people or JSON for machines."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from courses.clock import now
from courses.site import load_site
from courses.yaml_errors import YamlError
from hub_config.doctor import machine, place, school
from hub_config.doctor.finding import Check, Finding, Patient, bad, ok

CHECKS: tuple[Check, ...] = (
    machine.python,
    machine.node,
    machine.memory,
    machine.disk,
    machine.clock,
    machine.cells,
    place.data,
    place.secrets,
    place.port,
    place.backup,
    school.lessons,
    school.database,
    school.daily,
    school.ai,
    school.certificate,
)
SIGNS = {"ok": "tốt ", "warn": "nên ", "bad": "HỎNG"}


def report(port: int, *, as_json: bool) -> tuple[str, int]:
    """Return what to print, and the exit code: 1 when something does not work."""
    findings = examine(port)
    text = (
        json.dumps([each.model_dump() for each in findings], ensure_ascii=False)
        if as_json
        else tell(findings)
    )
    return text, int(any(each.state == "bad" for each in findings))


def examine(port: int) -> list[Finding]:
    """Return what each check found; without readable settings, only that."""
    try:
        site = load_site()
    except YamlError as error:
        return [bad("site", str(error), "Sửa đúng dòng ấy; mẫu ở site.example.yaml.")]
    words = "Chưa có site.yaml: đây là lớp mẫu." if site.demo else "Đọc được site.yaml."
    patient = Patient(site=site, env=dict(os.environ), port=port, now=now(), prefix=Path(sys.prefix))
    return [ok("site", words), *(check(patient) for check in CHECKS)]


def tell(findings: list[Finding]) -> str:
    """Return a line per finding, and a line below it on how to mend it."""
    lines = []
    for each in findings:
        lines.append(f"{SIGNS[each.state]}  {each.check:<12} {each.what}")
        if each.mend:
            lines.append(f"      {'':<12} → {each.mend}")
    broken = sum(each.state == "bad" for each in findings)
    better = sum(each.state == "warn" for each in findings)
    lines.append(f"{len(findings)} mục: {broken} hỏng, {better} nên sửa.")
    return "\n".join(lines)
