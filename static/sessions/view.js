// What the page shows; no network, no camera.
import { wordsOf } from "./texts.js";

const at = (id) => document.getElementById(id);
export const words = wordsOf("texts");
export const labels = wordsOf("emotion-labels");

export function showBars(probabilities) {
  const top = Object.entries(probabilities).sort((a, b) => b[1] - a[1]).slice(0, 3);
  at("bars").replaceChildren(...top.flatMap(([emotion, share]) => bar(emotion, share)));
  at("read").hidden = false;
}

function bar(emotion, share) {
  const percent = `${Math.round(share * 100)} %`;
  const [term, gauge, number, meter] = ["dt", "dd", "dd", "meter"].map((name) => document.createElement(name));
  term.textContent = labels[emotion];
  meter.value = share; meter.textContent = percent; meter.dataset.emotion = emotion;
  gauge.append(meter);
  number.textContent = percent;
  return [term, gauge, number];
}

export function showBox(box, video) {
  const canvas = at("box");
  canvas.width = canvas.clientWidth; canvas.height = canvas.clientHeight;
  if (!box || !video.sentWidth) return;
  // The video fills its frame by "cover": the larger scale, centred.
  const scale = Math.max(canvas.width / video.sentWidth, canvas.height / video.sentHeight);
  const [dx, dy] = [(canvas.width - video.sentWidth * scale) / 2, (canvas.height - video.sentHeight * scale) / 2];
  const context = canvas.getContext("2d");
  context.strokeStyle = "#ffffffb0"; context.lineWidth = 2;
  context.beginPath();
  context.roundRect(box[0] * scale + dx, box[1] * scale + dy, box[2] * scale, box[3] * scale, 12);
  context.stroke();
}

let noticeTimer, stays = false;
// Nothing to say takes no notice away that is to stay.
export function say(text, { stay = false } = {}) {
  if (!text && stays) return;
  stays = stay;
  at("notice").textContent = text;
  at("notice").hidden = !text;
  clearTimeout(noticeTimer);
  if (!stay) noticeTimer = setTimeout(() => { at("notice").hidden = true; }, 8000);
}

// The notices go with the session: what has to be heard even then stands beside its end.
export function sayBesideTheEnd(text) {
  at("ended-said").textContent = text;
  at("ended-said").hidden = !text || at("live").dataset.state !== "ended";
}

// What became of a press of "This upset me". What could not be told stays to be read.
export function sayOfUpset(word, detail) {
  const text = detail ?? words[word];
  say(text, { stay: word !== "upset" });
  sayBesideTheEnd(text);
}

// Whom to call: beside the session, so that neither another notice nor its end takes that away.
export function showHelp(text) {
  at("help-now-text").textContent = text;
  at("help-now").hidden = false;
}

export function showEnded(text) {
  at("live").dataset.state = "ended";
  if (text) at("ended-text").textContent = text;
  at("ended").hidden = false;
  document.querySelector(".session").hidden = true;
  document.querySelector(".bar-session").hidden = true;
  at("correct-dialog").close();
  if (at("end-text").value.trim() && at("end-dialog").open) showUnsent();
  else at("end-dialog").close();
  at("ended").focus();
}

// What was written to the care team was not kept, and is still there to be sent again or copied.
export function showUnsent() {
  at("end-said").hidden = false;
  at("end-said").textContent = words.unsent;
}
