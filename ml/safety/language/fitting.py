"""From the project's lines to tuned weights in a folder: scores out of fold, gates on those, then all lines once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from ml.safety.language import reader
from ml.safety.language.evidence import NAMES, Rows, evidence
from ml.safety.language.folds import FOLDS, fold_of
from ml.safety.language.gates import (
    GATES,
    Flags,
    Gate,
    Scores,
    bar_at,
    crossed,
    fit_gate,
    grave_bar,
    listed_bar,
    read_as,
)
from ml.safety.language.labels import LABELS
from ml.safety.language.lines import SCENES, Line, ours
from ml.safety.language.network import Network
from ml.safety.language.scenes import scenes
from ml.safety.language.tuning import Lesson, Tuning, prepare, tokens, tune
from ml.safety.language.windows import windows
from ml.safety.normalise import undisguised

ALARMS: Final = {"prompt": 0.15, "output": 0.15, "note": 0.06}
"""The share of the harmless lines of a kind that may be refused, out of fold: recall first, as far as it costs little.

A refused prompt is answered by a vetted scene and a refused answer by the template. A note that a person need not have
read costs them a minute, and the patience that the next one needs. Our harmless lines are mostly look-alikes.
"""
GRAVE_ALARMS: Final = 0.035
"""The share of the harmless notes that may call a person beyond that, for naming self-harm: there a miss costs most."""
CLEAR: Final = 2e-4
"""How far above every scene of the product's own library the bar of prompts lies at least."""
SHOWN: Final = (0.02, 0.04, 0.1, 0.2)
READ_AT_ONCE: Final = 64

Say = Callable[[str], None]
Fresh = Callable[[], tuple[Network, Any]]


def fit(folder: Path, tuning: Tuning, encoder: Path | None, *, state: Path, say: Say) -> None:
    """Score every line out of fold, choose the gates on that, tune on all lines, and write into `folder`.

    What each fold gave stays in `state`, and a run that was stopped goes on from there.
    """

    def fresh() -> tuple[Network, Any]:
        torch.manual_seed(tuning.seed)
        return reader.untuned(encoder or reader.packaged_folder(), tuning.layers)

    network, tokenizer = fresh()
    lines, painted = ours(), scenes(tuning.seed)
    say(f"{len(lines)} lines, {FOLDS} folds, {tuning.layers} layers tuned")
    lessons = prepare(network, tokenizer, [*lines, *painted], tuning, fold_of)
    state = state / (encoder.name if encoder else "packaged")
    rows = evidence([line.text for line in lines], out_of_fold(fresh, lessons, tuning, state, say))
    gates, curves = gates_on(lines, rows)
    tune(network, lessons, tuning, lambda epoch, loss: say(f"all lines, epoch {epoch}: loss {loss:.4f}"))
    if painted:
        gates = above(gates, evidence([one.text for one in painted], margins(network, tokenizer, painted)))
    facts = {"epochs": tuning.epochs, "layers": tuning.layers, "lines": len(lines), "out_of_fold": curves}
    if encoder is not None:
        network.encoder.save_pretrained(folder / reader.ENCODER)
        tokenizer.save_pretrained(folder / reader.ENCODER)
    reader.save(network, folder, {**facts, "gates": {kind: gate.as_json() for kind, gate in gates.items()}})
    say("\n".join(f"{kind}: {curve}" for kind, curve in curves.items()))


def out_of_fold(fresh: Fresh, lessons: Sequence[Lesson], tuning: Tuning, state: Path, say: Say) -> Rows:
    """(N, L + 1) margins of our lines, each by an encoder that had not learned its theme."""
    state.mkdir(parents=True, exist_ok=True)
    own = [lesson for lesson in lessons if lesson.line.theme != SCENES]
    found = np.zeros((len(own), len(LABELS) + 1))
    for fold in range(FOLDS):
        kept = state / f"{named(own, tuning)}-{fold}.npy"
        held = [at for at, lesson in enumerate(own) if fold_of(lesson.line.theme) == fold]
        if not kept.exists():
            network, tokenizer = fresh()
            known = [one for one in lessons if one.line.theme == SCENES or fold_of(one.line.theme) != fold]
            tune(network, known, tuning, _told(say, f"fold {fold}"))
            np.save(kept, margins(network, tokenizer, [own[at].line for at in held]))
        found[held] = np.load(kept)
    return found


def named(own: Sequence[Lesson], tuning: Tuning) -> str:
    """What a fold's scores are of: these lines, tuned so. Other lines or another rate never meet them."""
    lines = [(one.line.text, sorted(one.line.labels), one.line.theme) for one in own]
    return hashlib.sha256(repr((lines, tuning)).encode()).hexdigest()[:12]


def _told(say: Say, what: str) -> Callable[[int, float], None]:
    return lambda epoch, loss: say(f"{what}, epoch {epoch}: loss {loss:.4f}")


def margins(network: Network, tokenizer: Any, lines: Sequence[Line]) -> Rows:
    """(N, L + 1) the highest margins over the windows of each line, as the reader takes them."""
    cut = [(at, window) for at, line in enumerate(lines) for window in windows(undisguised(line.text))]
    cut.sort(key=lambda one: len(one[1]))
    found = np.full((len(lines), len(LABELS) + 1), -np.inf)
    for start in range(0, len(cut), READ_AT_ONCE):
        some = cut[start : start + READ_AT_ONCE]
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            read = network(*tokens(tokenizer, [window for _, window in some], reader.MOST_TOKENS)).float().numpy()
        np.maximum.at(found, [at for at, _ in some], read)
    return found


def gates_on(lines: Sequence[Line], rows: Rows) -> tuple[dict[str, Gate], dict[str, Any]]:
    """A gate for each of GATES, its bars set on scores that no fold gave itself, and what recall these buy by kind."""
    gates, curves = dict[str, Gate](), dict[str, Any]()
    kinds = np.array([read_as(line.kind) for line in lines])
    harmful = np.array([bool(line.labels) for line in lines])
    folds = [fold_of(line.theme) for line in lines]
    for name in sorted(set(GATES.values())):
        of = np.array([GATES[kind] == name for kind in kinds])
        scores = crossed(rows[of], harmful[of], [fold for fold, one in zip(folds, of, strict=True) if one])
        scores = np.where(_strange(rows[of], name), 1.0, scores)
        parts = {kind: (scores[kinds[of] == kind], harmful[of][kinds[of] == kind]) for kind in sorted(set(kinds[of]))}
        bars = {kind: bar_at(*part, ALARMS[kind]) for kind, part in parts.items()}
        gate = fit_gate(rows[of], harmful[of], bars)
        gates[name] = replace(gate, lower=_lower_bars(rows[of], scores, harmful[of], kinds[of], bars))
        curves |= {kind: _curve(*part, bars[kind]) for kind, part in parts.items()}
    return gates, curves


def _lower_bars(
    rows: Rows, scores: Scores, harmful: Flags, kinds: npt.NDArray[np.str_], bars: Mapping[str, float]
) -> dict[str, float]:
    """For texts with a listed word, by kind of what is painted or shown; for notes that name self-harm."""
    listed = np.asarray(rows[:, NAMES.index("listed")] > 0)
    grave = np.asarray(rows[:, NAMES.index("margin self_harm")] >= np.log(reader.GRAVE / (1 - reader.GRAVE)))
    found = dict[str, float]()
    for kind, bar in bars.items():
        of = kinds == kind
        found[kind] = (
            grave_bar(scores[of], harmful[of], grave[of], bar, GRAVE_ALARMS)
            if kind == "note"
            else listed_bar(scores[of], harmful[of], listed[of], bar)
        )
    return found


def _strange(rows: Rows, gate: str) -> Flags:
    """What the form alone refuses, of texts that are painted or shown."""
    return np.asarray((rows[:, NAMES.index("form")] > 0) & (gate == "picture"))


def _curve(scores: Scores, harmful: Flags, bar: float) -> dict[str, float]:
    """Recall at each share of false alarms, and both at the bar that was taken."""
    recalls = {f"{share:.2f}": round(float((scores[harmful] >= bar_at(scores, harmful, share)).mean()), 3)
               for share in SHOWN}  # fmt: skip
    return {**recalls, "bar": bar, "recall": round(float((scores[harmful] >= bar).mean()), 3),
            "false_alarms": round(float((scores[~harmful] >= bar).mean()), 3)}  # fmt: skip


def above(gates: Mapping[str, Gate], rows: Rows) -> dict[str, Gate]:
    """The gates, with the bar of prompts above every row of the library's own scenes."""
    gate = gates["picture"]
    least = round(float(gate.scores(rows).max()) + CLEAR, 4)
    bars = {**gate.bars, "prompt": max(gate.bars["prompt"], least)}
    return {**gates, "picture": replace(gate, bars=bars)}
