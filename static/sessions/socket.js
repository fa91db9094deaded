// The session's socket: reconnects, asks for what it missed, and sends a message until it is answered.
const FINAL = { 4400: "refused", 4401: "signed_out", 4403: "refused", 4408: "idle", 4409: "elsewhere", 4440: "withdrawn" };
const NOT_THEIRS = 4403;
const FIRST_WAIT = 500, LONGEST_WAIT = 8000; // ms
const FRAME_TIMEOUT = 10000; // ms after which an unanswered frame no longer holds the next one back
const MOST_UNANSWERED = 2;

const unsent = (id) => ({ type: "error", id, code: "closed", detail: "" });

export class SessionSocket {
  constructor(sessionId, { onMessage, onState, onFinal }) {
    this.base = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/sessions/${sessionId}/`;
    Object.assign(this, { onMessage, onState, onFinal });
    this.last = 0;            // greatest n seen
    this.waiting = new Map(); // id → {message, settle}
    this.frames = new Map();  // seq → time sent
    this.sequence = 0;
    this.wait = FIRST_WAIT;
    this.closed = false;
    this.final = false;       // closed for a reason that only another page can mend
    this.down = false;        // reconnecting
    this.notTheirs = false;   // no such session, or not of whoever is signed in
  }

  // Nothing can be told by it any more.
  get gone() {
    return this.closed && this.socket?.readyState !== WebSocket.OPEN;
  }

  close() {
    this.closed = true;
    this.socket.close();
  }

  connect() {
    this.fresh = !this.last; // what is replayed then was said on an earlier page
    this.socket = new WebSocket(this.last ? `${this.base}?after=${this.last}` : this.base, "attune.v1");
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    this.socket.onclose = ({ code }) => this.lost(code);
  }

  receive(message) {
    if (message.n) this.last = Math.max(this.last, message.n);
    if (message.type === "ready") this.ready();
    if (message.type === "emotion") this.answered(message.seq);
    if (message.type === "done" || message.type === "error") this.settle(message);
    if (message.type === "closed") this.closed = true;
    this.onMessage(message);
  }

  ready() {
    this.wait = FIRST_WAIT;
    this.down = false;
    this.frames.clear();
    this.onState("open");
    for (const { message } of this.waiting.values()) this.socket.send(JSON.stringify(message));
  }

  settle(message) {
    const entry = this.waiting.get(message.id);
    if (!entry) return;
    this.waiting.delete(message.id);
    entry.settle(message);
  }

  answered(seq) {
    for (const sent of this.frames.keys()) if (sent <= seq) this.frames.delete(sent);
  }

  lost(code) {
    this.frames.clear();
    const final = !this.closed && FINAL[code];
    this.final ||= Boolean(final);
    this.notTheirs ||= !this.closed && code === NOT_THEIRS;
    this.closed ||= this.final;
    if (this.closed) for (const id of [...this.waiting.keys()]) this.settle(unsent(id));
    if (final) this.onFinal(final);
    if (this.closed) return;
    this.down = true;
    this.onState("reconnecting");
    setTimeout(() => this.connect(), this.wait * (0.7 + 0.6 * Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  // Resolves with the server's done or error; kept and sent again over a lost connection, "closed" once that is for good.
  // A body may bring the id under which it was sent before: nothing is done twice.
  tell(type, body = {}) {
    const message = { type, id: crypto.randomUUID(), ...body };
    if (this.gone) return Promise.resolve(unsent(message.id));
    return new Promise((settle) => {
      this.waiting.set(message.id, { message, settle });
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
    });
  }

  // Never behind what has not left this device: on a slow line a press of "Pause" would wait for minutes of frames.
  mayFrame() {
    const now = performance.now();
    for (const [seq, sent] of this.frames) if (now - sent > FRAME_TIMEOUT) this.frames.delete(seq);
    const { readyState, bufferedAmount } = this.socket ?? {};
    return readyState === WebSocket.OPEN && !bufferedAmount && this.frames.size < MOST_UNANSWERED;
  }

  frame(jpeg, sinceOpenMs) {
    const packet = new Uint8Array(8 + jpeg.length);
    const header = new DataView(packet.buffer);
    this.sequence += 1;
    header.setUint32(0, this.sequence);
    header.setUint32(4, Math.max(0, Math.round(sinceOpenMs)));
    packet.set(jpeg, 8);
    this.frames.set(this.sequence, performance.now());
    this.socket.send(packet);
  }
}
