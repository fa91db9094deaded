"""Judges a prompt before anything is painted: form, word list, meaning. What a layer cannot decide is refused.

A listed word refuses, unless it stands there openly and meaning is sure that something else is meant (ADR 27).
"""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ml.safety import lexicon, meaning, structure
from ml.safety.encoder import Unread
from ml.safety.meaning import Kind
from ml.safety.verdict import _MINT, Refusal, SafePrompt, Verdict, passed, refused
from ml.weights.shelf import WeightsAltered, WeightsMissing

if TYPE_CHECKING:
    from ml.safety.language.reader import Reading

VERSION: Final = "text-3"
KEPT: Final = 4096
_CLAUSE_END: Final = re.compile(r"[,.;:!?\n]")


@dataclass(frozen=True)
class _Asked:
    """What is judged."""

    prompt: str
    negative: str
    kind: Kind

    @cached_property
    def meaning(self) -> "Reading":
        """Read once, by whichever layer asks first. Raises as :func:`ml.safety.meaning.reading` does."""
        return meaning.reading(self.prompt, self.kind)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One judgement. `judge` gives a verdict that refuses, or one that allows with what it found."""

    stage: str
    judge: Callable[[_Asked], Verdict]


def screen_text(prompt: str, negative: str = "", kind: Kind = "prompt") -> SafePrompt | Refusal:
    """Judge a prompt and its negative prompt. Never raises: a layer that fails refuses.

    `kind` is "output" for words that a language model made for people to read, where other things are usual.
    """
    verdict = _kept(prompt, negative, kind)
    if not verdict.allowed:
        return Refusal(verdict)
    return SafePrompt(prompt, negative, verdict, mint=_MINT)


def _kept(prompt: str, negative: str, kind: Kind) -> Verdict:
    """The verdict from memory, by content hash, so that no text is kept; a layer's failure is not remembered."""
    key = hashlib.sha256("\0".join((VERSION, kind, prompt, negative)).encode("utf-8", "surrogatepass")).digest()
    with _lock:
        if key in _verdicts:
            _verdicts.move_to_end(key)
            return _verdicts[key]
    verdict, failed = _judge(prompt, negative, kind)
    if not failed:
        with _lock:
            _verdicts[key] = verdict
            while len(_verdicts) > KEPT:
                _verdicts.popitem(last=False)
    return verdict


def _judge(prompt: str, negative: str, kind: Kind) -> tuple[Verdict, bool]:
    labels: dict[str, float] = {}
    thresholds: dict[str, float] = {}
    negated: tuple[str, ...] = ()
    asked = _Asked(prompt, negative, kind)
    for layer in _LAYERS:
        try:
            verdict = layer.judge(asked)
        except Exception as error:  # noqa: BLE001 -- fails closed: whatever breaks a layer refuses the text
            return refused(layer.stage, f"the {layer.stage} layer failed ({type(error).__name__})"), True
        if not verdict.allowed:
            return verdict, False
        labels |= verdict.labels
        thresholds |= verdict.thresholds
        negated += verdict.negated
    return passed("all", "every layer allowed it", labels, thresholds, negated=negated), False


def _form(asked: _Asked) -> Verdict:
    negative = asked.negative
    strange = structure.strange_form(asked.prompt) or (structure.strange_form(negative) if negative else None)
    if strange is not None:
        return refused("form", f"its form is refused: {strange}", {"injection": 1.0}, {"injection": 1.0})
    if structure.inverts(negative):
        reason = "the negative prompt keeps out what protects"
        return refused("form", reason, {"inverted": 1.0}, {"inverted": 1.0})
    return passed("form", "an ordinary form")


def _words(asked: _Asked) -> Verdict:
    """The negative prompt may name what is kept out; that is what it is for."""
    findings = lexicon.find(asked.prompt)
    denied = tuple(sorted(findings.negated))
    if not findings.asserted:
        return passed("lexicon", "no listed word", negated=denied)
    if not findings.disguised and _meant_otherwise(asked):
        return passed("lexicon", "listed words, surely meant otherwise", negated=denied)
    named = dict.fromkeys(sorted(findings.asserted), 1.0)
    return refused("lexicon", f"names {', '.join(named)}", named, dict.fromkeys(named, 1.0), negated=denied)


def _meant_otherwise(asked: _Asked) -> bool:
    """Whether meaning is sure, of the whole and of each clause with a listed word: calm words around one hide it.

    Where meaning cannot read, the list stands alone.
    """
    named = [clause for clause in _CLAUSE_END.split(asked.prompt) if lexicon.find(clause).asserted]
    parts = [clause for clause in named if clause != asked.prompt]
    try:
        return bool(named) and asked.meaning.free and all(meaning.reading(one, asked.kind).free for one in parts)
    except (OSError, WeightsMissing, WeightsAltered, Unread):
        return False


def _meaning(asked: _Asked) -> Verdict:
    """One score decides, that of anything harmful at all; the labels' own say what it is."""
    found = asked.meaning
    scores, thresholds = {**found.labels, meaning.HARMFUL: found.harmful}, {meaning.HARMFUL: found.bar}
    named = found.named()
    if named:
        return refused("meaning", f"close in meaning to {', '.join(named)}", scores, thresholds)
    return passed("meaning", "close to nothing forbidden", scores, thresholds)


_LAYERS: Final = (_Layer("form", _form), _Layer("lexicon", _words), _Layer("meaning", _meaning))
_verdicts: OrderedDict[bytes, Verdict] = OrderedDict()
_lock: Final = threading.Lock()
