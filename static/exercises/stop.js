/** Stopping shows the calm picture before the server has answered, or without it; the server is told until it knows. */

const form = document.getElementById("stop");
const AGAIN_MS = 3000;

async function tell(body) {
  const options = { method: "POST", body, keepalive: true, credentials: "same-origin" };
  const response = await fetch(location.href, options).catch(() => null);
  if (response?.ok) location.reload();
  else setTimeout(() => tell(body), AGAIN_MS);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, intent: "stop" });
  document.getElementById("on-step").hidden = true;
  document.getElementById("calm-now").hidden = false; // its picture was loaded with the page
  document.getElementById("main").focus();
  tell(body);
});
