/** Saves each answer the moment it is given. Without this script the form still works: "Finish" sends all answers. */

const form = document.getElementById("answers");
const words = document.getElementById("words").dataset;
const bar = document.querySelector("#progress progress");
const count = document.querySelector("#progress span");
const help = document.getElementById("help-now");
const TRIES = 3;
const PAUSE_MS = 400;
const newest = new Map();
let queue = Promise.resolve();

/** One key for each answer given, so that a repeated request writes nothing twice. */
function send(input, key) {
  const item = Number(input.name.slice("item_".length));
  const body = JSON.stringify({ item, answer: Number(input.value) });
  const token = form.elements.csrfmiddlewaretoken.value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "Idempotency-Key": key };
  return fetch(form.dataset.answers, { method: "POST", headers, body, keepalive: true, credentials: "same-origin" });
}

async function save(input) {
  const key = crypto.randomUUID();
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const response = await send(input, key).catch(() => null);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
  return false;
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

/** The help comes into the page's flow, right below the question; it stays, whatever is answered next. */
function offerHelp(input) {
  if (!help?.hidden || !("watched" in input.closest("fieldset").dataset) || input.value === "0") return;
  help.hidden = false;
  help.scrollIntoView({ block: "nearest" });
}

/** Answers go out one after the other: the form is one stream, and the last one given must be the last one saved. */
function answered(input) {
  offerHelp(input);
  advance();
  say(input, words.saving);
  newest.set(input.name, input);
  queue = queue.then(() => save(input)).then((ok) => {
    if (newest.get(input.name) === input) say(input, ok ? words.saved : words.failed, !ok);
  });
}

form.addEventListener("change", (event) => {
  if (event.target.type === "radio") answered(event.target);
});
