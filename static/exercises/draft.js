/**
 * Saves a worksheet while it is being written: once a pause, with the changed fields alone, so that the log holds
 * thoughts and no keystrokes; the page is left once all of it is kept. What another device saved meanwhile is merged
 * by the server, and where both wrote into one field, both texts are shown. Without this script the form still works:
 * "Save for later" sends all of it.
 */
import { renewed } from "../token.js";
import { showErrors, showTheirs, show, words } from "./draft_view.js";

const PAUSE_MS = 1500;
const LONGEST_MS = 15_000; // who writes on without a pause is saved this often
const AGAIN_MS = 4000;
const form = document.getElementById("draft");
const ENTRY = "entry_";
const named = [...form.elements].map((one) => one.name).filter((name) => name.startsWith(ENTRY));
const names = [...new Set(named)].map((name) => name.slice(ENTRY.length));
const kept = new Map(names.map((name) => [name, served(name)])); // as the server has it
const refused = new Map(); // name → {text, said}: what a field doesn't take; not sent again until it changes
let timer = 0;
let waitingSince = 0;
let running = null;
let leaving = false;
let waiting = false; // a button was pressed, and what it would take along is not kept yet
let unread = null; // the field under which another device's words came since
let closed = false;

function value(name) {
  const field = form.elements[`${ENTRY}${name}`];
  return field.validity?.badInput ? "?" : (field.value ?? ""); // refused by name; it must not be taken for empty
}

/** What the page came with: whoever is quick has written before this script was there. */
function served(name) {
  const said = document.getElementById(`said-${name}`);
  if ("kept" in said.dataset) return said.dataset.kept; // what stands in the field was not taken
  const field = form.elements[`${ENTRY}${name}`];
  if (field instanceof RadioNodeList) return [...field].find((one) => one.defaultChecked)?.value ?? "";
  if (field instanceof HTMLSelectElement) return [...field.options].find((one) => one.defaultSelected)?.value ?? "";
  return field.defaultValue ?? "";
}

const same = (one, other) => one.trim().replaceAll("\r\n", "\n") === other.trim().replaceAll("\r\n", "\n");
const isRefused = (name) => refused.get(name)?.text === value(name);
const dirty = () => names.filter((name) => !same(value(name), kept.get(name)) && !isRefused(name));
const complaints = () => Object.fromEntries(names.filter(isRefused).map((name) => [name, refused.get(name).said]));

function request(method, address, body, key) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token };
  if (key) headers["Idempotency-Key"] = key;
  return fetch(address, { method, headers, body, keepalive: true, credentials: "same-origin" });
}

/** One round: send what changed. Gives what is to be done next: "ok", "now", "again", "out" or "closed". */
async function round() {
  const changed = dirty();
  if (!changed.length) return "ok";
  const sent = Object.fromEntries(changed.map((name) => [name, value(name) || null]));
  const body = JSON.stringify({ seen: Number(form.elements.seen.value), entries: sent });
  const response = await request("POST", form.dataset.save, body, crypto.randomUUID()).catch(() => null);
  if (response?.ok) return settle(await response.json(), sent);
  if (response?.status === 400) return refuse(await response.json(), sent);
  if (response?.status === 409) return reconcile(await response.json());
  if (response?.status === 401 || response?.status === 403) return (await renewed(form)) ? "now" : "out";
  return "again";
}

function settle(found, sent) {
  for (const [name, text] of Object.entries(sent)) kept.set(name, String(text ?? ""));
  takeOver(found, sent);
  showErrors(complaints());
  return dirty().length ? "now" : "ok";
}

/** Fields that only another device changed take its value; where the writer has changed it too, both are shown. */
function takeOver(found, sent = {}) {
  form.elements.seen.value = found.version;
  const mine = dirty();
  for (const name of names) {
    const theirs = String(found.values[name] ?? "");
    const held = mine.includes(name) || isRefused(name);
    const news = !(name in sent) && !same(theirs, kept.get(name)) && !same(theirs, value(name));
    if (held && news) showTheirs(unread = name, theirs, () => put(name, theirs, true));
    if (!held && !same(value(name), theirs)) put(name, theirs, false);
    kept.set(name, theirs);
  }
}

function refuse(problem, sent) {
  const errors = problem.errors?.entries ?? problem.errors ?? {};
  const wrong = Object.keys(errors).filter((name) => name in sent);
  for (const name of wrong) refused.set(name, { text: String(sent[name] ?? ""), said: errors[name] });
  showErrors(complaints());
  return wrong.length ? "now" : "again";
}

async function reconcile(problem) {
  if (problem.code === "exercise_closed") return "closed";
  const response = await request("GET", form.dataset.read).catch(() => null);
  if (!response?.ok) return "again";
  takeOver(await response.json());
  return "now";
}

/** Slider and labels follow the event; only as the writer's own (`bubbles`) does it count as a change to be saved. */
function put(name, text, bubbles) {
  form.elements[`${ENTRY}${name}`].value = text;
  form.elements[`${ENTRY}${name}`].dispatchEvent?.(new Event("input", { bubbles }));
}

/** Rounds until nothing is left to send, or the server has to be asked again later. Gives how the last one ended. */
async function rounds() {
  show(words.saving);
  let next = "now";
  for (let tries = 0; next === "now" && tries < 5; tries += 1) {
    next = await round().catch(() => "again"); // an answer that was cut off
  }
  closed = next === "closed";
  if (closed) show(words.closed, true);
  else if (next === "ok") show(names.some(isRefused) ? words.part : words.saved, names.some(isRefused));
  else show(next === "out" ? words.out : words.failed, true);
  if (next === "again" || next === "out") timer = setTimeout(save, AGAIN_MS);
  else if (next === "now" || dirty().length) changed();
  return next;
}

function save() {
  clearTimeout(timer);
  timer = waitingSince = 0;
  if (!leaving && !closed) running ??= rounds().finally(() => { running = null; });
  return running;
}

/** A page to sign in, or of an error, would take along what is not kept; what needs to be looked at is shown first. */
async function leave(submitter) {
  unread = null;
  while (running) await running;
  closed = false; // asked anew: only a server that answers can give back what came too late
  const ended = dirty().length ? await save() : "ok";
  const open = unread ?? names.find(isRefused);
  if (ended === "ok" && open) document.getElementById(`field-${open}`)?.focus();
  else if (ended === "ok" || ended === "closed") {
    leaving = true;
    form.requestSubmit(submitter);
  }
}

function changed() {
  const now = performance.now();
  waitingSince ||= now;
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(PAUSE_MS, waitingSince + LONGEST_MS - now)));
}

form.addEventListener("input", () => {
  leaving = false; // whoever writes on has not left: the page that was asked for did not come
  changed();
});
form.addEventListener("submit", (event) => {
  leaving ||= !running && !dirty().length && !names.some(isRefused);
  if (leaving) return;
  event.preventDefault();
  if (waiting) return;
  waiting = true;
  leave(event.submitter).finally(() => { waiting = false; });
});
addEventListener("beforeunload", (event) => {
  if (!leaving && (dirty().length || names.some(isRefused))) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && dirty().length) save();
});
if (dirty().length) changed();
