/** Several forms on one page: pressing "Save" under one of them does not quietly drop what was written in another. */
const forms = [...document.querySelectorAll("form[data-keeps]")];
const written = (form) => JSON.stringify([...new FormData(form)]);
// What came back because it could not be taken stands nowhere else yet.
const shown = new Map(forms.map((form) => [form, "unsaved" in form.dataset ? null : written(form)]));
let going = null;

for (const form of forms) form.addEventListener("submit", () => { going = form; });
addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form !== going && written(form) !== shown.get(form))) event.preventDefault();
  going = null; // whoever stays may press another one
});
