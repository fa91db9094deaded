"""Verifying the log's order: positions without a gap, an event behind each, and every recorded root made again."""

from dataclasses import dataclass, field

from eventstore import wire
from eventstore.findings import Problem
from eventstore.merkle import Tree

_POSITIONS = """SELECT p.position, p.leaf, e.seq IS NOT NULL FROM eventstore.log_position p
    LEFT JOIN eventstore.event e USING (seq) ORDER BY p.position"""
_CHECKPOINTS = "SELECT size, root, peaks FROM eventstore.checkpoint"
_NEXT = "SELECT next_position FROM eventstore.seal_state"


@dataclass(slots=True)
class Order:
    """`check()` walks all positions; `problems` then holds what was found."""

    problems: list[Problem] = field(default_factory=list)
    _recorded: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def check(self) -> None:
        self._load_checkpoints()
        tree, last = Tree.empty(), 0
        for position, leaf, has_event in wire.stream(_POSITIONS):
            if position != last + 1:
                self._report("position_gap", position, f"follows position {last}")
            if not has_event:
                self._report("event_missing", position, "no event stands at this position")
            last = position
            tree.add(leaf)
            self._compare(tree)
        for size in self._recorded:
            self._report("log_cut", size, f"a checkpoint covers {size} positions; the log has {tree.size}")
        self._check_next(last)

    def _load_checkpoints(self) -> None:
        self._recorded = {size: (root, peaks) for size, root, peaks in wire.fetchall(_CHECKPOINTS, [])}

    def _compare(self, tree: Tree) -> None:
        recorded = self._recorded.pop(tree.size, None)
        if recorded and recorded != (tree.root(), tree.dump()):
            self._report("root_differs", tree.size, f"the tree of {tree.size} leaves has another root than recorded")

    def _check_next(self, last: int) -> None:
        ((following,),) = wire.fetchall(_NEXT, [])
        if following != last + 1:
            self._report("log_cut", last, f"the sealer has given positions up to {following - 1}")

    def _report(self, kind: str, position: int, detail: str) -> None:
        self.problems.append(Problem(kind, None, None, position, detail))
