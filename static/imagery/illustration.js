// The picture of a thought: asked for without leaving the page, awaited, rated, and gone at one press. Only its own
// section is swapped, so what is being written beside it stays. Without this script the same buttons lead to the page anew.
const PAUSE_MS = 1000, LONGEST_MS = 90_000;
const section = () => document.getElementById("picture");
const said = document.getElementById("picture-said");
const says = (part) => [...part.querySelectorAll("[data-said]")].map((one) => one.textContent.trim());
let working = false, turn = 0;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("#picture :is(form[data-wish], form[data-rate], form[data-upset])")) return;
  event.preventDefault();
  const upset = form.hasAttribute("data-upset");
  if (upset) section().querySelector("figure")?.remove(); // at once, whatever the server says
  if (upset || !working) send(form, event.submitter);
});

async function send(form, pressed) {
  const mine = ++turn;
  working = true;
  const body = new URLSearchParams(new FormData(form));
  if (pressed?.name) body.set(pressed.name, pressed.value);
  const still = form.hasAttribute("data-upset") ? "button" : "form:not([data-upset]) button"; // no rating holds that up
  for (const button of section().querySelectorAll(still)) button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
  const swapped = await swap(answer, mine);
  if (mine !== turn) return; // another press came after this one, and is what counts
  working = false;
  if (!swapped) return failed();
  const chosen = form.hasAttribute("data-rate") && section().querySelector(".rate [aria-pressed=true]");
  (chosen || section()).focus({ preventScroll: true });
  wait();
}

// True when the answer was the page, of which this section is taken over. Whoever was in it stays in it, and what is new
// is said from outside it: a status that comes with its words already in it is read out by few.
async function swap(answer, mine = turn) {
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("picture");
  if (!fresh || mine !== turn) return false;
  const inside = section().contains(document.activeElement), before = says(section());
  section().replaceWith(document.adoptNode(fresh));
  if (inside) fresh.focus({ preventScroll: true });
  said.textContent = says(fresh).filter((words) => !before.includes(words)).join(" ");
  return true;
}

function failed() {
  for (const button of section().querySelectorAll("button")) button.disabled = false;
  section().querySelector(".failed").hidden = false;
}

// Asks now and then while the picture is waited for; then takes the page's own section.
async function wait(until = performance.now() + LONGEST_MS) {
  while (section()?.dataset.state === "waiting" && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const answer = await fetch(section().dataset.status, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || (await answer.json()).stands === "waiting") continue;
    await swap(await fetch(location.href, { credentials: "same-origin" }).catch(() => null));
  }
}

wait();
