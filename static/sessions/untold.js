// Presses of "This upset me" that nobody has answered: ids and kinds alone, in this window, apart by account and session.
const { account } = document.getElementById("reader").dataset;
const KEPT = `attune.upset.${account}.`; // on a shared device the next patient neither hears of it nor can tell it

export function kept(sessionId) {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + sessionId)) ?? [];
  } catch {
    return [];
  }
}

export function keep(sessionId, messages) {
  try {
    if (messages.length) sessionStorage.setItem(KEPT + sessionId, JSON.stringify(messages));
    else sessionStorage.removeItem(KEPT + sessionId);
  } catch { /* a browser that keeps nothing: this page tells it all the same */ }
}

export function imagesKept() {
  return sessionsKept().flatMap((sessionId) => kept(sessionId).map(({ image_id }) => image_id));
}

export function sessionsKept() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT)).map((key) => key.slice(KEPT.length));
  } catch {
    return [];
  }
}
