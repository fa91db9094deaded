// "This upset me": the server is told until it knows, over a lost line, the session's end and a page loaded anew.
import { asked } from "../signed_in.js";
import { SessionSocket } from "./socket.js";
import { keep, kept, sessionsKept } from "./untold.js";

const FIRST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 30_000;
const SOON_MS = 2000; // an answer that takes longer may never come: the line looks open for minutes after a network went

export class Upset {
  // `line` is the session's socket; null where this page has none, or the session is over, which still takes this.
  // `say` hears what became of it: "upset" once it is told, "upset_waits", "upset_untold" or "refused" with its detail.
  constructor(sessionId, line, say) {
    Object.assign(this, { sessionId, line, say });
    this.untold = kept(sessionId);
  }

  press(imageId) {
    const message = { type: "upset", id: crypto.randomUUID(), image_id: imageId };
    this.untold.push(message);
    keep(this.sessionId, this.untold);
    if (!navigator.onLine || this.line?.down) this.sayUntold();
    this.tell(message);
  }

  resume() {
    for (const message of this.untold) this.tell(message);
  }

  async tell(message) {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      if (!this.line || (this.line.gone && !this.line.final)) this.line = quietLine(this.sessionId);
      const late = setTimeout(() => this.sayUntold(), SOON_MS);
      const answer = await this.line.tell(message.type, message);
      clearTimeout(late);
      if (answer.type === "done") { this.settle(message, "upset"); return; }
      if (answer.code !== "try_again" && answer.code !== "closed") { this.settle(message, "refused", answer.detail); return; }
      if (await this.canNeverBeTold()) { this.forget(message); return; }
      this.sayUntold();
      if (this.line.final) return; // the next page in this window tells it
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  // No such session is this reader's: it was erased. Of whoever signed in meanwhile that would say nothing.
  async canNeverBeTold() {
    return this.line.quiet && this.line.notTheirs && (await asked()) === "in";
  }

  sayUntold() {
    if (this.untold.length) this.say(this.line?.final ? "upset_untold" : "upset_waits");
  }

  // Known to the server, or refused by its rules: either way there is nothing more to tell.
  settle(message, word, detail) {
    this.forget(message);
    if (this.untold.length) return;
    this.say(word, detail);
    if (this.line.quiet) this.line.close();
  }

  forget(message) {
    this.untold = this.untold.filter(({ id }) => id !== message.id);
    keep(this.sessionId, this.untold);
  }
}

// What this reader's other sessions in this window could not tell.
export function resumeOthers(sessionId, say) {
  for (const other of sessionsKept()) if (other !== sessionId) new Upset(other, null, say).resume();
}

// A socket that shows nothing: it is there to tell this alone.
function quietLine(sessionId) {
  const line = new SessionSocket(sessionId, { onMessage() {}, onState() {}, onFinal() {} });
  line.quiet = true;
  line.connect();
  return line;
}
