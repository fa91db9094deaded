// After a session: now and then two pictures to compare. Asked for quietly while the server says that they may still
// come; nobody has to wait for it.
const LOOK_EVERY_MS = 1500, LOOK_FOR_MS = 40000; // longer than the server says so

// Puts the question into `place` once it has come and both pictures are there, and says so in `said`.
export async function offer(place, said) {
  const until = performance.now() + LOOK_FOR_MS;
  while (performance.now() < until) {
    const answer = await fetch(`${place.dataset.url}?part`, { credentials: "same-origin" }).catch(() => null);
    if (answer?.status === 200) { await show(place, said, await answer.text()); return; }
    if (answer && answer.status !== 204) return; // none comes
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function show(place, said, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  const part = document.importNode(parsed, true); // a parsed page of its own loads no pictures
  if (!part.querySelector("form")) return; // answered before, or closed: nothing to ask
  try {
    await Promise.all([...part.querySelectorAll("img")].map((picture) => picture.decode()));
  } catch {
    return; // one picture alone is no pair
  }
  place.replaceChildren(...part.childNodes);
  place.hidden = false;
  said.textContent = place.querySelector("h2").textContent;
}
