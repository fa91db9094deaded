/**
 * Several forms on one page: pressing "Save" under one of them does not quietly drop what was written in another. And a
 * page to sign in takes nothing with it: what was written is sent once the server has said that its writer is signed in.
 */
import { asked, why } from "./signed_in.js";

const ALIVE_EVERY_MS = 60_000, SAID_AFTER_MS = 600;
const forms = [...document.querySelectorAll("form[data-keeps]")];
const written = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
// What came back because it could not be taken stands nowhere else yet.
const shown = new Map(forms.map((form) => [form, "unsaved" in form.dataset ? null : written(form)]));
const isChanged = (form) => written(form) !== shown.get(form);
let going = null;
let taken = null; // the form of which the server has just said that it takes it
let pressed = null; // the form and button of the last press, while the server is asked
let alive = -ALIVE_EVERY_MS;

function show(form, answer) {
  form.querySelector(".held")?.remove();
  if (answer === "in") return;
  form.append(why(answer)); // made anew: it is heard after each press
  form.lastElementChild.scrollIntoView({ block: "nearest" });
}

// What is pressed last is what is meant: a second press while the server is asked takes the first one's place.
async function send(form, submitter) {
  const asks = pressed === null;
  pressed = { form, submitter };
  wait(form);
  if (!asks) return;
  const answer = await asked();
  const last = pressed;
  pressed = null;
  for (const one of forms) one.querySelector(".checking")?.remove();
  if (last === null) return;
  show(last.form, answer);
  if (answer !== "in") return;
  taken = last.form;
  last.form.requestSubmit(last.submitter);
  taken = null;
}

// Said only where it takes a moment, so that nothing flickers.
function wait(form) {
  setTimeout(() => {
    if (pressed?.form !== form || form.querySelector(".checking")) return;
    const note = document.createElement("p");
    note.className = "note checking";
    note.setAttribute("role", "status");
    note.textContent = document.getElementById("reader").dataset.checking;
    form.append(note);
  }, SAID_AFTER_MS);
}

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    if (taken === form || !isChanged(form)) {
      going = form;
      pressed = null; // the browser is on its way with this one
      return;
    }
    event.preventDefault();
    send(form, event.submitter);
  });
  // Whoever writes is not away; and whoever is signed out hears it before they have written on.
  form.addEventListener("input", async () => {
    if (performance.now() - alive < ALIVE_EVERY_MS) return;
    alive = performance.now();
    const answer = await asked();
    if (answer !== "unreached") show(form, answer);
  });
}
addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form !== going && isChanged(form))) event.preventDefault();
  going = null; // whoever stays may press another one
});
