"""Every way in which a template's personal slots can be filled."""

from collections.abc import Iterator
from itertools import product

from ml.prompting.slots import Personal, goals, liked_places
from ml.prompting.template import Template


def fillings(template: Template) -> Iterator[Personal]:
    """Each value of each personal slot that the template holds; one empty filling where it holds none."""
    asks = template.slots()
    yield from (
        Personal(goal, place)
        for goal, place in product(
            goals() if asks & {"goal", "goal_name"} else (None,), liked_places() if "liked_place" in asks else (None,)
        )
    )


def excluded(template: Template, personal: Personal) -> frozenset[str]:
    """The triggers that keep the template from a patient when it is filled so."""
    found = template.contraindications
    if personal.goal is not None:
        found |= goals()[personal.goal].triggers
    if personal.liked_place is not None:
        found |= liked_places()[personal.liked_place].triggers
    return found
