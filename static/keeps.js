/**
 * Several forms on one page: pressing "Save" under one of them does not quietly drop what was written in another. And a
 * page to sign in takes nothing with it: what was written is sent once the server has said that its writer is signed in.
 */
import { asked, why } from "./signed_in.js";

const ALIVE_EVERY_MS = 60_000;
const forms = [...document.querySelectorAll("form[data-keeps]")];
const written = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
// What came back because it could not be taken stands nowhere else yet.
const shown = new Map(forms.map((form) => [form, "unsaved" in form.dataset ? null : written(form)]));
const isChanged = (form) => written(form) !== shown.get(form);
let going = null;
let taken = null; // the form of which the server has just said that it takes it
let asking = false;
let alive = -ALIVE_EVERY_MS;

function show(form, answer) {
  form.querySelector(".held")?.remove();
  if (answer === "in") return;
  form.append(why(answer)); // made anew: it is heard after each press
  form.lastElementChild.scrollIntoView({ block: "nearest" });
}

async function send(form, submitter) {
  asking = true;
  const answer = await asked();
  asking = false;
  show(form, answer);
  if (answer !== "in") return;
  taken = form;
  form.requestSubmit(submitter);
  taken = null;
}

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    if (taken === form || !isChanged(form)) {
      going = form;
      return;
    }
    event.preventDefault();
    if (!asking) send(form, event.submitter);
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
