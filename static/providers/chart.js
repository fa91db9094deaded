/**
 * The print button, where the page has one. What is folded is opened for the paper, and folded again after it.
 * A drawing that is wider than its box begins at its newest end.
 */

for (const box of document.querySelectorAll(".scroll:has(.drawing)")) box.scrollLeft = box.scrollWidth;

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open], :has(> form))")]; // a form is nothing for paper
  for (const folded of opened) folded.open = true;
});
addEventListener("afterprint", () => {
  for (const folded of opened) folded.open = false;
});
