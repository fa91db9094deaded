"""The painter in a process of its own: whatever becomes of that process, orders are answered and pictures are right.

Real processes, really killed. They are forked from one nursery, which imports diffusers once.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.imaging.order import Drawn, Order
from ml.imaging.painter import Painter
from ml.imaging.serving.messages import Recipe
from ml.imaging.serving.process import PainterProcess, PaintingFailed
from ml.imaging.serving.service import PaintingService
from ml.safety.image import NOT_JUDGED
from ml.safety.verdict import SafePrompt

Safe = Callable[..., SafePrompt]
STEPS = 4
SLOWLY = 20
"""Steps of a picture that must not be done before something befalls it."""
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def order(safe: Safe) -> Order:
    return Order(safe("a calm lake at dawn"), seed=1, steps=STEPS)


@pytest.fixture(scope="module")
def process(order: Order) -> PainterProcess:
    return PainterProcess(
        Recipe("embedded", None, "cpu", threads=1, warm_up=order, unseen=NOT_JUDGED), dict(os.environ)
    )


@pytest.fixture(scope="module")
def service(process: PainterProcess) -> Iterator[PaintingService]:
    made = PaintingService(process)
    made._batcher.limits = replace(made._batcher.limits, patience_s=60.0)  # however busy the machine
    yield made
    made.close()


def painter_of(service: PaintingService) -> int:
    painter = service.health().painter
    assert painter is not None
    return painter.pid


def together(service: PaintingService, orders: list[Order]) -> list[Drawn]:
    coming = [service.announce() for _ in orders]
    with ThreadPoolExecutor(len(orders)) as threads:
        return list(threads.map(lambda one: service.draw(one[0], coming=one[1]), zip(orders, coming, strict=True)))


def renewed(service: PaintingService, order: Order) -> int:
    """A painter that has only warmed up; how often painters were started by then."""
    service.start()
    os.kill(painter_of(service), signal.SIGKILL)
    service.draw(order)
    return service.health().starts


def gone(pid: int, within_s: float = 20.0) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def at_step(number: int, act: Callable[[], object]) -> Callable[[int, int], None]:
    return lambda step, _: act() if step == number else None  # type: ignore[return-value]


def once(act: Callable[[], object]) -> Callable[[], None]:
    left = [act]
    return lambda: left.pop()() if left else None  # type: ignore[return-value]


def test_a_picture_from_the_process_is_the_one_that_the_painter_paints(service: PaintingService, order: Order) -> None:
    told: list[tuple[int, int]] = []
    assert service.start().startswith("painter@")
    drawn = service.draw(order, on_step=lambda *step: told.append(step))
    expected = Painter.load().draw(order.prompt, seed=order.seed, steps=STEPS)
    assert np.abs(drawn.pixels.astype(int) - expected.pixels).max() <= 1
    assert (drawn.model, drawn.seed, drawn.asked, drawn.alt) == (
        expected.model, expected.seed, expected.asked, expected.alt,
    )  # fmt: skip
    assert [step for step in dict.fromkeys(told) if step != (0, 0)] == [
        (number, STEPS) for number in range(1, STEPS + 1)
    ]
    painter = service.health().painter
    assert painter is not None and painter.pid != os.getpid()
    assert 0 < painter.picture < painter.free


def test_orders_that_are_announced_are_painted_as_one_batch_each_its_own_picture(
    service: PaintingService, order: Order
) -> None:
    service.start()
    before = service.health().batches
    orders = [replace(order, seed=seed) for seed in range(4)]
    drawn = together(service, orders)
    assert service.health().batches == before + 1
    assert [one.seed for one in drawn] == [0, 1, 2, 3]
    alone = service.draw(orders[2])
    assert np.abs(drawn[2].pixels.astype(int) - alone.pixels).max() <= 1


def test_a_killed_painter_is_replaced_and_the_picture_painted_once_more(service: PaintingService, order: Order) -> None:
    slow, told = replace(order, steps=SLOWLY), list[int]()
    expected, starts = service.draw(slow).pixels, service.health().starts
    kill = once(lambda: os.kill(painter_of(service), signal.SIGKILL))

    def on_step(step: int, _: int) -> None:
        told.append(step)
        if step == 2:
            kill()

    drawn = service.draw(slow, on_step=on_step)
    assert np.array_equal(drawn.pixels, expected)
    assert service.health().starts == starts + 1
    assert told.count(1) == 2


def test_a_painter_killed_at_both_tries_gives_no_picture_and_the_next_order_has_one(
    service: PaintingService, order: Order
) -> None:
    service.start()
    slow = replace(order, steps=SLOWLY)
    with pytest.raises(PaintingFailed, match="PainterDied"):
        service.draw(slow, on_step=at_step(1, lambda: os.kill(painter_of(service), signal.SIGKILL)))
    assert service.draw(order).pixels.std() > 0


def test_a_painter_without_memory_is_replaced_and_the_pictures_painted_once_more_one_by_one(
    service: PaintingService, order: Order
) -> None:
    """The kernel really refuses it more; what it has kept from a single picture is too little for four."""
    starts = renewed(service, order)
    resource.prlimit(painter_of(service), resource.RLIMIT_AS, (1 << 20, resource.RLIM_INFINITY))
    before = service.health().batches
    drawn = together(service, [replace(order, seed=seed) for seed in range(4)])
    assert all(one.pixels.std() > 0 for one in drawn)
    assert service.health().starts == starts + 1
    assert service.health().batches == before + 1 + 4


def test_a_painter_that_says_nothing_any_more_is_taken_for_dead(
    service: PaintingService, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.start()
    frozen = painter_of(service)
    monkeypatch.setattr(service._painting, "_limits", replace(service._painting._limits, stall_s=3.0))
    freeze = once(lambda: os.kill(frozen, signal.SIGSTOP))
    try:
        drawn = service.draw(replace(order, steps=SLOWLY), on_step=at_step(2, freeze))
        assert drawn.pixels.std() > 0
    except PaintingFailed as failed:  # a machine so busy that a step took as long as that
        assert failed.code == "PainterStalled"
    assert gone(frozen)


def test_who_leaves_is_painted_no_further_and_the_painter_lives(service: PaintingService, order: Order) -> None:
    class SessionClosed(Exception):
        pass

    def leave() -> None:
        raise SessionClosed

    service.start()
    pid, long = painter_of(service), replace(order, steps=2000)
    began = time.monotonic()
    with pytest.raises(SessionClosed):
        service.draw(long, on_step=at_step(20, leave))
    some_steps_s = time.monotonic() - began
    service.draw(order)
    assert time.monotonic() - began < 50 * some_steps_s  # all of them take a hundred times as long
    assert painter_of(service) == pid


def test_a_fault_on_our_side_leaves_nobody_waiting(service: PaintingService, order: Order) -> None:
    with pytest.raises(PaintingFailed, match="Error"):
        service.draw(replace(order, seed=lambda: 1))  # type: ignore[arg-type]  # no such thing can be sent
    assert service.draw(order).pixels.std() > 0


def test_an_order_that_is_too_late_is_not_begun(service: PaintingService, order: Order) -> None:
    before = service.health().batches
    with pytest.raises(PaintingFailed, match="late"):
        service.draw(order, coming=service.announce(begin_by=time.monotonic() - 0.001))
    assert service.health().batches == before
    assert service._batcher.announced == 0


def test_a_painter_that_does_not_load_says_why_and_is_left_alone(
    service: PaintingService, process: PainterProcess, order: Order, tmp_path: Path
) -> None:
    service.start()
    whole = process.recipe
    os.kill(painter_of(service), signal.SIGKILL)
    process.recipe = replace(whole, folder=tmp_path)
    for _ in range(3):
        with pytest.raises(PaintingFailed, match="PainterMissing"):
            service.draw(order)
    starts = service.health().starts
    assert service.health().resting == "PainterMissing"
    process.recipe = replace(whole, profile="sd21", folder=tmp_path)  # could paint what the worker cannot see
    service._painting.rest.until = 0.0
    with pytest.raises(PaintingFailed, match="PainterUnjudged"):
        service.draw(order)
    process.recipe = whole
    service._painting.rest.until = 0.0
    assert service.draw(order).pixels.std() > 0
    assert (service.health().starts, service.health().resting) == (starts + 2, "")


def test_nursery_and_painter_end_with_their_worker() -> None:
    script = """if True:
        import os, time
        from ml.imaging.serving.messages import Recipe
        from ml.imaging.serving.process import PainterProcess
        process = PainterProcess(Recipe("embedded", None, "cpu", 1, None, ()), dict(os.environ))
        ready = process.start()
        import sys
        print(ready.pid, process._nursery.pid, "diffusers" in sys.modules, flush=True)
        time.sleep(600)"""
    worker = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with worker:
        assert worker.stdout is not None
        painter, nursery, loaded = worker.stdout.readline().split()
        assert loaded == "False"
        worker.kill()
    assert gone(int(painter)) and gone(int(nursery))


def test_a_service_that_was_closed_says_so(order: Order) -> None:
    made = PaintingService(PainterProcess(Recipe("embedded", None, "cpu", 1, None, ()), {}))
    made.close()
    for ask in (made.start, lambda: made.draw(order)):
        with pytest.raises(PaintingFailed, match="ServiceClosed"):
            ask()
