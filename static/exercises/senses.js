/** The five senses one at a time. Without this script all five stand below each other. */

const list = document.getElementById("senses");
const items = [...list.children];
const [back, next, place] = ["sense-back", "sense-next", "sense-place"].map((id) => document.getElementById(id));
let at = 0;

function show() {
  items.forEach((item, index) => { item.hidden = index !== at; });
  const first = at === 0, last = at === items.length - 1;
  // A button that is disabled while it has the focus would lose the keyboard its place.
  back.disabled = next.disabled = false;
  if (first && document.activeElement === back) next.focus();
  if (last && document.activeElement === next) back.focus();
  back.disabled = first;
  next.disabled = last;
  place.textContent = `${at + 1} / ${items.length}`;
}

function go(by) {
  at = Math.min(Math.max(at + by, 0), items.length - 1);
  show();
}

back.addEventListener("click", () => go(-1));
next.addEventListener("click", () => go(1));
list.classList.add("one-by-one");
list.setAttribute("aria-live", "polite");
document.getElementById("sense-buttons").hidden = false;
show();
