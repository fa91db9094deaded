/** Stopping shows the calm picture before the server has answered, or without it; the server is told until it knows. */
import { renewed } from "../token.js";

const form = document.getElementById("stop");
const AGAIN_MS = 3000;

/** A page of elsewhere, such as that to sign in, is no answer: calm stays, and whoever signs in elsewhere is heard. */
async function tell() {
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, intent: "stop" });
  const options = { method: "POST", body, keepalive: true, credentials: "same-origin" };
  const answer = await fetch(location.href, options).catch(() => null);
  if (answer?.ok && new URL(answer.url).pathname === location.pathname) { location.reload(); return; }
  await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  await renewed(form);
  tell();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  window.stop(); // a number that is on its way must not bring the step back
  document.getElementById("on-step").hidden = true;
  document.getElementById("calm-now").hidden = false; // its picture was loaded with the page
  document.getElementById("main").focus();
  tell();
});
