#!/usr/bin/env python3
"""Django's command line, with the two source roots on the path: platform/ and the repository itself."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    if os.environ.get("ATTUNE_PROCESS", "cli") == "cli":
        from config import command_line

        command_line.run(sys.argv)
        return
    from django.core.management import execute_from_command_line

    refuse_unsafe_start()
    execute_from_command_line(sys.argv)


def refuse_unsafe_start() -> None:
    """A serving process (the sealer) looks at its database role first; commands run by hand needn't have one."""
    import django

    django.setup()
    from config import startup

    startup.refuse_unsafe_start()


if __name__ == "__main__":
    main()
