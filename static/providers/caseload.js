/** Narrows the caseload while typing; nothing leaves the page. Without this script the form searches on the server. */

const input = document.getElementById("words");
const rows = [...document.querySelectorAll("tr[data-words]")];
const found = document.getElementById("found");

function narrow() {
  const wanted = input.value.trim().toLocaleLowerCase();
  for (const row of rows) row.hidden = !row.dataset.words.toLocaleLowerCase().includes(wanted);
  const shown = rows.filter((row) => !row.hidden).length;
  found.textContent = shown === 1 ? found.dataset.one : `${shown} ${found.dataset.many}`;
}

if (rows.length) input.addEventListener("input", narrow);
