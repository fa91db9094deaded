"""The demonstration clip as a chain of JPEGs, which is what Chromium's fake camera plays from a .mjpeg file."""

from pathlib import Path


def write_mjpeg(target: Path) -> Path:
    import cv2

    from apps.sessions.demo.clip import ensure_clip

    source = cv2.VideoCapture(str(ensure_clip(target.parent)))
    with target.open("wb") as out:
        while True:
            more, frame = source.read()
            if not more:
                break
            out.write(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())
    source.release()
    return target
