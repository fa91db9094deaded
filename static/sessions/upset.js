// "This upset me": the server is told until it knows, over a lost line, the session's end and a page loaded anew.
import { SessionSocket } from "./socket.js";
import { sayBesideTheEnd, say, words } from "./view.js";

const FIRST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 30_000;
const KEPT = "attune.upset."; // and a session's id: the messages that nobody has answered, ids and kinds alone

export class Upset {
  // `line` is the session's socket; null where the session is over, which still takes this.
  constructor(sessionId, line) {
    Object.assign(this, { sessionId, line });
    this.untold = kept(sessionId);
  }

  press(imageId) {
    const message = { type: "upset", id: crypto.randomUUID(), image_id: imageId };
    this.untold.push(message);
    this.keep();
    this.tell(message);
  }

  resume() {
    for (const message of this.untold) this.tell(message);
  }

  async tell(message) {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      if (!this.line || (this.line.gone && !this.line.final)) this.line = quietLine(this.sessionId);
      const answer = await this.line.tell(message.type, message);
      if (answer.type === "done") { this.settle(message, words.upset); return; }
      if (answer.code !== "try_again" && answer.code !== "closed") { this.settle(message, answer.detail, { stay: true }); return; }
      this.sayUntold();
      if (this.line.final) return; // the next page of this session tells it
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  sayUntold() {
    if (!this.untold.length) return;
    const text = words[this.line?.final ? "upset_untold" : "upset_waits"];
    say(text, { stay: true });
    sayBesideTheEnd(text);
  }

  // Known to the server, or refused by its rules: either way there is nothing more to tell.
  settle(message, text, how) {
    this.untold = this.untold.filter(({ id }) => id !== message.id);
    this.keep();
    if (this.untold.length) return;
    say(text, how);
    sayBesideTheEnd(text);
    if (this.line.quiet) this.line.close();
  }

  keep() {
    try {
      if (this.untold.length) sessionStorage.setItem(KEPT + this.sessionId, JSON.stringify(this.untold));
      else sessionStorage.removeItem(KEPT + this.sessionId);
    } catch { /* a browser that keeps nothing: this page tells it all the same */ }
  }
}

// What earlier sessions in this window could not tell, though another one was begun since.
export function resumeOthers(sessionId) {
  for (const other of sessionsKept()) if (other !== sessionId) new Upset(other, null).resume();
}

function sessionsKept() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT)).map((key) => key.slice(KEPT.length));
  } catch {
    return [];
  }
}

function kept(sessionId) {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + sessionId)) ?? [];
  } catch {
    return [];
  }
}

// A socket that shows nothing: it is there to tell this alone.
function quietLine(sessionId) {
  const line = new SessionSocket(sessionId, { onMessage() {}, onState() {}, onFinal() {} });
  line.quiet = true;
  line.connect();
  return line;
}
