// The patient's album over HTTP: a picture is kept or taken out, sent again under the same key until it is answered.
const TRIES = 3, PAUSE_MS = 600;
const NEWEST = 200; // as many as the page asks for, to know which of its pictures are kept already

export class Album {
  constructor(url, token) {
    Object.assign(this, { url, token, kept: new Set(), changed: new Set() });
  }

  // What was kept before this page was opened; asked once, and what the patient did meanwhile counts more.
  load() {
    this.loading ??= fetch(`${this.url}?page_size=${NEWEST}`, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : { results: [] }))
      .then(({ results }) => results.forEach(({ id }) => this.changed.has(id) || this.kept.add(id)))
      .catch(() => {});
    return this.loading;
  }

  // Gives "done", or why not: "full", "gone" or "failed".
  async set(imageId, keep) {
    const key = crypto.randomUUID();
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const answer = await this.send(imageId, keep ? "PUT" : "DELETE", key).catch(() => null);
      if (answer?.ok) return this.note(imageId, keep);
      if (answer && answer.status < 500) return { 409: "full", 404: "gone" }[answer.status] ?? "failed";
      if (attempt < TRIES) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
    return "failed";
  }

  send(imageId, method, key) {
    const headers = { "X-CSRFToken": this.token, "Idempotency-Key": key };
    return fetch(`${this.url}${imageId}/`, { method, headers, keepalive: true, credentials: "same-origin" });
  }

  note(imageId, keep) {
    this.changed.add(imageId);
    this.kept[keep ? "add" : "delete"](imageId);
    return "done";
  }
}
