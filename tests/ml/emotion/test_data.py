"""Layouts, soft targets, and a hold-out that shares no picture with training."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.holdout import duplicate_groups, split
from ml.emotion.data.layouts import NoSuchData, load_faces
from ml.vocabulary import EMOTIONS


@given(copies=st.lists(st.integers(0, 15), min_size=40, max_size=60), seed=st.integers(0, 50))
@settings(max_examples=25)
def test_no_picture_stands_on_both_sides(copies: list[int], seed: int) -> None:
    originals = np.random.default_rng(1).integers(0, 255, (16, 48, 48)).astype(np.uint8)
    images = originals[copies]
    labels = (np.arange(len(copies)) % 7).astype(np.int64)
    training, held = split(FaceSet(images, labels, np.zeros((len(copies), 7), np.float32)), share=0.3, seed=seed)
    learnt = {image.tobytes() for image in training.images}
    kept = [image.tobytes() for image in held.images]
    assert learnt.isdisjoint(kept)
    assert len(set(kept)) == len(kept)


def test_blank_pictures_are_in_neither() -> None:
    images = np.random.default_rng(1).integers(0, 255, (20, 48, 48)).astype(np.uint8)
    images[[3, 7]] = 0
    faces = FaceSet(images, np.zeros(20, np.int64), np.zeros((20, 7), np.float32))
    training, held = split(faces, share=0.2, seed=0)
    assert len(training) + len(held) == 18


def test_duplicates_bear_one_number() -> None:
    images = np.zeros((3, 48, 48), np.uint8)
    images[1] = 5
    assert duplicate_groups(images).tolist() == [0, 1, 0]


def test_targets_are_half_label_half_votes() -> None:
    votes = np.zeros((2, 7), np.float32)
    votes[0, 3], votes[0, 6] = 6, 2
    votes[1, 0] = 2  # too few to count
    targets = FaceSet(np.zeros((2, 48, 48), np.uint8), np.array([6, 4]), votes).soft_targets()
    np.testing.assert_allclose(targets[0], [0, 0, 0, 0.375, 0, 0, 0.625])
    np.testing.assert_allclose(targets[1], np.eye(7)[4])


def test_a_tie_is_no_majority() -> None:
    votes = np.array([[4, 4, 0, 0, 0, 0, 0], [0, 5, 1, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0]], np.float32)
    assert FaceSet(np.zeros((3, 48, 48), np.uint8), np.zeros(3, np.int64), votes).majority().tolist() == [-1, 1, -1]


def test_contempt_unknown_and_no_face_are_dropped_and_single_votes_too(tmp_path: Path) -> None:
    names = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF"]
    votes = np.array([[5, 1, 0, 2, 0, 0, 0, 4, 3, 2]], np.uint8)
    np.savez(
        tmp_path / "training.npz",
        images=np.zeros((1, 48, 48), np.uint8),
        labels=np.array([6]),
        ferplus_votes=votes,
        ferplus_names=np.array(names),
    )
    assert load_faces(tmp_path, "training").votes.tolist() == [[0, 0, 0, 0, 2, 0, 5]]


def test_the_three_layouts_give_the_same_faces(tmp_path: Path) -> None:
    images = np.random.default_rng(2).integers(0, 255, (7, 48, 48)).astype(np.uint8)
    labels = np.arange(7)
    for layout in ("npz", "csv", "folders"):
        (tmp_path / layout).mkdir()
    np.savez(tmp_path / "npz" / "training.npz", images=images, labels=labels)
    with (tmp_path / "csv" / "fer2013.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["emotion", "pixels", "Usage"])
        for image, label in zip(images, labels, strict=True):
            rows.writerow([label, " ".join(map(str, image.ravel())), "Training"])
            rows.writerow([label, " ".join(map(str, image.ravel())), "PrivateTest"])
    kaggle = {"anger": "angry", "happiness": "happy", "sadness": "sad"}
    for image, label in zip(images, labels, strict=True):
        name = kaggle.get(EMOTIONS[label], EMOTIONS[label])
        folder = tmp_path / "folders" / "train" / name
        folder.mkdir(parents=True)
        cv2.imwrite(str(folder / "a.png"), image)
    for layout in ("npz", "csv", "folders"):
        found = load_faces(tmp_path / layout, "training")
        order = np.argsort(found.labels)
        assert np.array_equal(found.labels[order], labels), layout
        assert np.array_equal(found.images[order], images), layout


def test_an_unknown_emotion_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train" / "boredom").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "train" / "boredom" / "a.png"), np.zeros((48, 48), np.uint8))
    with pytest.raises(NoSuchData, match="boredom"):
        load_faces(tmp_path, "training")
