"""Build a data set for fine-tuning: papers checked, duplicates and unsafe pictures left out, some groups held out.

Example:
    python -m ml.imaging.finetune.build --images DIR --out DIR --licence own-work --author A --source S
    python -m ml.imaging.finetune.build --images DIR --list pictures.csv --out DIR --reviewed-by "A. Person"

Exit status: 0 built; 1 too little was admitted; 2 wrong use. Files of the input are never changed.
"""

import argparse
import json
import logging
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from ml.imaging.finetune.admit import Admitted, NotAdmitted, admit
from ml.imaging.finetune.candidates import Candidate, ListUnusable, Papers, from_folder, from_list
from ml.imaging.finetune.likeness import MOST_BITS, MOST_COLOUR, Seen
from ml.imaging.finetune.split import NothingToHoldOut, held_out_groups
from ml.safety.image import NOT_JUDGED
from ml.weights import shelf

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, build, say what came of it."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    if not 0 < options.held_out < 1 or _taken(options.out):
        sys.stderr.write(f"{options.out} holds something already, or --held-out is not between 0 and 1\n")
        return 2
    papers = Papers(options.licence, options.source, options.author)
    listed = from_list(options.list, options.images, papers) if options.list else from_folder(options.images, papers)
    try:
        counts = build(
            listed, options.images, options.out, share=options.held_out, seed=options.seed, reviewer=options.reviewed_by
        )
    except (ListUnusable, NothingToHoldOut) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, ListUnusable) else 1
    sys.stdout.write(json.dumps(counts, indent=2) + "\n")
    return 0


def build(
    listed: Iterable[Candidate], images: Path, out: Path, *, share: float, seed: int, reviewer: str | None
) -> dict[str, Any]:
    """Write `out` whole or not at all; returns its counts.

    Pictures are written anew as PNG: the pixels as a viewer sees them and none of the metadata, which may tell where
    and by whom a photograph was taken.

    Raises:
        ListUnusable, NothingToHoldOut: nothing was written.
    """
    unfinished = out.with_name(out.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "images").mkdir(parents=True)
    try:
        facts = _facts(_admitted(listed, images, unfinished), share, seed, reviewer)
        shelf.seal(unfinished, **facts)
        unfinished.rename(out)  # over an empty folder, too; one that holds something is left alone
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    counts: dict[str, Any] = facts["counts"]
    return counts


def _taken(out: Path) -> bool:
    return out.exists() and not (out.is_dir() and not any(out.iterdir()))


def _admitted(
    listed: Iterable[Candidate], images: Path, folder: Path
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Rows of what was written and of what was refused, both in the order offered."""
    kept: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    seen = Seen()
    for candidate in listed:
        try:
            picture = admit(candidate, seen, images)
        except NotAdmitted as no:
            log.info("refused %s: %s", candidate.name, no.detail)
            refused.append({"file": candidate.name, "reason": no.reason, "detail": no.detail})
            continue
        kept.append(_write(picture, len(kept), folder))
    return kept, refused


def _write(picture: Admitted, number: int, folder: Path) -> dict[str, Any]:
    of, name = picture.candidate, f"images/{number:05d}-{picture.looks.exact[:8]}.png"
    Image.fromarray(picture.pixels).save(folder / name)
    return {
        "file": name, "was": of.name, "sha256_pixels": picture.looks.exact, "licence": of.licence, "source": of.source,
        "author": of.author, "caption": of.caption, "group": of.group, "scores": picture.labels,
    }  # fmt: skip


def _facts(
    rows: tuple[list[dict[str, Any]], list[dict[str, str]]], share: float, seed: int, reviewer: str | None
) -> dict[str, Any]:
    """What the manifest says beside the files' digests."""
    kept, refused = rows
    held = held_out_groups([row["group"] for row in kept], share, seed)
    pictures = [{**row, "part": "held_out" if row["group"] in held else "training"} for row in kept]
    counts = {
        "offered": len(kept) + len(refused), "admitted": len(kept), "refused": dict(_tally(refused, "reason")),
        **_tally(pictures, "part"), "licences": dict(_tally(pictures, "licence")),
    }  # fmt: skip
    rules = {"held_out_share": share, "seed": seed, "near_duplicate": {"bits": MOST_BITS, "colour": MOST_COLOUR}}
    return {
        "counts": counts, "pictures": pictures, "refused": refused, "rules": rules,
        "not_judged": list(NOT_JUDGED), "reviewed_by": reviewer,
    }  # fmt: skip


def _tally(rows: Iterable[dict[str, Any]], column: str) -> dict[str, int]:
    return dict(sorted(Counter(row[column] for row in rows).items()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.finetune.build", description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="folder of pictures; NAME.txt is NAME.png's caption")
    parser.add_argument("--list", type=Path, help="CSV: file, licence, source, author, caption, group")
    parser.add_argument("--out", type=Path, required=True, help="folder that is made")
    parser.add_argument("--licence", default="", help="of every picture that states none (see licences.toml)")
    parser.add_argument("--source", default="", help="where every picture that states none comes from")
    parser.add_argument("--author", default="", help="of every picture that states none")
    parser.add_argument("--held-out", type=float, default=0.15, help="least share of pictures to hold out, by groups")
    parser.add_argument("--reviewed-by", help="who looked at each picture for what no layer here can see")
    parser.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())
