"""The scheduler that a profile names, made from the model's own configuration."""

import inspect
from collections.abc import Mapping
from typing import Any

import diffusers
from diffusers import SchedulerMixin

from ml.imaging.production.rules import ProfileWrong


def scheduler_for(own: SchedulerMixin, wanted: Mapping[str, Any]) -> SchedulerMixin:
    """`own` when nothing is wanted; else the class named, with the model's configuration but for what is said.

    Raises:
        ProfileWrong: no such class in diffusers, or it knows no such option.
    """
    if not wanted:
        return own
    kind: Any = getattr(diffusers, wanted["class"], None)
    if not isinstance(kind, type) or not issubclass(kind, SchedulerMixin):
        raise ProfileWrong(f"scheduler: diffusers has no {wanted['class']}")
    options = {name: value for name, value in wanted.items() if name != "class"}
    if unknown := sorted(options.keys() - inspect.signature(kind).parameters.keys()):
        raise ProfileWrong(f"scheduler: {wanted['class']} knows no {unknown[0]}")
    try:
        return _from_config(kind, own, options)
    except (ValueError, NotImplementedError, TypeError) as error:
        raise ProfileWrong(f"scheduler: {wanted['class']}: {error}") from error


def _from_config(kind: Any, own: SchedulerMixin, options: Mapping[str, Any]) -> SchedulerMixin:
    made: SchedulerMixin = kind.from_config(own.config, **options)
    return made
