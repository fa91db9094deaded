"""What a batch may take is what is left to the painter's process, not what the machine has."""

import pytest
import torch

from ml.imaging.serving import memory

GIB = 2**30


class Card:
    """No GPU here: torch's answers about a card of 80 GiB, of which others hold ten."""

    share, allocated, reserved = 1.0, 0, 0

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
        for name, answer in (
            ("mem_get_info", lambda: (70 * GIB - self.reserved, 80 * GIB)),
            ("get_per_process_memory_fraction", lambda: self.share),
            ("memory_allocated", lambda: self.allocated),
            ("memory_reserved", lambda: self.reserved),
        ):
            monkeypatch.setattr(torch.cuda, name, lambda card, answer=answer: self.of(card, answer()))

    @staticmethod
    def of(card: torch.device, answer: object) -> object:
        assert torch.cuda._utils._get_device_index(card) == 0
        return answer


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    return Card(monkeypatch)


@pytest.mark.parametrize("name", ["cuda", "cuda:0"])
def test_a_process_with_a_share_of_a_card_has_no_more_than_the_rest_of_that(name: str, card: Card) -> None:
    card.share, card.allocated, card.reserved = 0.04, 2 * GIB, 3 * GIB
    assert memory.free(name) == pytest.approx(1.2 * GIB)


def test_a_process_without_one_has_what_the_card_has_left_and_what_it_holds_idle(card: Card) -> None:
    card.allocated, card.reserved = 2 * GIB, 3 * GIB
    assert memory.free("cuda:0") == 68 * GIB


def test_a_share_is_no_promise_where_others_hold_the_card(card: Card) -> None:
    card.share = 0.95
    assert memory.free("cuda:0") == 70 * GIB
