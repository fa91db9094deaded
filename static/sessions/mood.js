// How the patient says they feel, while the session goes on and at its close, as far as they said it.
import { Scale } from "./scale.js";
import { showUnsent, words } from "./view.js";

const at = (id) => document.getElementById(id);
const scale = (id) => new Scale(at(id), at(`${id}-value`));
const [valence, distress, distressAtEnd] = ["valence", "distress", "end-distress"].map(scale);

// Both are asked anew once they were told, or the next mood would repeat this one's.
export function listen(tell) {
  at("mood").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!valence.wanted(at("mood-said"), words.valence_wanted)) return;
    const forgetting = [valence, distress].map((told) => told.forgetting());
    const mood = { valence: valence.value, ...(distress.given && { distress: distress.value }) };
    if (await tell("mood", mood, words.told)) forgetting.forEach((forget) => forget());
  });
}

// The dialog stays until the words are kept.
export function listenForTheClose(tell) {
  at("feedback").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!distressAtEnd.wanted(at("end-said"), words.distress_wanted)) return;
    const satisfaction = Number(new FormData(event.target).get("satisfaction"));
    const text = at("end-text").value.trim();
    const feedback = { distress: distressAtEnd.value, satisfaction, ...(text && { text }) };
    if (!(await tell("feedback", feedback))) { showUnsent(); return; }
    at("end-dialog").close();
    await tell("end");
  });
}
