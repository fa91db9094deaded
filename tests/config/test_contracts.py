"""Each import contract is broken once on purpose, to see it caught; and the floor plan's file rules."""

import importlib.util
from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

from devstack.contracts import DoorsContract

ROOT = Path(__file__).resolve().parents[2]
READ = read_configuration(str(ROOT / "pyproject.toml"))
ROOT_PACKAGES = READ["session_options"]["root_packages"]
CONTRACTS = READ["contracts_options"]
KINDS = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "protected": ProtectedContract,
    "doors": DoorsContract,
}

# Contract → an import that it must catch. A new contract without a line here fails the last test.
OFFENCES = {
    "Floors: what lies above is never imported": ("vault.keys", "eventstore.store"),
    "Rooms: data goes round, imports never do": ("apps.accounts.commands", "apps.sessions.events"),
    "Apps meet only at their doors": ("apps.portal.views", "apps.patients.models"),
    "ml is an island": ("ml.vocabulary", "django"),
    "Only tasks and management commands call ml": ("apps.sessions.views", "ml.emotion.reader"),
    "Nobody imports tasks; they are sent for by name": ("apps.sessions.commands", "apps.sessions.tasks"),
    "The web process never sees torch": ("apps.sessions.views", "torch"),
    "The frames worker never sees diffusers": ("ml.emotion.reader", "diffusers"),
    "Reading faces knows nothing of training": ("ml.emotion.network", "ml.emotion.training.recipe"),
    "cryptography is the vault's": ("eventstore.store", "cryptography"),
    "guardian is access's": ("apps.accounts.commands", "guardian"),
    "Events and aggregates know no framework": ("apps.sessions.aggregate", "django"),
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*ROOT_PACKAGES, include_external_packages=True, cache_dir=None)


def broken(graph: grimp.ImportGraph) -> set[str]:
    return {options["name"] for options in CONTRACTS if not is_kept(graph, options)}


def is_kept(graph: grimp.ImportGraph, options: dict[str, Any]) -> bool:
    contract = KINDS[options["type"]](
        name=options["name"], session_options=READ["session_options"], contract_options=options
    )
    return bool(contract.check(deepcopy(graph), verbose=False).kept)


def test_the_house_keeps_its_contracts(graph: grimp.ImportGraph) -> None:
    assert broken(graph) == set()


@pytest.mark.parametrize("name", OFFENCES)
def test_an_offence_is_caught(graph: grimp.ImportGraph, name: str) -> None:
    importer, imported = OFFENCES[name]
    offended = deepcopy(graph)
    for module in (importer, imported):
        if module not in offended.modules:
            offended.add_module(module, is_squashed=module.partition(".")[0] not in ROOT_PACKAGES)
    offended.add_import(importer=importer, imported=imported, line_number=1, line_contents="on purpose")
    assert name in broken(offended)


def test_every_contract_has_its_offence() -> None:
    assert {options["name"] for options in CONTRACTS} == set(OFFENCES)


def test_stray_helpers_are_named() -> None:
    spec = importlib.util.spec_from_file_location("floor_plan", ROOT / ".ci" / "floor_plan.py")
    assert spec is not None
    assert spec.loader is not None
    floor_plan = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(floor_plan)
    files = [
        Path(name) for name in ("apps/x/utils.py", "platform/__init__.py", "tests/x/__init__.py", "apps/x/rules.py")
    ]
    assert len(floor_plan.complaints(files)) == 3
