"""From the project's lines to tuned weights in a folder: which themes are held out, and where refusing begins."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from ml.safety.language import reader
from ml.safety.language.lines import Line, ours
from ml.safety.language.measure import report, words_of
from ml.safety.language.network import Network
from ml.safety.language.scenes import scenes
from ml.safety.language.tuning import Tuning, tokens, tune
from ml.safety.normalise import undisguised

HELD: Final = frozenset({"family", "garden", "money", "outings", "stage"})
"""The themes that are not learned from: the bar is chosen on them."""
ALARMS: Final = 0.2
"""The share of harmless held lines that may be refused: fewer than the untrained layer refused of the same (0.27)."""
CLEAR: Final = 2e-4
"""How far above every scene of the product's own library the bar lies at least."""
SHOWN: Final = (0.02, 0.04, 0.1, 0.2, 0.3)
READ_AT_ONCE: Final = 64

Scores = npt.NDArray[np.float64]
Say = Callable[[str], None]


def fit(folder: Path, tuning: Tuning, encoder: Path | None, *, say: Say) -> None:
    """Tune on all themes but the held ones, choose the bar on those, and write the weights into `folder`."""
    known = [line for line in ours() if line.theme not in HELD]
    held = [line for line in ours() if line.theme in HELD]
    torch.manual_seed(tuning.seed)
    network, tokenizer = reader.untuned(encoder or reader.packaged_folder(), tuning.layers)
    painted = scenes(tuning.seed)
    say(f"{len(known)} lines to learn from, {len(held)} of themes held out, {tuning.layers} layers tuned")

    def after(epoch: int, loss: float) -> None:
        at = scores(network, tokenizer, held)
        facts = {"epochs": epoch, "layers": tuning.layers, "lines": len(known), **chosen(held, at)}
        if epoch == tuning.epochs and painted:
            facts["bar"] = max(facts["bar"], round(float(scores(network, tokenizer, painted).max()) + CLEAR, 4))
        reader.save(network, folder, facts)
        say(f"epoch {epoch}: loss {loss:.4f}; recall at false alarms of {facts['curve']}; bar {facts['bar']}")

    if encoder is not None:
        network.encoder.save_pretrained(folder / reader.ENCODER)
        tokenizer.save_pretrained(folder / reader.ENCODER)
    tune(network, tokenizer, [*known, *painted], tuning, after)


def scores(network: Network, tokenizer: Any, lines: Sequence[Line]) -> Scores:
    """(N,) how surely each line is harmful at all, read whole."""
    found = np.zeros(len(lines))
    order = sorted(range(len(lines)), key=lambda at: len(lines[at].text))
    for start in range(0, len(order), READ_AT_ONCE):
        places = order[start : start + READ_AT_ONCE]
        texts = [undisguised(lines[at].text) for at in places]
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            margins = network(*tokens(tokenizer, texts, reader.MOST_TOKENS))
        found[places] = torch.sigmoid(margins[:, -1].float()).numpy()
    return found


def chosen(lines: Sequence[Line], at: Scores) -> dict[str, Any]:
    """The bar, and what recall each share of false alarms buys; the word list refuses beside it."""
    named = np.array([bool(words_of(line.text)) for line in lines])
    curve = {f"{share:.2f}": round(_at(lines, at, named, share)[1], 3) for share in SHOWN}
    return {"bar": round(_at(lines, at, named, ALARMS)[0], 4), "curve": curve}


def _at(lines: Sequence[Line], at: Scores, named: npt.NDArray[np.bool_], share: float) -> tuple[float, float]:
    """The lowest bar with no more than that share of false alarms, and its recall."""
    harmful = np.array([bool(line.labels) for line in lines])
    for bar in np.unique(at[~harmful]) + 1e-4:
        if (named | (at >= bar))[~harmful].mean() <= share:
            break
    found = report(lines, [frozenset({"any"}) if hit else frozenset() for hit in named | (at >= bar)])
    return float(bar), found.recall
