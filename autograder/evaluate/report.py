"""An evaluation for people: a few lines for the terminal, and a Markdown report with a confusion plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.evaluate.confusion import as_markdown, as_svg
from autograder.evaluate.evaluation import Evaluation
from autograder.evaluate.figures import Agreement, Figures
from autograder.evaluate.pairs import Difference, PairsReport
from autograder.gate import Point
from autograder.judge import REASON_TEXTS
from autograder.metrics import Interval
from courses.clock import grouped_number, text_number

NOTHING = "không tính được"
_NAMES = {"qwk": "QWK", "exact": "Trùng khít", "pearson": "Pearson r", "bias": "Lệch (điểm)"}
_BASELINES = {"length": "Độ dài bài", "overlap": "Trùng từ với bài mẫu"}


def summary(own: Evaluation) -> str:
    """Return the figures as Vietnamese lines."""
    lines = [
        f"{own.dataset}: {own.answers} bài, AI {own.model}.",
        *(f"  bỏ qua {count} dòng: {_LEFT_OUT.get(why, why)}" for why, count in own.left_out.items()),
        f"Mọi bài AI có xét ({own.ungated.n}): {_agreement(own.ungated)}",
        f"Bài được chấm ({own.gated.n}): {_agreement(own.gated)}",
        f"Nhường người chấm: {percent(own.abstained)}",
        *(f"  – {count} bài: {reason_text(reason)}" for reason, count in own.reasons.items()),
        f"Hỏi lại {own.asked_again} bài, giống hệt: {percent(own.stability)}",
        *(
            f"Không cần AI – {_BASELINES[name].lower()}: QWK {interval(base.qwk)}"
            for name, base in own.baselines.items()
        ),
        f"Tốn {grouped_number(own.tokens)} token, {own.calls} lần gọi, {text_number(own.seconds)} giây.",
        f"Trả lời không đọc được: {own.unparsed}; thành điểm: {own.unparsed_marked}.",
    ]
    return "\n".join(lines)


_LEFT_OUT = {"reference": "bài làm chính là bài mẫu", "template": "chưa làm, chỉ có chữ có sẵn trong ô"}


def _agreement(own: Agreement) -> str:
    return ", ".join(f"{name} {interval(getattr(own, key))}" for key, name in _NAMES.items())


def number(value: float | None) -> str:
    """Return a figure with two decimals and a comma."""
    return NOTHING if value is None else f"{value:.2f}".replace(".", ",")


def interval(own: Interval) -> str:
    """Return a figure with its interval: ``0,71 (0,60 đến 0,80)``."""
    if own.low is None or own.high is None:
        return number(own.value)
    return f"{number(own.value)} ({number(own.low)} đến {number(own.high)})"


def percent(share: float | None) -> str:
    """Return a share for people."""
    return NOTHING if share is None else f"{text_number(share * 100)} %"


def reason_text(reason: str) -> str:
    """Return why a judge abstained, for people."""
    texts: Mapping[str, str] = {str(code): text for code, text in REASON_TEXTS.items()}
    return texts.get(reason, reason)


def pairs_summary(own: PairsReport) -> str:
    """Return what informal writing cost, as Vietnamese lines."""
    lines = [
        f"{own.pairs} cặp bài cùng ý, AI {own.model}. Bản viết tự nhiên so với bản đủ dấu:",
        _difference("mọi cặp", own),
        *(_difference(style, one) for style, one in own.styles.items()),
        f"Cặp khác điểm: {', '.join(own.unequal) or 'không có'}.",
        f"Tốn {grouped_number(own.tokens)} token.",
    ]
    return "\n".join(lines)


def _difference(name: str, own: Difference) -> str:
    return (
        f"  {name}: {own.marked}/{own.pairs} cặp được chấm cả hai, lệch {interval(own.difference)} thang điểm, "
        f"trùng điểm {percent(own.same)}; chỉ một bản được chấm: {own.one_silent}; "
        f"nhường người {percent(own.abstained_formal)} và {percent(own.abstained_informal)}"
    )


def write_report(own: Evaluation, path: Path) -> None:
    """Write the Markdown report, and its plots beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plots = {"gated": own.confusion, "ungated": own.confusion_ungated}
    for name, table in plots.items():
        title = f"{own.dataset}, {own.model}: điểm của người và của máy"
        path.with_name(f"{path.stem}-{name}.svg").write_text(as_svg(table, title), encoding="utf-8")
    path.write_text("\n".join(_report(own, path.stem)) + "\n", encoding="utf-8")


def _report(own: Evaluation, stem: str) -> Iterable[str]:
    yield f"# {own.dataset}, chấm bằng {own.model}\n"
    yield f"{own.answers} bài có điểm của người. Khoảng trong ngoặc là khoảng tin cậy 95 % (bootstrap).\n"
    yield from _table(own)
    yield "\n## Vì sao nhường người chấm\n"
    yield from (f"- {count} bài: {reason_text(reason)}" for reason, count in own.reasons.items())
    yield f"- AI không chấm đúng bài mẫu của: {', '.join(own.uncalibrated) or 'không bài tập nào'}."
    yield f"- Bài tập không có bài mẫu, AI được nghe thẳng: {len(own.without_samples)}."
    yield "\n## Điểm của người và của máy\n"
    yield f"Bài được chấm:\n\n![Bài được chấm]({stem}-gated.svg)\n\n{as_markdown(own.confusion)}\n"
    yield f"Mọi bài AI có xét:\n\n![Mọi bài]({stem}-ungated.svg)\n\n{as_markdown(own.confusion_ungated)}\n"
    yield "## Ngưỡng: giống người và chấm được bao nhiêu\n"
    yield from _curve(own.curve)
    yield "\n## Từng bài tập\n"
    yield from _exercises(own.exercises)
    yield f"\nMã lời dặn và ngưỡng (prompt hash): `{own.prompt_hash}`."


def _table(own: Evaluation) -> Iterable[str]:
    yield "| | Mọi bài AI có xét | Bài được chấm |"
    yield "| --- | --- | --- |"
    yield f"| Số bài | {own.ungated.n} | {own.gated.n} |"
    for key, name in _NAMES.items():
        yield f"| {name} | {interval(getattr(own.ungated, key))} | {interval(getattr(own.gated, key))} |"
    yield "\n| Không cần AI | QWK | Pearson r |"
    yield "| --- | --- | --- |"
    for name, base in own.baselines.items():
        yield f"| {_BASELINES[name]} | {interval(base.qwk)} | {interval(base.pearson)} |"
    yield f"\n- Nhường người chấm: {percent(own.abstained)}"
    yield f"- Hỏi lại {own.asked_again} bài, giống hệt: {percent(own.stability)}"
    verdicts = own.verdicts
    yield f"- Từng tiêu chí ({verdicts.n}): trùng {percent(verdicts.exact)}, κ {number(verdicts.kappa)}"
    yield f"- {grouped_number(own.tokens)} token, {own.calls} lần gọi, {text_number(own.seconds)} giây"
    yield f"- Trả lời không đọc được: {own.unparsed}, thành điểm: {own.unparsed_marked}"


def _curve(points: Iterable[Point]) -> Iterable[str]:
    yield "Ngưỡng là phần thang điểm mà các cách xét được lệch nhau (`band_tolerance` trong site.yaml).\n"
    yield "| Ngưỡng | Chấm được | Bài | Trùng khít | QWK |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for own in points:
        told = (percent(own.coverage), str(own.pairs), percent(own.exact), interval(own.qwk))
        yield f"| {number(own.tolerance)} | {' | '.join(told)} |"


def _exercises(exercises: Mapping[str, Figures]) -> Iterable[str]:
    yield "| Bài tập | Bài | QWK | QWK bài được chấm | Lệch | Nhường người |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for id_, own in exercises.items():
        figures = (number(own.qwk), number(own.qwk_not_abstained), number(own.bias), percent(own.abstained))
        yield f"| {id_} | {own.answers} | {' | '.join(figures)} |"
