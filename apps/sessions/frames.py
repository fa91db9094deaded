"""One socket's frames: admitted, posted, answered, counted, and turned into what the log keeps."""

import time
from collections.abc import Sequence
from dataclasses import replace

from apps.sessions import aggregate, steady
from apps.sessions.aggregate import Phase, Session
from apps.sessions.camera_clock import CameraClock
from apps.sessions.entrance import Admission
from apps.sessions.events import SESSION
from apps.sessions.limits import Bucket, Window
from apps.sessions.mailbox import Parcel, Reading, seal_parcel
from apps.sessions.notices import ANOTHER_FACE, NOT_OURS, READING_PAUSED, READING_RESUMED, Whose, notice
from apps.sessions.observing import Second
from apps.sessions.outgoing import Outgoing
from apps.sessions.pacing import Pace, pace_for, worth_telling
from apps.sessions.protocol import MALFORMED, NOT_ALLOWED, TOO_FAST, Closing, parse_frame
from apps.sessions.recorder import Recorder
from apps.sessions.unread import unread
from apps.sessions.wake import wake_soon
from apps.sessions.wire import Away, Wire
from eventstore.recorded import Recorded
from ml.vocabulary import EMOTIONS, UNCERTAIN

PATIENCE_S = 1.5
"""After which a frame is answered as unread, so that the client's window moves on."""
TELL_PACE_S = 2.0
STARVED = 3
"""Frames in a row that nobody read, after which the client is told."""
STALE_S = 1.2
"""After which a second that no further reading closes is written down."""
RULE = steady.Rule()


class FrameDesk:
    """Takes one client's frames and gives it their answers."""

    def __init__(self, admission: Admission, wire: Wire, out: Outgoing, recorder: Recorder) -> None:
        self._admission, self._wire, self._out, self._recorder = admission, wire, out, recorder
        self.session = admission.session
        self.pace = pace_for(None, 1)
        self.weights: str | None = None
        self.dropped = 0
        opened_at = admission.session.opened_at
        if opened_at is None:
            raise ValueError("a session without a beginning")
        self._second = Second(opened_at)
        self._clock = CameraClock(opened_at.timestamp())
        self._steady = steady.Steady(emotion=admission.session.emotion)
        self._window, self._rate = Window(), Bucket(size=40, rate=20)
        self._last_sequence = -1
        self._times: dict[int, int] = {}  # sequence → corrected camera time
        self._starved, self._told_pace_at, self._read_at = 0, 0.0, 0.0
        self._whose = Whose()

    async def take(self, data: bytes) -> None:
        """A frame from the client.

        Raises:
            Closing: no consent, or after the client was told of the end 4403, malformed or out of order 4400, too large
                4413, too fast 4429.
        """
        frame = parse_frame(data)
        now = time.monotonic()
        if "camera" not in self._admission.consents or self._out.has_told_the_end:
            raise Closing(NOT_ALLOWED, "not_allowed")
        if frame.sequence <= self._last_sequence:
            raise Closing(MALFORMED, "malformed")
        if not self._rate.take(now) or not self._window.admit(frame.sequence, now):
            raise Closing(TOO_FAST, "too_fast")
        self._last_sequence = frame.sequence
        if self.session.phase is not Phase.OPEN:  # paused, or ended by a message that the client's frames crossed
            await self._unread(frame.sequence)
            return
        self._times[frame.sequence] = self._clock.corrected(frame.at_ms)
        await self._post(frame.sequence, frame.at_ms, frame.jpeg)

    async def _post(self, sequence: int, at_ms: int, jpeg: bytes) -> None:
        session_id = self._admission.context.session_id
        parcel = Parcel(sequence, at_ms, jpeg, self._wire.channel)
        try:
            if await self._wire.post(session_id, seal_parcel(session_id, parcel)):
                wake_soon()
        except Away:
            await self._starve(sequence)

    async def answer(self, reading: Reading) -> None:
        """A reading from a worker; of a frame that was given up, or that an earlier page sent, it says nothing here."""
        if reading.sequence not in self._window.sent:  # an earlier page counted on its own: nothing here is answered
            return
        came, passed = self._window.answer(reading.sequence)
        self.dropped += passed
        at_ms = self._forget_times(reading.sequence)
        if came is None or at_ms is None:
            return
        if self.session.phase is not Phase.OPEN:  # answered, since the client waits for it; read by nobody
            await self._send(unread(reading.sequence), latency_s=time.monotonic() - came)
            return
        self.weights, self._read_at = reading.weights, time.monotonic()
        self._record(reading, at_ms)
        await self._send(reading, latency_s=time.monotonic() - came)
        await self._say_whose(reading)
        await self._recover()
        await self._adjust(reading)

    def _record(self, reading: Reading, at_ms: int) -> None:
        if reading.reason == ANOTHER_FACE:
            return  # a stranger's moment is a gap in the patient's record, like a pause
        certain = reading.emotion != UNCERTAIN
        full = self._second.add(at_ms, reading.probabilities if certain else None, reading.weights)
        if full:
            self._recorder.put(full)
        votes = reading.smoothed or reading.probabilities
        if not certain or votes is None:
            return
        self._steady, shift = steady.vote(self._steady, votes, at_ms, RULE)
        if shift:
            self.flush()
            self._recorder.put(shift)

    async def _send(self, reading: Reading, *, latency_s: float) -> None:
        await self._out.passing(
            {
                "type": "emotion",
                "seq": reading.sequence,
                "box": None if reading.box is None else [round(side) for side in reading.box],
                "emotion": reading.emotion,
                "reason": reading.reason,
                "confidence": round(reading.confidence, 3),
                "probabilities": _named(reading.probabilities),
                "smoothed": None if reading.reason in NOT_OURS else _named(self._steady.smoothed or None),
                "latency_ms": round(latency_s * 1000, 1),
                "dropped": self.dropped,
            }
        )

    async def tick(self, now: float) -> None:
        """Give up on frames that nobody reads, and on a second that no further reading closes."""
        late = self._window.overdue(now, PATIENCE_S)
        if late is not None:
            await self._starve(late)
        if now - self._read_at > STALE_S:
            self.flush()

    async def _starve(self, sequence: int) -> None:
        await self._unread(sequence)
        self._starved += 1
        if self._starved == STARVED:
            self.flush()
            await self._out.passing(notice(READING_PAUSED))
            await self._tell_pace(Pace(1.0, self.pace.width, self.pace.quality))

    async def _recover(self) -> None:
        if self._starved >= STARVED:
            await self._out.passing(notice(READING_RESUMED))
        self._starved = 0

    async def _say_whose(self, reading: Reading) -> None:
        news = self._whose.news(reading.reason, has_face=reading.box is not None)
        if news:
            await self._out.passing(notice(news))

    async def _unread(self, sequence: int) -> None:
        """Answer a frame that was not read, and those before it."""
        came, passed = self._window.answer(sequence)
        self.dropped += passed + 1
        self._forget_times(sequence)
        await self._send(unread(sequence), latency_s=time.monotonic() - (came or time.monotonic()))

    async def _adjust(self, reading: Reading) -> None:
        pace = pace_for(reading.ms_a_frame, reading.live)
        if time.monotonic() - self._told_pace_at >= TELL_PACE_S and worth_telling(self.pace, pace):
            await self._tell_pace(pace)

    async def _tell_pace(self, pace: Pace) -> None:
        self.pace, self._told_pace_at = pace, time.monotonic()
        await self._out.passing({"type": "pace", **shown(pace)})

    def follow(self, session: Session) -> None:
        """The session as it now stands; an older one than known is passed over."""
        if session.version < self.session.version:
            return
        self.session = session
        if session.phase is not Phase.OPEN:
            self.flush()
        if session.emotion is not None and session.emotion != self._steady.emotion:
            self._steady = steady.stand(self._steady, session.emotion, self._steady.last_ms)

    def hear(self, news: Sequence[Recorded]) -> None:
        """What the log says of the session, whoever wrote it."""
        session = self.session
        for recorded in news:
            if recorded.stream.category == SESSION and recorded.version > session.version:
                session = replace(aggregate.apply(session, recorded.event), version=recorded.version)
        self.follow(session)

    def flush(self) -> None:
        """Hand over the second that was begun."""
        observed = self._second.take()
        if observed:
            self._recorder.put(observed)

    def _forget_times(self, sequence: int) -> int | None:
        at_ms = self._times.get(sequence)
        self._times = {number: when for number, when in self._times.items() if number > sequence}
        return at_ms


def shown(pace: Pace) -> dict[str, float]:
    """A pace as the client reads it."""
    return {"max_fps": pace.max_fps, "width": pace.width, "quality": pace.quality}


def _named(shares: tuple[float, ...] | None) -> dict[str, float] | None:
    return None if shares is None else {e: round(share, 4) for e, share in zip(EMOTIONS, shares, strict=True)}
