/** What the page shows of saving: the line at the bottom, errors, another device's words. No network. */

export const words = document.getElementById("words").dataset;
const line = document.getElementById("saved");

export function show(text, failed = false) {
  line.textContent = text;
  line.classList.toggle("failed", failed);
}

/** `errors`: field → list of sentences; a field that isn't named is all right. */
export function showErrors(errors) {
  for (const place of document.querySelectorAll(".error[id^=said-]")) {
    const name = place.id.slice("said-".length);
    const said = [errors[name] ?? []].flat().join(" ");
    if (place.textContent !== said) place.textContent = said;
    const field = document.getElementById(`field-${name}`);
    if (said) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }
}

/** Another device's text under the field, with a button that puts it in. */
export function showTheirs(name, text, take) {
  const [intro, quote, button] = ["p", "blockquote", "button"].map((kind) => document.createElement(kind));
  intro.textContent = words.theirs;
  quote.textContent = text || words.nothing;
  Object.assign(button, { type: "button", className: "button", textContent: words.take });
  const place = document.getElementById(`theirs-${name}`);
  button.addEventListener("click", () => {
    take();
    place.replaceChildren();
    document.getElementById(`field-${name}`).focus();
  });
  place.replaceChildren(intro, quote, button);
}

/** Labels that name what was written elsewhere on the page follow it: How strong is “sad” now? */
function name(label) {
  const told = document.getElementById(`field-${label.dataset.about}`).value.trim();
  label.textContent = told ? label.dataset.with.replace("{}", told) : label.dataset.plain;
}

for (const label of document.querySelectorAll("label[data-about]")) {
  document.getElementById(`field-${label.dataset.about}`).addEventListener("input", () => name(label));
}
