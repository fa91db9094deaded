// On each of a patient's pages: a picture that upset them is not shown, and the server goes on being told of it.
import { imagesKept } from "./untold.js";
import { resumeOthers } from "./upset.js";

const note = document.getElementById("withheld");

// The server shows it until it is told. The page waits for this script before it paints.
function hide() {
  const untold = imagesKept();
  const found = [...document.images].filter(({ src }) => untold.some((id) => src.includes(id)));
  for (const image of found) (image.closest(".album > li") ?? image).remove();
  if (found.length) say("upset_waits");
}

// A session's own page says what became of its own press; this says the rest.
function say(word, detail) {
  note.textContent = detail ?? note.dataset[word];
  note.hidden = false;
}

hide();
addEventListener("pageshow", ({ persisted }) => { if (persisted) hide(); }); // a page that was gone back to
resumeOthers(document.getElementById("live")?.dataset.session, say);
