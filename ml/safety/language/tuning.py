"""Tunes the upper layers of an encoder together with the heads. Seeded, on one thread of the CPU.

The frozen part reads every line once, as it is and as varied; what it makes of them is kept, and only the upper part
runs in each epoch.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from ml.safety.language.labels import LABELS
from ml.safety.language.lines import SCENES, Line
from ml.safety.language.network import Network
from ml.safety.language.variation import varied
from ml.safety.normalise import undisguised

WARMING: Final = 0.06
"""The share of the steps over which the rate rises; after that it falls to nothing."""
MISSED: Final = 1.5
"""How much a missed harmful line weighs against a false alarm, once both classes are balanced: recall goes first."""
OF_LABELS: Final = 4.0
"""The labels' part of the loss against that of "harmful at all"."""
READ_AT_ONCE: Final = 64

Say = Callable[[str], None]
AfterEpoch = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How far and how long. `layers` counts from the top; 0 learns the heads alone, over the encoder as it came."""

    layers: int = 3
    epochs: int = 5
    rate: float = 1.5e-4
    rate_of_heads: float = 1e-3
    batch: int = 48
    tokens: int = 64
    variants: int = 2
    """How many varied readings of each line are learned from, beside the line as it is."""
    seed: int = 20261


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of one line: (T, D) from the frozen part, and what the heads should say of it, (L + 1)."""

    hidden: torch.Tensor
    wanted: torch.Tensor


def tune(network: Network, tokenizer: Any, lines: Sequence[Line], tuning: Tuning, after: AfterEpoch) -> None:
    """Train `network` in place on `lines`; `after` is told each epoch's number and mean loss."""
    torch.manual_seed(tuning.seed)
    chance = random.Random(tuning.seed)  # noqa: S311 -- no secret
    readings = _readings(network, tokenizer, lines, tuning, chance)
    optimiser, schedule = _optimiser(network, tuning, -(-len(lines) // tuning.batch))
    heavier = _heavier(lines)
    for epoch in range(1, tuning.epochs + 1):
        network.train()
        drawn = [chance.choice(of_line) for of_line in readings]
        losses = [
            _step(network, batch, optimiser, schedule, heavier) for batch in _batches(drawn, tuning.batch, chance)
        ]
        network.eval()
        after(epoch, sum(losses) / len(losses))


def tokens(tokenizer: Any, texts: Sequence[str], longest: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(N, T) token numbers and their mask, of texts as the encoder reads them."""
    found = tokenizer(list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt")
    return found["input_ids"], found["attention_mask"]


def _readings(network: Network, tokenizer: Any, lines: Sequence[Line], tuning: Tuning,
              chance: random.Random) -> list[list[_Reading]]:  # fmt: skip
    """Every reading of each line; the library's own scenes are read as they stand only."""
    harmless = [line.text for line in lines if not line.labels and line.theme != SCENES]
    ways = [0 if line.theme == SCENES else tuning.variants for line in lines]
    made = [[line.text, *(varied(line.text, harmless, chance) for _ in range(many))]
            for line, many in zip(lines, ways, strict=True)]  # fmt: skip
    hidden = iter(_hidden(network, tokenizer, [undisguised(text) for texts in made for text in texts], tuning.tokens))
    wanted = [torch.tensor([*(label in line.labels for label in LABELS), bool(line.labels)]).float() for line in lines]
    return [[_Reading(next(hidden), one) for _ in texts] for texts, one in zip(made, wanted, strict=True)]


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


def _batches(readings: Sequence[_Reading], size: int, chance: random.Random) -> Iterator[list[_Reading]]:
    """Readings of like length together, so that little is padding; the batches in random order."""
    order = list(readings)
    chance.shuffle(order)
    order.sort(key=lambda reading: len(reading.hidden) // 3)
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(batches)
    yield from batches


def _step(network: Network, batch: Sequence[_Reading], optimiser: Any, schedule: Any, heavier: float) -> float:
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
