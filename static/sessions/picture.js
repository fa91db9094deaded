// The picture of a session: loads first, then fades in over the one before; says who painted it; survives a lost file.
import { say, words } from "./view.js";

const at = (id) => document.getElementById(id);
const FADE_MS = 1400, AGAIN_AFTER_MS = 1500;
const painted = new Set(), fromLibrary = new Set(), gone = new Set(); // ids
const answered = new Set(); // ids of requests: what is still painted for one that has its picture is for nobody
let newest = null; // the message whose picture is shown or on its way
let current = null; // the id of the picture that is shown

export function showComposing({ technique, step, steps, request_id }) {
  if (answered.has(request_id)) return;
  at("progress").hidden = false;
  at("progress").max = steps || 1;
  at("progress").value = step || 0;
  at("waiting").textContent = words.painting;
  if (technique && !newest) at("technique").textContent = words[technique];
}

// True when this message's picture is what the page shows now.
export async function show(message) {
  answered.add(message.request_id);
  if (gone.has(message.image_id)) return false;
  newest = message;
  (message.fallback ? fromLibrary : painted).add(message.image_id);
  const picture = await load(message);
  if (newest !== message) return false;
  at("progress").hidden = true;
  if (!picture) return lost(message);
  place(picture);
  current = message.image_id;
  describe(message);
  return true;
}

async function load(message, tries = 2) {
  const picture = new Image();
  picture.alt = message.alt;
  picture.src = message.url;
  picture.className = "arriving";
  try {
    await picture.decode();
    return picture;
  } catch {
    if (tries < 2 || newest !== message) return null;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    return newest === message ? load(message, tries - 1) : null;
  }
}

// The old picture stays below until the new one covers it, so that nothing flashes; it is silent from now on.
function place(picture) {
  const old = [...at("frame").querySelectorAll("img")];
  for (const image of old) { image.alt = ""; image.setAttribute("aria-hidden", "true"); }
  at("frame").append(picture);
  leaveAgain();
  at("waiting").hidden = at("lost").hidden = true;
  requestAnimationFrame(() => requestAnimationFrame(() => picture.classList.remove("arriving")));
  setTimeout(() => old.forEach((image) => image.remove()), FADE_MS);
}

// A file that the server no longer gives was taken away; any other failure can be tried again.
async function lost(message) {
  const answer = await fetch(message.url, { method: "HEAD", credentials: "same-origin" }).catch(() => null);
  if (newest !== message) return false;
  const goneForGood = answer?.status === 404;
  if (goneForGood) leaveAgain();
  clear();
  if (goneForGood) { say(words.no_longer); return false; }
  at("waiting").hidden = true;
  at("lost").hidden = at("after").hidden = false;
  at("lost-alt").textContent = message.alt;
  at("arrived").textContent = at("lost").querySelector("p").textContent; // said aloud, as a picture would be
  return false;
}

// Whoever pressed "Load it again" does not lose their place on the page when it goes.
function leaveAgain() {
  if (document.activeElement === at("again")) at("more").focus();
}

// The id of the picture when it could be loaded after all.
export async function again() {
  const message = newest;
  return message && (await show(message)) ? message.image_id : null;
}

function describe({ technique, why, fallback, line, alt, model }) {
  at("caption").hidden = at("rate").hidden = at("after").hidden = at("why").hidden = at("keep").hidden = at("upset").hidden = false;
  at("label").textContent = fallback ? words.vetted : words.generated;
  const preview = words[`model_${model?.split("@")[0]}`]; // a name that the page knows is a preview's
  at("technique").textContent = [words[technique], preview].filter(Boolean).join(" · ");
  at("why-text").textContent = Array.isArray(why) ? why.join(" ") : why;
  at("made-by").textContent = fallback ? words.vetted_long : preview ? `${words.preview_long} (${model})` : model;
  at("counted").textContent = words.counted.replace("%p", painted.size).replace("%l", fromLibrary.size);
  at("line").textContent = line || alt;
  at("arrived").textContent = `${words.arrived} ${alt}`;
  for (const button of at("rate").querySelectorAll("button")) button.removeAttribute("aria-pressed");
}

// Taken away for good. Another one can still be asked for.
export function withdraw(imageId) {
  gone.add(imageId);
  const awaited = newest?.image_id === imageId;
  if (awaited) newest = null;
  if (current !== imageId && !(awaited && current === null)) return;
  leaveAgain(); // where it could not be loaded, it is not to be loaded again either
  clear();
}

function clear() {
  current = null;
  for (const image of at("frame").querySelectorAll("img")) image.remove();
  at("caption").hidden = at("rate").hidden = at("why").hidden = at("keep").hidden = at("upset").hidden = at("lost").hidden = true;
  at("waiting").textContent = words.none_now;
  at("waiting").hidden = false;
  at("line").textContent = words.arrive;
  at("arrived").textContent = "";
}
