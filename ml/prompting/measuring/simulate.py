"""How fast the engine learns, on simulated patients: ``python -m ml.prompting.measuring.simulate --patients 500``."""

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from ml.prompting import ENGINE
from ml.prompting.measuring.policies import POLICIES
from ml.prompting.measuring.regret import regret, saved


def main(arguments: list[str] | None = None) -> int:
    """Prints mean regret a picture of each policy, and what the engine saves of the others'; exit status 0."""
    options = _parser().parse_args(arguments)
    sys.stdout.write(json.dumps(measured(options.patients, options.pictures, options.workers), indent=2) + "\n")
    return 0


def measured(patients: int, pictures: int, workers: int) -> dict[str, Any]:
    """The same for any number of worker processes: each patient's randomness is their own."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        found = {
            name: np.array(list(pool.map(partial(regret, policy, pictures=pictures), range(patients), chunksize=10)))
            for name, policy in POLICIES.items()
        }
    return {
        "simulated": True,
        "engine": ENGINE,
        "patients": patients,
        "pictures": pictures,
        "regret_a_picture": {name: round(float(lost.mean()) / pictures, 4) for name, lost in found.items()},
        "saved_of": {name: asdict(saved(found["engine"], found[name])) for name in ("rules", "random")},
        "saved_by_knowing_progress": asdict(saved(found["engine_told"], found["engine"])),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.prompting.measuring.simulate", description=__doc__)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    return parser


if __name__ == "__main__":
    sys.exit(main())
