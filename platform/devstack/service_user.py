"""PostgreSQL refuses to run as root. As root we run it as a system user; as anyone else, as ourselves."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNT = "attune-db"
ELSEWHERE = Path("/var/lib/attune")


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """Who runs the server. `uid` is None where that is whoever we are."""

    uid: int | None
    gid: int | None

    def popen_options(self) -> dict[str, Any]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, folder: Path) -> None:
        """Make the folder, private, and hand it over."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def can_run(self, program: Path) -> bool:
        try:
            done = subprocess.run(
                [program, "--version"], cwd="/", capture_output=True, check=False, **self.popen_options()
            )
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        done = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
            cwd="/",
            capture_output=True,
            check=False,
            **self.popen_options(),
        )
        return done.returncode == 0


def find() -> ServiceUser:
    """The user to run PostgreSQL as: ourselves, or as root a system account made once (else `nobody`)."""
    if os.geteuid() != 0:
        return ServiceUser(None, None)
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        entry = _make_account()
    return ServiceUser(entry.pw_uid, entry.pw_gid)


def _make_account() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if useradd:
        command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
        subprocess.run(command, capture_output=True, check=False)
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return pwd.getpwnam("nobody")


def reachable_install(install: Path, user: ServiceUser) -> Path:
    """The PostgreSQL folder, or a copy of it where the user cannot reach the original (a 0700 home above it).

    Its programs look for their libraries in `<package>.libs` beside the package, so the copy keeps that arrangement.
    """
    if user.can_run(install / "bin" / "initdb"):
        return install
    package = install.parent
    place = ELSEWHERE / f"postgresql-{_tag(install)}"
    copy = place / package.name / install.name
    if not user.can_run(copy / "bin" / "initdb"):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(install, copy, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, place / libraries.name, symlinks=True)
        for folder in (ELSEWHERE, place, copy.parent, copy):
            folder.chmod(0o755)
    return copy


def reachable_folder(folder: Path, user: ServiceUser) -> Path:
    """The folder, given to the user; or one under /var/lib/attune, linked from there, if it cannot be entered."""
    if folder.is_symlink():
        return folder.resolve()
    user.give(folder)
    if user.can_enter(folder):
        return folder
    other = ELSEWHERE / f"{folder.name}-{_tag(folder)}"
    user.give(other)
    ELSEWHERE.chmod(0o755)
    folder.rmdir()
    folder.symlink_to(other)
    return other


def _tag(path: Path) -> str:
    return hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:12]
