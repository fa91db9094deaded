"""Trained networks can teach another one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion import train
from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.network import EmotionNet
from ml.emotion.resize import resize
from ml.emotion.training import checkpoints, plan
from ml.emotion.training.machine import Machine
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.teachers import Teachers
from ml.emotion.training.trainer import Length, Trainer


def kept(network: EmotionNet, path: Path) -> Path:
    checkpoints.save({"config": network.config.to_json(), "average": network.state_dict()}, path)
    return path


@pytest.fixture
def two(tiny: EmotionConfig, tmp_path: Path) -> tuple[list[EmotionNet], list[Path]]:
    """One that sees as the student does, and one at another size and in colour."""
    torch.manual_seed(0)
    networks = [EmotionNet(tiny).eval(), EmotionNet(replace(tiny, input_size=32, channels=3)).eval()]
    for network in networks:
        torch.nn.init.normal_(network.head.weight)
    return networks, [kept(network, tmp_path / f"{place}.pt") for place, network in enumerate(networks)]


def test_the_share_of_the_teachers_is_their_mean_probability(two: tuple[list[EmotionNet], list[Path]]) -> None:
    networks, files = two
    faces, targets = torch.rand(5, 1, 24, 24), torch.eye(7)[:5]
    blended = Teachers(files, Machine()).blended(faces, targets, 0.25)
    with torch.no_grad():
        first = networks[0](faces).softmax(dim=1)
        second = networks[1](resize(faces, 32).expand(-1, 3, -1, -1)).softmax(dim=1)
    torch.testing.assert_close(blended, 0.75 * targets + 0.25 * (first + second) / 2)
    torch.testing.assert_close(blended.sum(dim=1), torch.ones(5))


def test_a_grey_teacher_teaches_a_student_that_sees_colour(two: tuple[list[EmotionNet], list[Path]]) -> None:
    networks, files = two
    faces = torch.rand(4, 3, 24, 24)
    blended = Teachers(files[:1], Machine()).blended(faces, torch.zeros(4, 7), 1.0)
    with torch.no_grad():
        torch.testing.assert_close(blended, networks[0](faces.mean(dim=1, keepdim=True)).softmax(dim=1))


def test_a_student_with_no_labels_learns_what_its_teacher_says(
    tiny: EmotionConfig, faces: FaceSet, tmp_path: Path
) -> None:
    recipe = Recipe(seed=1, batch=28, mixup=0.0, sizes=((0.0, 24),), logit_adjustment=0.0)
    teacher = Trainer(tiny, recipe, faces, Length(steps=40))
    list(teacher.run())
    file = kept(teacher.average, tmp_path / "teacher.pt")
    misled = FaceSet(faces.images, np.roll(faces.labels, 1), faces.votes)  # labels that say nothing true
    student = Trainer(tiny, replace(recipe, seed=2, distil=1.0), misled, Length(steps=40))
    student.teachers = Teachers([file], Machine())
    list(student.run())
    with torch.no_grad():
        seen = resize(torch.from_numpy(faces.images).float().div(255).unsqueeze(1), 24)
        said, right = student.average.eval()(seen).argmax(dim=1), torch.from_numpy(faces.labels)
    assert float((said == right).float().mean()) > 0.6


def test_what_a_student_may_not_see_its_teachers_see(
    tiny: EmotionConfig, faces: FaceSet, two: tuple[list[EmotionNet], list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(seed=1, batch=28, mixup=0.0, sizes=((0.0, 24),), distil=0.5)
    looks: list[torch.Tensor] = []
    shown: list[torch.Tensor] = []
    blended = Teachers.blended
    monkeypatch.setattr(Teachers, "blended", lambda self, seen, *rest: looks.append(seen) or blended(self, seen, *rest))
    for hide in (0.0, 1.0):
        student = Trainer(tiny, replace(recipe, hide=hide), faces, Length(steps=1))
        student.teachers = Teachers(two[1], Machine())
        student.model.register_forward_pre_hook(lambda _, seen: shown.append(seen[0]))
        list(student.run())
    torch.testing.assert_close(looks[1], looks[0])
    torch.testing.assert_close(shown[0], looks[0])
    changed = (shown[1] - shown[0]).abs().amax(dim=1) > 1e-6
    assert changed.any(dim=(1, 2)).all()
    assert 0.35**2 * 0.6 < float(changed.float().mean()) < 0.6**2  # the box, less pixels that were its grey already


def test_teachers_may_look_once_at_each_face_and_its_mirror_image(
    tiny: EmotionConfig, faces: FaceSet, two: tuple[list[EmotionNet], list[Path]]
) -> None:
    teachers = Teachers(two[1], Machine())
    said = teachers.of_all(faces)
    seen = torch.from_numpy(faces.images).float().div(255).unsqueeze(1)
    looks = [teachers.blended(look, torch.zeros(len(look), 7), 1.0) for look in (seen, seen.flip(-1))]
    torch.testing.assert_close(said, (looks[0] + looks[1]) / 2)
    recipe = Recipe(batch=28, mixup=0.0, sizes=((0.0, 24),))
    student = Trainer(tiny, recipe, faces, Length(steps=1))
    labelled = student.batches.targets
    student.batches.teach(said, 0.25)
    torch.testing.assert_close(student.batches.targets, 0.75 * labelled + 0.25 * said)


def test_the_command_takes_teachers_and_remembers_them(
    two: tuple[list[EmotionNet], list[Path]],
    faces: FaceSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny: EmotionConfig,
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    files = ",".join(map(str, two[1]))
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--batch", "20", "--epochs", "1"]
    assert train.main([*command, "--teachers", files, "--distil", "0.5"]) == 0
    first = checkpoints.load(tmp_path / "run" / "checkpoint.pt")
    assert first["facts"]["teachers"] == [str(path) for path in two[1]]
    assert first["recipe"]["distil"] == 0.5
    once = [*command[:2], "--out", str(tmp_path / "once"), *command[4:], "--teach", "once"]
    calls: list[float] = []
    blended = Teachers.blended
    monkeypatch.setattr(
        Teachers,
        "blended",
        lambda self, faces, targets, share: calls.append(share) or blended(self, faces, targets, share),
    )
    assert train.main([*command[:4], "--resume", "--epochs", "2"]) == 0
    assert calls == [0.5] * 3
    assert train.main([*once, "--teachers", files, "--distil", "0.5"]) == 0
    assert calls == [0.5] * 3
    assert checkpoints.load(tmp_path / "once" / "checkpoint.pt")["recipe"]["teach"] == "once"
