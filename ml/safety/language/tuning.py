"""Tunes the upper layers of an encoder together with the heads. Seeded, on one thread of the CPU.

The frozen part reads every line once, as it is and as varied; what it makes of them is kept, for all folds, and only
the upper part runs in each epoch.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from ml.safety.language.labels import LABELS
from ml.safety.language.lines import SCENES, Line
from ml.safety.language.network import Network
from ml.safety.language.variation import varied, within
from ml.safety.normalise import undisguised

WARMING: Final = 0.06
"""The share of the steps over which the rate rises; after that it falls to nothing."""
MISSED: Final = 1.0
"""How much a missed harmful line weighs against a false alarm, once both classes are balanced."""
OF_LABELS: Final = 4.0
"""The labels' part of the loss against that of "harmful at all"."""
SCENES_DRAWN: Final = 0.5
"""The share of the library's scenes that an epoch reads: they are many, long, and much alike."""
READ_AT_ONCE: Final = 64

Say = Callable[[str], None]
AfterEpoch = Callable[[int, float], None]
FoldOf = Callable[[str], int]
"""The fold of a theme."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How far and how long. `layers` counts from the top; 0 learns the heads alone, over the encoder as it came."""

    layers: int = 3
    epochs: int = 4
    rate: float = 1.5e-4
    rate_of_heads: float = 1e-3
    batch: int = 48
    tokens: int = 112
    variants: int = 1
    """How many varied readings of each line are learned from, beside the line as it is."""
    seed: int = 20261


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one line: (T, D) from the frozen part, and what the heads should say of it, (L + 1)."""

    hidden: torch.Tensor
    wanted: torch.Tensor


@dataclass(frozen=True, slots=True)
class Lesson:
    """One line in all its readings, the first as it stands, and with what chance an epoch draws it."""

    line: Line
    readings: list[Reading]
    share: float


def tune(network: Network, lessons: Sequence[Lesson], tuning: Tuning, after: AfterEpoch) -> None:
    """Train `network` in place on `lessons`; `after` is told each epoch's number and mean loss."""
    torch.manual_seed(tuning.seed)
    chance = random.Random(tuning.seed)  # noqa: S311 -- no secret
    expected = round(sum(lesson.share for lesson in lessons))
    optimiser, schedule = _optimiser(network, tuning, -(-expected // tuning.batch))
    heavier = _heavier([lesson.line for lesson in lessons])
    for epoch in range(1, tuning.epochs + 1):
        network.train()
        drawn = [chance.choice(lesson.readings) for lesson in lessons if chance.random() < lesson.share]
        losses = [
            _step(network, batch, optimiser, schedule, heavier) for batch in _batches(drawn, tuning.batch, chance)
        ]
        network.eval()
        after(epoch, sum(losses) / len(losses))


def tokens(tokenizer: Any, texts: Sequence[str], longest: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(N, T) token numbers and their mask, of texts as the encoder reads them."""
    found = tokenizer(list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt")
    return found["input_ids"], found["attention_mask"]


def prepare(network: Network, tokenizer: Any, lines: Sequence[Line], tuning: Tuning, fold: FoldOf) -> list[Lesson]:
    """Every reading of each line, varied with lines of its own fold, so that no fold's words are met in another.

    What may be painted or shown is read as a clause of a scene as well: between calm words a harmful clause is lost on
    an encoder that never met one there. The library's own scenes are read as they stand only.
    """
    chance = random.Random(tuning.seed)  # noqa: S311 -- no secret
    beside = defaultdict[int, list[str]](list)
    for line in lines:
        if not line.labels and line.theme != SCENES:
            beside[fold(line.theme)].append(line.text)
    scenes = [line.text for line in lines if line.theme == SCENES]
    made = [_readings(line, beside[fold(line.theme)], scenes, tuning.variants, chance) if line.theme != SCENES
            else [line.text] for line in lines]  # fmt: skip
    hidden = iter(_hidden(network, tokenizer, [undisguised(text) for texts in made for text in texts], tuning.tokens))
    return [
        Lesson(
            line, [Reading(next(hidden), wanted(line)) for _ in texts], SCENES_DRAWN if line.theme == SCENES else 1.0
        )
        for line, texts in zip(lines, made, strict=True)
    ]


def _readings(
    line: Line, beside: Sequence[str], scenes: Sequence[str], variants: int, chance: random.Random
) -> list[str]:
    found = [line.text, *(varied(line.text, beside, chance) for _ in range(variants))]
    if scenes and line.kind != "note":
        found.extend(within(line.text, chance.choice(scenes), chance) for _ in range(variants))
    return found


def wanted(line: Line) -> torch.Tensor:
    """(L + 1) what the heads should say: each label, and last whether anything is harmful at all."""
    return torch.tensor([*(label in line.labels for label in LABELS), bool(line.labels)]).float()


def _hidden(network: Network, tokenizer: Any, texts: Sequence[str], longest: int) -> list[torch.Tensor]:
    """What the frozen part makes of each text, (T, D) bfloat16; texts of like length are read together."""
    found: dict[int, torch.Tensor] = {}
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    network.eval()
    for start in range(0, len(order), READ_AT_ONCE):
        places = order[start : start + READ_AT_ONCE]
        numbers, mask = tokens(tokenizer, [texts[at] for at in places], longest)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            hidden = network.lower(numbers, mask).to(torch.bfloat16)
        found |= {at: hidden[row, : int(mask[row].sum())].clone() for row, at in enumerate(places)}
    return [found[at] for at in range(len(texts))]


def _batches(readings: Sequence[Reading], size: int, chance: random.Random) -> Iterator[list[Reading]]:
    """Readings of like length together, so that little is padding; the batches in random order."""
    order = list(readings)
    chance.shuffle(order)
    order.sort(key=lambda reading: len(reading.hidden) // 3)
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(batches)
    yield from batches


def _step(network: Network, batch: Sequence[Reading], optimiser: Any, schedule: Any, heavier: float) -> float:
    hidden = torch.nn.utils.rnn.pad_sequence([reading.hidden for reading in batch], batch_first=True)
    mask = torch.nn.utils.rnn.pad_sequence(
        [torch.ones(len(reading.hidden), dtype=torch.long) for reading in batch], batch_first=True
    )
    wanted = torch.stack([reading.wanted for reading in batch])
    with torch.autocast("cpu", torch.bfloat16):
        margins = network.upper(hidden.float(), mask).float()
    at_all = binary_cross_entropy_with_logits(margins[:, -1], wanted[:, -1], pos_weight=torch.tensor(heavier))
    loss = at_all + OF_LABELS * binary_cross_entropy_with_logits(margins[:, :-1], wanted[:, :-1])
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
    torch.nn.utils.clip_grad_norm_(network.tuned_weights().values(), 1.0)
    optimiser.step()
    schedule.step()
    return float(loss.detach())


def _heavier(lines: Sequence[Line]) -> float:
    """The weight of a harmful line, so that both classes count alike but for `MISSED`."""
    harmful = sum(bool(line.labels) for line in lines)
    return MISSED * (len(lines) - harmful) / max(harmful, 1)


def _optimiser(network: Network, tuning: Tuning, steps_an_epoch: int) -> tuple[Any, Any]:
    steps = tuning.epochs * steps_an_epoch
    heads = list(network.heads.parameters())
    upper = [weight for name, weight in network.tuned_weights().items() if not name.startswith("heads.")]
    groups: list[dict[str, Any]] = [{"params": heads, "lr": tuning.rate_of_heads}]
    if upper:
        groups.append({"params": upper, "lr": tuning.rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, foreach=True)

    def share(step: int) -> float:
        return min((step + 1) / (WARMING * steps), max(0.0, (steps - step) / ((1 - WARMING) * steps)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, share)
