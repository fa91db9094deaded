/** Whether the server still takes what this page sends as its reader's; asking puts off the idle end of the session. */
const WAIT_MS = 10_000;
const TOKEN = "csrfmiddlewaretoken";
const reader = document.getElementById("reader").dataset;

/** "in", "out", "other" (somebody else signed in in this browser) or "unreached". After a new sign-in forms get its token. */
export async function asked() {
  const how = { credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(WAIT_MS) };
  const response = await fetch(reader.asks, how).catch(() => null);
  if (response?.type === "opaqueredirect") return "out";
  const { account, token } = response?.ok ? await response.json().catch(() => ({})) : {};
  if (!token) return "unreached";
  if (account !== reader.account) return "other";
  for (const field of document.getElementsByName(TOKEN)) field.value = token;
  return "in";
}

/** Why nothing was sent, to stand beside the button that was pressed. */
export function why(answer) {
  const note = document.createElement("p");
  note.className = "note act held";
  note.setAttribute("role", "alert");
  note.append(reader[answer]);
  if (answer === "out") note.append(" ", signInElsewhere());
  return note;
}

function signInElsewhere() {
  const link = document.createElement("a");
  Object.assign(link, { href: reader.signIn, target: "_blank", textContent: reader.link });
  return link;
}
