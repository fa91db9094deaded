"""Root's own folders are closed to the database's user; set-up finds a way round, once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import binaries, service_user
from devstack.postgres import THROWAWAY, Cluster, stop
from devstack.service_user import ServiceUser

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become someone else")


@pytest.fixture
def user() -> ServiceUser:
    return service_user.find()


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder as root's home: nobody else may pass."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as elsewhere:
        Path(elsewhere).chmod(0o755)
        monkeypatch.setattr(service_user, "ELSEWHERE", Path(elsewhere) / "lib")
        yield Path(home)


def test_programs_and_data_in_a_closed_home_still_serve(closed: Path, user: ServiceUser) -> None:
    package = binaries.postgres_install().parent
    for name in (f"{package.name}/pginstall18", f"{package.name}.libs"):
        shutil.copytree(package.parent / name, closed / name, symlinks=True)
    hidden = closed / package.name / "pginstall18"
    install = service_user.reachable_install(hidden, user)
    assert not install.is_relative_to(closed)
    assert service_user.reachable_install(hidden, user) == install
    data = service_user.reachable_folder(closed / "data", user)
    assert (closed / "data").resolve() == data
    assert service_user.reachable_folder(closed / "data", user) == data
    sockets = service_user.ELSEWHERE / "s"
    cluster = Cluster(install, data, sockets, 5432, user, "secret", THROWAWAY)
    cluster.initialise()
    stop(cluster.start(service_user.ELSEWHERE / "log"))


def test_an_open_folder_stays_where_it_is(user: ServiceUser) -> None:
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        assert service_user.reachable_folder(Path(parent) / "data", user) == Path(parent) / "data"
