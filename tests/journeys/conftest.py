"""A real Chromium with a camera that plays the demonstration clip, on the real stack."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

from tests.journeys.camera import write_mjpeg

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
# What the camera sees is a photograph of a person; it is not part of what a picture of the page should keep.
# Set through the DOM and the caret left alone: what Playwright would inject, the page's own policy rightly refuses.
FACES = "#self video, #self canvas, #preview"
PICTURES_ARE_THERE = "() => [...document.images].every((one) => one.complete && one.naturalWidth > 0)"
# A picture far down the page is fetched when it comes near the window.
SCROLL_DOWN = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((next) => setTimeout(next, 50));
  }
}"""
# While a page glides to its place, its bars are drawn where they were.
STANDS_STILL = """() => new Promise((still) => {
  let last = NaN, times = 0;
  const look = () => {
    times = scrollY === last ? times + 1 : 0;
    last = scrollY;
    if (times > 20) still(true); else requestAnimationFrame(look);
  };
  look();
})"""
SHOW_FACES = f"(shown) => document.querySelectorAll('{FACES}').forEach((one) => {{ one.style.visibility = shown; }})"


def chromium_path() -> str:
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"):
        if Path(path).exists():
            return path
    raise AssertionError("Chromium is missing: apt-get install chromium (make test does so when it is root)")


@contextmanager
def seeing(clip: Path) -> Iterator[Browser]:
    """Chromium with a camera that plays `clip`."""
    with sync_playwright() as playwright:
        arguments = [*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def camera_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration clip as a chain of JPEGs, which Chromium's fake camera plays in a loop."""
    return write_mjpeg(tmp_path_factory.mktemp("camera") / "face.mjpeg")


@pytest.fixture(scope="module")  # no longer: while Playwright runs, no asynchronous test can
def chromium(camera_clip: Path) -> Iterator[Browser]:
    with seeing(camera_clip) as browser:
        yield browser


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Keep a picture of the page: in docs/screenshots when ATTUNE_SCREENSHOTS=1, else under var/."""
    keep = os.environ.get("ATTUNE_SCREENSHOTS") == "1"
    folder = ROOT / "docs" / "screenshots" if keep else ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str, *, full: bool = False) -> None:
        if full:
            page.evaluate(SCROLL_DOWN)
        with suppress(TookTooLong):  # not full: what is below the window may never be fetched
            page.wait_for_function(PICTURES_ARE_THERE, timeout=5_000)
        page.evaluate(SHOW_FACES, "hidden")
        if full:  # a header that keeps to the top of the window would lie across the middle of the page
            page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
        page.evaluate(STANDS_STILL)
        page.screenshot(path=folder / f"{name}.png", caret="initial", full_page=full)
        page.evaluate(SHOW_FACES, "visible")

    return take
