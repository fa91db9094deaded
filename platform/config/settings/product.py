"""Attune's own settings. Each is an environment variable of the same name, listed in the README."""

import json

from config import environment as env

ATTUNE_VAR = env.var_dir()
ATTUNE_BLOB_DIR = env.text("ATTUNE_BLOB_DIR") or str(ATTUNE_VAR / "blobs")
ATTUNE_KEK = env.text("ATTUNE_KEK")
ATTUNE_KEK_FILE = env.text("ATTUNE_KEK_FILE")
ATTUNE_DEMO_PASSWORD = env.text("ATTUNE_DEMO_PASSWORD")
ATTUNE_BASE_URL = env.text("ATTUNE_BASE_URL", "http://127.0.0.1:8000")
# Where links in mails lead; never taken from a request.
ATTUNE_PUBLIC_URL = env.text("ATTUNE_PUBLIC_URL", ATTUNE_BASE_URL)
ATTUNE_PERMISSIONS_POLICY = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"

_CRISIS = {
    "label": "Call or text 988",
    "call": "tel:988",
    "text": "sms:988",
    "chat": "https://988lifeline.org/chat/",
    "name": "988 Suicide & Crisis Lifeline",
    "region": "US",
}
ATTUNE_CRISIS: dict[str, str] = {**_CRISIS, **json.loads(env.text("ATTUNE_CRISIS_JSON") or "{}")}
ATTUNE_SOCKET_IDLE_S = env.number("ATTUNE_SOCKET_IDLE_S", 600)
ATTUNE_SESSION_MOST_HOURS = env.number("ATTUNE_SESSION_MOST_HOURS", 3)
# How long a picture may take before one of the vetted library is shown in its place.
ATTUNE_IMAGE_DEADLINE_S = env.number("ATTUNE_IMAGE_DEADLINE_S", 12)
# Patients are shown only templates that a clinician approved, as production always has it.
ATTUNE_DEMANDS_APPROVED = env.switch("ATTUNE_DEMANDS_APPROVED")
# Of how many sessions (0 to 1) two pictures are compared afterwards, by patients whom no rule of the engine protects.
ATTUNE_PAIRED_CHOICE_SHARE = env.number("ATTUNE_PAIRED_CHOICE_SHARE", 0.25)
# A folder of emotion weights in place of those that ship.
ATTUNE_EMOTION_FOLDER = env.text("ATTUNE_EMOTION_FOLDER")
# Where the frames worker reads; the painter's has to be another, unless it is a processor.
ATTUNE_FRAMES_DEVICE = env.text("ATTUNE_FRAMES_DEVICE", "cpu")
# Any OpenAI-compatible endpoint that may put a chosen scene into other words; none unless named.
ATTUNE_LLM_URL = env.text("ATTUNE_LLM_URL")
ATTUNE_LLM_MODEL = env.text("ATTUNE_LLM_MODEL")
ATTUNE_LLM_KEY = env.text("ATTUNE_LLM_KEY")
ATTUNE_LLM_TIMEOUT_S = env.number("ATTUNE_LLM_TIMEOUT_S", 2)
ATTUNE_LLM_TOKENS_A_DAY = env.whole("ATTUNE_LLM_TOKENS_A_DAY", 200_000)
ATTUNE_PAINTER = env.text("ATTUNE_PAINTER", "embedded")
ATTUNE_PAINTER_FOLDER = env.text("ATTUNE_PAINTER_FOLDER")
ATTUNE_PAINTER_DEVICE = env.text("ATTUNE_PAINTER_DEVICE", "cpu")
ATTUNE_PAINTER_THREADS = env.whole("ATTUNE_PAINTER_THREADS", 1)
# How long further pictures may be painted to choose from, while nobody else waits; 0: the first is shown.
ATTUNE_PAINTER_BEST_MS = env.whole("ATTUNE_PAINTER_BEST_MS", 750)
# How the model runs, over its profile: `memory_gib = 3.2, compile = true`.
ATTUNE_PAINTER_ACCELERATION = env.text("ATTUNE_PAINTER_ACCELERATION")
# Styles that organisations taught the painter, and whose this installation wears.
ATTUNE_ADAPTER_FOLDER = env.text("ATTUNE_ADAPTER_FOLDER")
ATTUNE_ORGANISATION = env.text("ATTUNE_ORGANISATION")
# A folder with a CLIP that judges pictures, and a file of refitted thresholds (`python -m ml.safety.refit`).
ATTUNE_SAFETY_CLIP = env.text("ATTUNE_SAFETY_CLIP")
ATTUNE_SAFETY_DEVICE = env.text("ATTUNE_SAFETY_DEVICE", "cpu")
ATTUNE_SAFETY_THRESHOLDS = env.text("ATTUNE_SAFETY_THRESHOLDS")
