// What was read so far, from the first reading to the last: a stretch a feeling, over the ribbon's whole width.
import { labels } from "./view.js";

const SVG = "http://www.w3.org/2000/svg", HEIGHT = 44;
const MOST = 280; // as many as the ribbon is wide: what is narrower than a pixel says nothing
const LASTING_MS = 1500, SAID = 4;
const at = (id) => document.getElementById(id);
const stretches = []; // {emotion, from, to, part}: ms since the page opened, and its rectangle, which is as long in ms
const lasting = []; // the feelings that lasted, the last ones

// A reading touches the last stretch alone, and the scale; all others stay as they are drawn.
export function extendRibbon(emotion) {
  const now = performance.now();
  const last = stretches.at(-1);
  if (last?.emotion === emotion) last.to = now;
  else add(emotion, last?.to ?? now, now);
  if (stretches.length > MOST) merge();
  show();
}

function add(emotion, from, to) {
  const before = stretches.at(-1);
  if (before) draw(before);
  const stretch = { emotion, from, to, part: document.createElementNS(SVG, "rect") };
  stretch.part.setAttribute("height", HEIGHT);
  stretch.part.setAttribute("class", "tone-fill");
  stretch.part.dataset.emotion = emotion;
  stretches.push(stretch);
  at("ribbon").append(stretch.part);
}

function draw({ part, from, to }, least = 0) {
  const width = Math.max(to - from, least);
  part.setAttribute("x", to - width - stretches[0].from);
  part.setAttribute("width", width);
}

// The last reading is seen however short it was: a pixel wide, over the end of what was before it.
function show() {
  const last = stretches.at(-1);
  const length = Math.max(1, last.to - stretches[0].from);
  at("ribbon").setAttribute("viewBox", `0 0 ${length} ${HEIGHT}`);
  draw(last, length / MOST);
  if (!last.said && last.to - last.from > LASTING_MS) {
    last.said = true;
    lasting.push(last.emotion);
    lasting.splice(0, lasting.length - SAID);
  }
  const said = lasting.length ? lasting : [last.emotion];
  at("ribbon-words").textContent = said.map((emotion) => labels[emotion]).join(" → ");
}

// Neighbours become one, in the colour of what took most of their time, until half as many stand; the last one stays.
function merge() {
  const last = stretches.pop();
  const least = Math.max(1, (last.to - stretches[0].from) / (MOST / 2));
  const groups = [[]];
  for (const stretch of stretches) {
    if (groups.at(-1).length && stretch.from - groups.at(-1)[0].from >= least) groups.push([]);
    groups.at(-1).push(stretch);
  }
  stretches.length = 0;
  for (const group of groups) stretches.push(one(group));
  for (const stretch of stretches) draw(stretch);
  stretches.push(last);
}

function one(group) {
  const times = new Map();
  for (const { emotion, from, to } of group) times.set(emotion, (times.get(emotion) ?? 0) + to - from);
  const [emotion] = [...times].reduce((most, other) => (other[1] > most[1] ? other : most));
  const [kept, ...others] = group;
  for (const { part } of others) part.remove();
  kept.part.dataset.emotion = emotion;
  return { emotion, from: kept.from, to: group.at(-1).to, part: kept.part };
}
