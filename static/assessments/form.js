/**
 * Saves each answer the moment it is given, and what could not be saved before the form is left. Without this script the
 * form still works: "Finish" sends all answers.
 */
import { renewed } from "../token.js";

const form = document.getElementById("answers");
const words = document.getElementById("words").dataset;
const bar = document.querySelector("#progress progress");
const count = document.querySelector("#progress span");
const help = document.getElementById("help-now");
const TRIES = 3;
const PAUSE_MS = 400;
const LINGER_MS = 5000; // ours: longer than a screen reader needs to read one answer out
const unsaved = new Map(); // name → the input that was chosen last
const lingering = new Map(); // name → the timer after which it goes out
let passing = false; // an arrow key is down: what it chooses may be on the way to another answer
let leaving = false;
let queue = Promise.resolve();

/** One key for each answer given, so that a repeated request writes nothing twice. */
function send(input, key) {
  const item = Number(input.name.slice("item_".length));
  const body = JSON.stringify({ item, answer: Number(input.value) });
  const token = form.elements.csrfmiddlewaretoken.value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "Idempotency-Key": key };
  return fetch(form.dataset.answers, { method: "POST", headers, body, keepalive: true, credentials: "same-origin" });
}

/** "saved", "failed", or "closed" where the form was handed in elsewhere. */
async function save(input) {
  const key = crypto.randomUUID();
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const response = await send(input, key).catch(() => null);
    if (response?.ok) return "saved";
    if (response?.status === 409 && (await response.json().catch(() => ({}))).code === "assessment_closed") return "closed";
    if (response?.status === 401 || response?.status === 403) await renewed(form);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
  return "failed";
}

function say(input, text, failed = false) {
  const line = input.closest("fieldset").querySelector(".saved");
  line.textContent = text;
  line.classList.toggle("failed", failed);
}

function advance() {
  const total = Number(form.dataset.total);
  const items = [...form.querySelectorAll("input:checked")].map((input) => Number(input.name.slice("item_".length)));
  const answered = items.filter((item) => item <= total).length;
  bar.value = answered;
  count.textContent = `${answered} / ${total}`;
}

function isWatched(input) {
  return "watched" in input.closest("fieldset").dataset;
}

/** The help comes into the page's flow, right below the question; it stays, whatever is answered next. */
function offerHelp(input) {
  if (!help?.hidden || !isWatched(input) || input.value === "0") return;
  help.hidden = false;
  help.scrollIntoView({ block: "nearest" });
}

/**
 * The arrow keys choose each answer that they pass, and up from the first wraps to the last. What calls a person stays on
 * record, so such an answer goes out once the patient has come to rest on it; the help is offered at once. A click, a touch
 * or the space bar chooses the one answer that is meant, and so does what a screen reader or a switch presses.
 */
function answered(input) {
  offerHelp(input);
  advance();
  say(input, words.saving);
  unsaved.set(input.name, input);
  clearTimeout(lingering.get(input.name));
  if (passing && isWatched(input)) lingering.set(input.name, setTimeout(() => keep(input), LINGER_MS));
  else keep(input);
}

/** Answers go out one after the other: the form is one stream, and the last one given must be the last one saved. */
function keep(input) {
  clearTimeout(lingering.get(input.name));
  lingering.delete(input.name);
  queue = queue.then(() => save(input)).then((outcome) => {
    if (unsaved.get(input.name) !== input) return;
    if (outcome !== "failed") unsaved.delete(input.name);
    say(input, words[outcome], outcome !== "saved");
  });
}

/** The form is left once all that was answered is kept: a page to sign in would take the answers with it. */
form.addEventListener("submit", (event) => {
  if (!unsaved.size) return;
  event.preventDefault();
  if (leaving) return;
  leaving = true;
  for (const input of [...unsaved.values()]) {
    say(input, words.saving);
    keep(input);
  }
  queue = queue.then(() => {
    leaving = false;
    if (unsaved.size) [...unsaved.values()][0].focus();
    else form.requestSubmit(event.submitter);
  });
});

form.addEventListener("change", (event) => {
  if (event.target.type === "radio") answered(event.target);
});

form.addEventListener("keydown", ({ key, target }) => {
  passing = key.startsWith("Arrow");
  if (key === " ") confirmed(target); // on an answer that is chosen already, the browser itself does nothing
});
form.addEventListener("click", ({ target }) => {
  if (!passing) confirmed(target); // an arrow key makes a click too
});
for (const kind of ["keyup", "pointerdown"]) addEventListener(kind, () => { passing = false; });

/** Chosen by an arrow key, and then meant. */
function confirmed(input) {
  if (lingering.has(input.name) && unsaved.get(input.name) === input) keep(input);
}

form.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (target.closest("fieldset")?.contains(relatedTarget)) return; // an arrow key, to the next answer
  if (lingering.has(target.name)) keep(unsaved.get(target.name));
});

/** Sent past the queue, which ends with the page; where the browser keeps the page, the timer goes on, and writes nothing. */
addEventListener("pagehide", () => {
  for (const name of lingering.keys()) send(unsaved.get(name), crypto.randomUUID()).catch(() => null);
});
