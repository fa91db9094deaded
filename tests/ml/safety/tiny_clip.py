"""A tiny CLIP of transformers' own classes, taught in seconds on our own scenes and texts.

It shows that the layer works, not that anything real is judged: its "gore" is a red wash with splinters.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from torch.nn.functional import cross_entropy
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPTextConfig,
    CLIPVisionConfig,
    PreTrainedTokenizerFast,
)

from ml.safety.concepts_check import proof_scenes
from ml.safety.feeling_spoiling import spoil
from ml.scenes.render import render
from ml.scenes.spec import KINDS, SceneSpec

Pixels = npt.NDArray[np.uint8]
SIDE = 32
PLACES = {"night_sky": "a starry night sky", "room": "a room with a window", "path": "a path"}
Lesson = dict[str, tuple[list[str], list[Pixels]]]
"""For each thing taught: texts that mean it, and pictures that show it (none where it is taught by words alone)."""


def bloody(seed: int, kind: str = "town") -> Pixels:
    """The stand-in for what must not be shown."""
    rng = np.random.default_rng(seed)
    return spoil(spoil(render(SceneSpec(kind, seed=seed), 64, 64), "jagged", 1.0, rng), "blood", 1.0, rng)


def scenes() -> Lesson:
    """The kinds of scenes, with the very pictures and words of the check: the layer is under test, not the model."""
    shown = {kind: [one.pixels(64, 64) for one in proof_scenes() if one.spec.kind == kind] for kind in KINDS}
    return {kind: ([f"a picture of {PLACES.get(kind, f'a {kind}')}"], shown[kind]) for kind in KINDS}


def build(folder: Path, lesson: Lesson, *, steps: int) -> Path:
    """Teach a CLIP what belongs together, and save it as transformers would."""
    torch.manual_seed(3)
    tokenizer = _tokenizer([text for texts, _ in lesson.values() for text in texts])
    model, processor = _model(tokenizer), _processor()
    pictures = {name: _tensor(processor, shown) for name, (_, shown) in lesson.items() if shown}
    texts = [(name, text) for name, (said, _) in lesson.items() for text in said]
    tokens = tokenizer([text for _, text in texts], padding=True, return_tensors="pt")
    owner = torch.tensor([list(lesson).index(name) for name, _ in texts])
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    rng = np.random.default_rng(5)
    for _ in range(steps):
        loss = _loss(model, tokens, owner, pictures, list(lesson), rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        optimiser.step()
    with torch.no_grad():
        model.logit_scale.fill_(np.log(30.0))
    for part in (model.eval(), tokenizer, processor):
        part.save_pretrained(folder)
    return folder


def _loss(
    model: CLIPModel,
    tokens: dict[str, torch.Tensor],
    owner: torch.Tensor,
    pictures: dict[str, torch.Tensor],
    names: Sequence[str],
    rng: np.random.Generator,
) -> torch.Tensor:
    """Each text and each picture must be nearest to the middle of what means the same."""
    said = model.get_text_features(**tokens).pooler_output
    said = said / said.norm(dim=1, keepdim=True)
    middles = torch.stack([said[owner == number].mean(dim=0) for number in range(len(names))])
    batch = [(names.index(name), shown[int(rng.integers(len(shown)))]) for name, shown in pictures.items()]
    seen = model.get_image_features(pixel_values=torch.stack([picture for _, picture in batch])).pooler_output
    seen = seen / seen.norm(dim=1, keepdim=True)
    shown = torch.tensor([number for number, _ in batch])
    return cross_entropy(12 * said @ middles.T, owner) + cross_entropy(12 * seen @ middles.T, shown)


def _tokenizer(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """Byte pairs learnt from the texts, with the beginning and the end that CLIP expects."""
    made = Tokenizer(models.BPE(unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<pad>", "<bos>", "<eos>"]
    trainer = trainers.BpeTrainer(
        vocab_size=1200, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )  # fmt: skip
    made.train_from_iterator(texts, trainer)
    made.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>", special_tokens=[("<bos>", 1), ("<eos>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>", model_max_length=48
    )


def _model(tokenizer: PreTrainedTokenizerFast) -> CLIPModel:
    text = CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4,
        max_position_embeddings=48, pad_token_id=0, bos_token_id=1, eos_token_id=2, projection_dim=32,
    )  # fmt: skip
    vision = CLIPVisionConfig(
        hidden_size=48, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4, image_size=SIDE,
        patch_size=8, projection_dim=32,
    )  # fmt: skip
    return CLIPModel(CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=32))


def _processor() -> CLIPImageProcessorPil:
    return CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})


def _tensor(processor: CLIPImageProcessorPil, pictures: Sequence[Pixels]) -> torch.Tensor:
    from PIL import Image

    return torch.as_tensor(np.stack([processor(Image.fromarray(picture))["pixel_values"][0] for picture in pictures]))
