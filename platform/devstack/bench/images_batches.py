"""What a picture costs alone, in company and in the painter's process, beside a bare call of the same pipeline.

All of them paint the same prompts in turn, round after round, so that a busy machine hits each alike.
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from devstack.bench.energy import joules
from devstack.bench.measurement import Measurement

if TYPE_CHECKING:
    from ml.imaging.order import Order
    from ml.imaging.painter import Painter
    from ml.imaging.serving.process import PainterProcess
    from ml.imaging.serving.service import PaintingService

BATCHES = (1, 4, 8)
MOST_OVERHEAD = 10.0
"""Per cent over the bare call."""
BARE, SERVED = "bare", "served"

Ways = dict[str, Callable[[], object]]
Costs = dict[str, list[tuple[float, float]]]
"""Of each way, a round: milliseconds and processor-seconds of this process and the painter's."""


def measure(painter: "Painter", rounds: int) -> list[Measurement]:
    """So many rounds of each way, on one thread."""
    from ml.imaging.serving.messages import Recipe
    from ml.imaging.serving.process import PainterProcess
    from ml.imaging.serving.service import PaintingService
    from ml.safety.image import NOT_JUDGED

    orders = _orders(max(BATCHES))
    process = PainterProcess(Recipe(painter.profile.name, None, "cpu", 1, orders[0], NOT_JUDGED), os.environ)
    service = PaintingService(process)
    try:
        service.start()
        ways = _ways(painter, service, orders)
        before = joules()
        costs = _in_turn(ways, rounds, _clocks(service))
        after = joules()
        used = None if before is None or after is None else after - before
        return [*_rows(costs), *_energy(costs, used, rounds), *_process_rows(process, service)]
    finally:
        service.close()


def _orders(count: int) -> "list[Order]":
    from ml.imaging.order import Order
    from ml.safety.text import screen_text
    from ml.safety.verdict import SafePrompt
    from ml.scenes.library import entries

    orders = list[Order]()
    for scene in entries():
        prompt = screen_text(scene.alt)
        if isinstance(prompt, SafePrompt):
            orders.append(Order(prompt, seed=len(orders)))
        if len(orders) == count:
            return orders
    raise LookupError("too few captions are allowed")


def _ways(painter: "Painter", service: "PaintingService", orders: "list[Order]") -> Ways:
    """The bare call is diffusers' own, at the same words, noise, size, steps and guidance."""
    import torch

    words, profile = painter.words(orders[0]), painter.profile

    def bare() -> object:
        return painter.pipeline(
            words.prompt, negative_prompt=words.negative, num_inference_steps=profile.steps,
            guidance_scale=profile.guidance, height=profile.size, width=profile.size,
            generator=torch.Generator("cpu").manual_seed(orders[0].seed),
        )  # fmt: skip

    def served() -> object:
        coming = service.announce()
        coming.since -= 1  # as a request that was taken up before: nobody else is waited for
        return service.draw(orders[0], coming=coming)

    together = {str(count): lambda count=count: painter.draw_many(orders[:count]) for count in BATCHES}
    return {BARE: bare, **together, SERVED: served}


def _clocks(service: "PaintingService") -> Callable[[], float]:
    """Processor-seconds of this process and the painter's, whose clock Linux names after its id."""
    painter = service.health().painter
    clock = (~painter.pid << 3) | 2 if painter else time.CLOCK_PROCESS_CPUTIME_ID
    return lambda: time.process_time() + time.clock_gettime(clock)


def _in_turn(ways: Ways, rounds: int, worked_s: Callable[[], float]) -> Costs:
    for way in ways.values():
        way()
    costs: Costs = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began, worked = time.perf_counter(), worked_s()
            way()
            costs[name].append(((time.perf_counter() - began) * 1000, worked_s() - worked))
    return costs


def _rows(costs: Costs) -> list[Measurement]:
    """Overheads are of the least processor time of all rounds: others' load makes it longer, never shorter."""
    rows = [Measurement("a bare call of the pipeline", _ms(costs[BARE]), "ms", "diffusers alone, not enlarged")]
    for count in BATCHES:
        each = _ms(costs[str(count)]) / count
        rows.append(Measurement(f"drawing, {count} in a batch", each, "ms", "an image"))
    return [
        *rows,
        Measurement("a picture from the painter's process", _ms(costs[SERVED]), "ms"),
        _over("drawing over the bare call", costs["1"], costs[BARE], "words, steps told, enlarged"),
        _over("the painter's process over the bare call", costs[SERVED], costs[BARE], "the same, and sent"),
    ]


def _over(name: str, ours: list[tuple[float, float]], bare: list[tuple[float, float]], what: str) -> Measurement:
    least, least_bare = (min(seconds for _, seconds in costs) for costs in (ours, bare))
    per_cent = max(0.0, 100 * (least / least_bare - 1))
    return Measurement(name, per_cent, "%", f"{what}; processor time", MOST_OVERHEAD, higher_is_better=False)


def _energy(costs: Costs, used: float | None, rounds: int) -> list[Measurement]:
    rows = [
        Measurement(f"processor time, {count} in a batch", _cpu_s(costs[str(count)]) / count, "s", "an image")
        for count in BATCHES
    ]
    if used is not None:
        pictures = rounds * (sum(BATCHES) + 2)
        rows.append(Measurement("energy", max(0.0, used / pictures), "J", "an image, the whole machine's"))
    return rows


def _process_rows(process: "PainterProcess", service: "PaintingService") -> list[Measurement]:
    """Their memory is counted by what is theirs: pages that both share are half of each."""
    painter = service.health().painter
    pids = [pid for pid in (painter and painter.pid, process.nursery) if pid]
    own = sum(_kib(pid, "smaps_rollup", "Pss:") for pid in pids) / 1024
    peak = max(_kib(pid, "status", "VmHWM:") for pid in pids) / 1024
    note = f"and {(painter.picture if painter else 0) / 2**20:.0f} MiB for each picture more"
    return [
        Measurement("memory of painter and nursery", own, "MiB", note),
        Measurement("memory of the painter's process, at most", peak, "MiB", "with what both share"),
    ]


def _kib(pid: int, file: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _ms(costs: list[tuple[float, float]]) -> float:
    return statistics.median(ms for ms, _ in costs)


def _cpu_s(costs: list[tuple[float, float]]) -> float:
    return statistics.median(seconds for _, seconds in costs)
