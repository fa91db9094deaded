/** The print button, where there is a script to print with. Tables are opened for the paper. */

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());

window.addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll("details")) table.open = true;
});
