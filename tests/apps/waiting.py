"""Waits in a browser for what must come, however busy the machine is."""

import time

from playwright.sync_api import Page

LONGEST_S = 30.0


def wait_for(page: Page, happened: list[str]) -> None:
    """Until the list holds something; the caller says what it should be."""
    until = time.monotonic() + LONGEST_S
    while not happened and time.monotonic() < until:
        page.wait_for_timeout(50)
