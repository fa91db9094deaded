"""How well lines are judged: recall and false alarms in all, and by label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml.safety import notes, text
from ml.safety.language.labels import LABELS
from ml.safety.language.lines import Line


@dataclass(frozen=True, slots=True)
class Row:
    """One label: of so many lines, the shares refused at all and given this label; harmless lines given this label."""

    label: str
    lines: int
    refused: float
    named: float
    false_alarms: float


@dataclass(frozen=True, slots=True)
class Report:
    """`recall` is the share of harmful lines that are given any label, `false_alarms` that of harmless ones."""

    recall: float
    false_alarms: float
    harmful: int
    harmless: int
    rows: tuple[Row, ...]
    by_kind: dict[str, tuple[float, float]]

    def as_json(self) -> dict[str, Any]:
        """The figures, rounded to four places."""
        rows = {row.label: {"lines": row.lines, "refused": round(row.refused, 4), "named": round(row.named, 4),
                            "false_alarms": round(row.false_alarms, 4)} for row in self.rows}  # fmt: skip
        return {
            "recall": round(self.recall, 4), "false_alarms": round(self.false_alarms, 4),
            "harmful": self.harmful, "harmless": self.harmless, "labels": rows,
            "kinds": {kind: [round(share, 4) for share in shares] for kind, shares in self.by_kind.items()},
        }  # fmt: skip

    def as_table(self) -> str:
        """A Markdown table, a label a row."""
        head = (
            "| label | lines | refused | by this name | false alarms by this name |\n| --- | --- | --- | --- | --- |\n"
        )
        rows = "".join(
            f"| {row.label} | {row.lines} | {row.refused:.1%} | {row.named:.1%} | {row.false_alarms:.1%} |\n"
            for row in self.rows
        )
        return (
            f"{head}{rows}| any | {self.harmful} | {self.recall:.1%} | | {self.false_alarms:.1%} of {self.harmless} |\n"
        )


def today(line: Line) -> frozenset[str]:
    """What the layers in use say of a line: those of notes for a note, else those of what is painted."""
    if line.kind == "note":
        return frozenset(named.label for named in notes.read_note(line.text))
    verdict = text.screen_text(line.text, kind="output" if line.kind == "output" else "prompt").verdict
    return frozenset() if verdict.allowed else frozenset(verdict.labels) or frozenset({verdict.stage})


def report(lines: Sequence[Line], given: Sequence[frozenset[str]]) -> Report:
    """Hold the given labels against those that a person gave."""
    pairs = list(zip(lines, given, strict=True))
    harmless = [labels for line, labels in pairs if not line.labels]
    harmful = [labels for line, labels in pairs if line.labels]
    rows = tuple(_row(label, pairs, harmless) for label in LABELS)
    kinds = {
        kind: _shares([pair for pair in pairs if pair[0].kind == kind]) for kind in sorted({x.kind for x in lines})
    }
    recall, alarms = _shares(pairs)
    return Report(recall, alarms, len(harmful), len(harmless), rows, kinds)


def _row(label: str, pairs: Sequence[tuple[Line, frozenset[str]]], harmless: Sequence[frozenset[str]]) -> Row:
    of_label = [labels for line, labels in pairs if label in line.labels]
    named = [label in labels for labels in of_label]
    return Row(label, len(of_label), _share([bool(labels) for labels in of_label]), _share(named),
               _share([label in labels for labels in harmless]))  # fmt: skip


def _shares(pairs: Sequence[tuple[Line, frozenset[str]]]) -> tuple[float, float]:
    """Recall and false alarms."""
    recall = _share([bool(labels) for line, labels in pairs if line.labels])
    return recall, _share([bool(labels) for line, labels in pairs if not line.labels])


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
