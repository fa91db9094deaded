// The camera: asked for once, released when not needed, every refusal named.
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy" };

export class CameraRefused extends Error {
  constructor(reason) { super(reason); this.reason = reason; }
}

export class Camera {
  constructor(video, { onLost }) {
    this.video = video;
    this.onLost = onLost;
    this.canvas = document.createElement("canvas");
    this.stream = null;
    this.stopped = false;
  }

  // Raises CameraRefused with denied, missing, busy, or stopped where `stop` came while the browser was still asking.
  async start() {
    this.stopped = false;
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraRefused("missing");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" }, audio: false });
    } catch (error) {
      throw new CameraRefused(REASONS[error.name] ?? "missing");
    }
    if (this.stopped) {
      for (const track of stream.getTracks()) track.stop();
      throw new CameraRefused("stopped");
    }
    this.stream = stream;
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.onLost("unplugged"));
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  stop() {
    this.stopped = true;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.stream = null;
  }

  // One JPEG of at most `width` pixels across, or null while the camera has no picture yet.
  async jpeg(width, quality) {
    const { videoWidth, videoHeight } = this.video;
    if (!this.stream || !videoWidth) return null;
    const scale = Math.min(1, width / videoWidth);
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    this.canvas.getContext("2d").drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const blob = await new Promise((done) => this.canvas.toBlob(done, "image/jpeg", quality));
    return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
  }

  // Mean brightness 0..255 of a small copy.
  brightness() {
    const small = document.createElement("canvas");
    small.width = 32; small.height = 24;
    const context = small.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, 32, 24);
    const { data } = context.getImageData(0, 0, 32, 24);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum += 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
    return sum / (data.length / 4);
  }
}
