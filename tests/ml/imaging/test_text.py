"""The tokenizer knows the painter's words whole, and no text is unknown to it."""

from pathlib import Path

import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from ml.imaging.training.text import TOKENS, new_text_encoder, tokens_of, train_tokenizer
from ml.scenes.words import CALM, HINTS


@pytest.fixture(scope="module")
def tokenizer(trained: Path) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(trained / "tokenizer")


def test_known_words_are_single_tokens(tokenizer: CLIPTokenizer) -> None:
    words = [word for table in HINTS.values() for group in table.values() for word in group] + list(CALM)
    assert [word for word in words if len(tokenizer.tokenize(word)) != 1] == []


@pytest.mark.parametrize("text", ["zebra xylophone", "café über naïve", "雪の湖", "0123 %&!"])
def test_no_text_is_unknown(tokenizer: CLIPTokenizer, text: str) -> None:
    ids = tokenizer(text, add_special_tokens=False).input_ids
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids).replace(" ", "") == text.replace(" ", "")


def test_case_makes_no_difference(tokenizer: CLIPTokenizer) -> None:
    assert tokenizer("A Calm LAKE").input_ids == tokenizer("a calm lake").input_ids


def test_captions_are_padded_and_cut_to_one_length(tokenizer: CLIPTokenizer) -> None:
    ids = tokens_of(tokenizer, ["", "a lake", "a lake " * 60])
    assert ids.shape == (3, TOKENS)
    assert (ids[:, 0] == tokenizer.bos_token_id).all()
    assert (ids == tokenizer.eos_token_id).any(dim=1).all()


def test_learning_the_vocabulary_again_gives_the_same(tokenizer: CLIPTokenizer, tmp_path: Path) -> None:
    assert train_tokenizer(tmp_path, seed=3).get_vocab() == tokenizer.get_vocab()


def test_the_encoder_holds_every_token_and_tells_captions_apart(tokenizer: CLIPTokenizer, trained: Path) -> None:
    assert CLIPTextModel.from_pretrained(trained / "text_encoder").config.vocab_size == len(tokenizer)
    torch.manual_seed(0)
    tiny = new_text_encoder(tokenizer, hidden=16, layers=1).eval()
    with torch.inference_mode():
        states = tiny(tokens_of(tokenizer, ["a lake at dawn", "a lake at night", ""])).last_hidden_state
    assert states.shape == (3, TOKENS, 16)
    assert not torch.allclose(states[0], states[1])
