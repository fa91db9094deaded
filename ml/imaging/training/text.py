"""Stages `tokenizer` and `text`: a vocabulary learned from captions, and a text encoder taught what they mean.

The encoder is warmed up by naming the attributes of the scene that a caption describes; the UNet then trains it on.
"""

import json
import logging
from pathlib import Path
from typing import Final

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from ml.imaging.training.budget import learning_rate, set_rate
from ml.imaging.training.dataset import VOCABULARIES, training_spec
from ml.scenes.captions import ATTRIBUTES, caption
from ml.scenes.spec import SceneSpec, held_out, sample
from ml.scenes.words import CALM, HINTS, PHRASES

TOKENS: Final = 32
VOCABULARY: Final = 1400
HIDDEN: Final = 128
_START, _END = "<|startoftext|>", "<|endoftext|>"
log = logging.getLogger(__name__)


def train_tokenizer(folder: Path, seed: int) -> CLIPTokenizer:
    """Byte-pair encoding learned from captions, saved as a CLIPTokenizer; known words become single tokens."""
    rng = np.random.default_rng(seed)
    captions = [caption(training_spec(seed, row), rng) for row in range(8000)]
    captions += [
        word for table in (PHRASES, HINTS) for words in table.values() for group in words.values() for word in group
    ] * 20
    captions += list(CALM) * 20
    bpe = Tokenizer(models.BPE(unk_token=_END, end_of_word_suffix="</w>"))
    bpe.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    bpe.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    ends = [f"{symbol}</w>" for symbol in alphabet]  # numbered first: the trainer would number them by chance
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[_START, _END, *ends], initial_alphabet=alphabet,
        end_of_word_suffix="</w>", show_progress=False,
    )  # fmt: skip
    bpe.train_from_iterator((text.replace(",", " ,") for text in captions), trainer)
    learned = json.loads(bpe.to_str())["model"]
    merges: list[tuple[str, ...]] = [tuple(pair) for pair in learned["merges"]]
    tokenizer = CLIPTokenizer(vocab=_complete(learned["vocab"], alphabet), merges=merges)
    tokenizer.model_max_length = TOKENS
    tokenizer.save_pretrained(folder / "tokenizer")
    return tokenizer


def _complete(vocabulary: dict[str, int], alphabet: list[str]) -> dict[str, int]:
    """Every byte, alone and at a word's end, so that no text is unknown."""
    for symbol in sorted(alphabet):
        for form in (symbol, f"{symbol}</w>"):
            vocabulary.setdefault(form, len(vocabulary))
    return vocabulary


def new_text_encoder(tokenizer: CLIPTokenizer, hidden: int = HIDDEN, layers: int = 3) -> CLIPTextModel:
    """An untrained CLIP text encoder for our vocabulary."""
    return CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=hidden, intermediate_size=3 * hidden, num_hidden_layers=layers,
        num_attention_heads=4, max_position_embeddings=TOKENS, projection_dim=hidden,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    ))  # fmt: skip


def tokens_of(tokenizer: CLIPTokenizer, texts: list[str]) -> Tensor:
    """(B, TOKENS) token ids, padded and cut as the pipeline does it."""
    batch = tokenizer(texts, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt")
    return torch.as_tensor(batch.input_ids)


def train_text(folder: Path, steps: int, seed: int) -> float:
    """Teach the encoder to name attributes; returns the share named right on combinations kept out of training."""
    torch.manual_seed(seed)
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    encoder = new_text_encoder(tokenizer)
    heads = nn.ModuleList(nn.Linear(HIDDEN, len(names)) for names in VOCABULARIES)
    optimizer = torch.optim.AdamW([*encoder.parameters(), *heads.parameters()], lr=1e-3)
    rng = np.random.default_rng((seed, 1))
    for step in range(steps):
        set_rate(optimizer, learning_rate(1e-3, step, step / steps))
        loss, right = _name_attributes(encoder, heads, tokenizer, rng, unseen=False)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        optimizer.step()
        if step % 50 == 0:
            log.info("text %d: loss %.3f, right %.3f", step, loss.item(), right)
    with torch.no_grad():
        _, right = _name_attributes(encoder, heads, tokenizer, rng, unseen=True)
    encoder.save_pretrained(folder / "text_encoder")
    log.info("attributes named right in unseen combinations: %.3f", right)
    return right


def _name_attributes(
    encoder: CLIPTextModel, heads: nn.ModuleList, tokenizer: CLIPTokenizer, rng: np.random.Generator, *, unseen: bool
) -> tuple[Tensor, float]:
    """Loss and share right on 64 fresh captions; what a caption does not say cannot be known, so 1 is out of reach."""
    specs: list[SceneSpec] = []
    while len(specs) < 64:
        spec = sample(rng)
        specs += [spec] if held_out(spec) == unseen else []
    pooled = encoder(tokens_of(tokenizer, [caption(spec, rng) for spec in specs])).pooler_output
    loss, right = torch.zeros(()), 0.0
    for index, (head, names) in enumerate(zip(heads, VOCABULARIES, strict=True)):
        truth = torch.tensor([names.index(spec.words()[index]) for spec in specs])
        scores = head(pooled)
        loss = loss + functional.cross_entropy(scores, truth)
        right += float((scores.argmax(dim=1) == truth).float().mean())
    return loss, right / len(ATTRIBUTES)
