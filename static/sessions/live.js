// A live session: joins the camera, the socket and the page.
import { Album } from "./album.js";
import { Camera } from "./camera.js";
import * as mood from "./mood.js";
import * as pair from "./pair.js";
import * as picture from "./picture.js";
import { extendRibbon } from "./ribbon.js";
import { SessionSocket } from "./socket.js";
import { Upset } from "./upset.js";
import * as view from "./view.js";

const at = (id) => document.getElementById(id);
const live = at("live"), video = at("video");
// By a clock that nobody sets: one that is behind would hold the camera's time still.
const began = performance.now() - Math.max(0, Date.now() - Date.parse(live.dataset.opened));
const ALIVE_EVERY_MS = 60_000;
const pace = { max_fps: 5, width: 480, quality: 0.7 };
const album = new Album(live.dataset.album, live.querySelector("[name=csrfmiddlewaretoken]").value);
let paused = false, ended = live.dataset.ended === "yes", imageId = null, lastSent = 0, saving = false, alive = -Infinity;

const camera = new Camera(video, { onLost: (reason) => withoutCamera(reason) });
const socket = new SessionSocket(live.dataset.session, {
  onMessage: (message) => handlers[message.type]?.(message),
  onState: (state) => { live.dataset.state = state; at("connection").hidden = state === "open"; at("connection").textContent = view.words.reconnecting; },
  onFinal: (reason) => { ended = true; camera.stop(); view.showEnded(view.words[reason]); upset.sayUntold(); },
});
const upset = new Upset(live.dataset.session, ended ? null : socket, view.sayOfUpset);

const handlers = {
  ready(message) {
    Object.assign(pace, message.pace ?? {});
    if (live.dataset.camera === "on" && !message.consents.includes("camera")) { live.dataset.camera = "off"; withoutCamera("denied"); }
    setPaused(message.state === "paused" || message.state?.paused === true);
  },
  pace: (message) => Object.assign(pace, message),
  emotion(message) {
    if (paused) return; // its frame crossed the pause
    view.showBox(message.box, { sentWidth: camera.canvas.width, sentHeight: camera.canvas.height });
    at("reading").textContent = view.words[message.reason === "another_face" ? "not_yours" : message.box ? "reading" : "no_face"];
    const shares = message.smoothed ?? message.probabilities; // neither where the face may be somebody else's
    if (message.box && shares) view.showBars(shares);
    at("bars").classList.toggle("old", !shares); // what stands there was read before
    extendRibbon(message.emotion ?? "uncertain");
  },
  state: (message) => extendRibbon(message.to),
  composing: (message) => picture.showComposing(message),
  async image(message) {
    if (await picture.show(message)) shown(message.image_id);
  },
  notice(message) {
    if (message.code === "image_withdrawn") picture.withdraw(message.image_id);
    if (message.code === "help_now") { view.showHelp(message.detail); return; }
    if (message.replayed && socket.fresh) return; // said before this page was loaded
    const other = message.code === "another_face";
    if (other || message.code === "face_back") offerItsMe(other);
    view.say(view.words[message.code] ?? message.detail, { stay: other });
  },
  closed() { ended = true; camera.stop(); showEnded(); },
};

function showEnded() {
  view.showEnded();
  upset.sayUntold();
  pair.offer(at("pair"), at("pair-said"));
}

// What was refused stays to be read: it was not done.
function sayAnswer(answer, thanks = "") {
  if (answer.type === "error") view.say(answer.detail, { stay: true });
  else view.say(thanks);
}

async function tell(type, body, thanks) {
  const answer = await socket.tell(type, body);
  sayAnswer(answer, thanks);
  if (answer.type === "done" && type === "end") camera.stop(); // nothing more is seen, whenever the end is told
  return answer.type === "done";
}

// The picture goes at once: nobody has to look on until a network is back.
function takeAway(id) {
  picture.withdraw(id);
  at("more").focus();
  upset.press(id);
}

// What was pressed on an earlier page and could not be told: it stays away here, and is told now.
function resumeUpset() {
  for (const { image_id } of upset.untold) picture.withdraw(image_id);
  upset.resume();
}

async function shown(id) {
  imageId = live.dataset.image = id;
  showKept();
  await album.load();
  showKept();
}

function showKept() {
  const kept = album.kept.has(imageId);
  at("kept").hidden = !kept;
  at("keep").textContent = view.words[kept ? "remove" : "keep"];
}

async function keepOrRemove() {
  if (saving) return;
  saving = true;
  const [id, keep] = [imageId, !album.kept.has(imageId)];
  const answer = await album.set(id, keep);
  saving = false;
  view.say(view.words[answer === "done" ? (keep ? "kept" : "removed") : `album_${answer}`], { stay: answer !== "done" });
  showKept();
}

function withoutCamera(reason) {
  camera.stop();
  at("self").hidden = true;
  view.say(view.words[reason] ?? view.words.missing, { stay: true });
}

// Whoever pressed it does not lose their place on the page when it goes.
function offerItsMe(value) {
  if (!value && document.activeElement === at("its-me")) at("pause").focus();
  at("its-me").hidden = !value;
}

function setPaused(value) {
  paused = value;
  offerItsMe(false); // going on begins afresh anyhow
  at("pause").classList.toggle("main", value); // its words change, so it is not "pressed" as well
  at("pause").textContent = view.words[value ? "resume" : "pause"];
  at("reading").classList.toggle("still", value);
  at("reading").textContent = view.words[value ? "paused" : "reading"];
}

async function sendFrames() {
  const due = lastSent + 1000 / Math.max(0.2, pace.max_fps);
  if (!ended && !paused && camera.stream && performance.now() >= due && socket.mayFrame()) {
    lastSent = performance.now();
    const jpeg = await camera.jpeg(pace.width, pace.quality > 1 ? pace.quality / 100 : pace.quality);
    if (jpeg && !ended && !paused && socket.mayFrame()) socket.frame(jpeg, performance.now() - began);
  }
  if (!ended) setTimeout(sendFrames, 15);
}

function tick() {
  const seconds = Math.round((performance.now() - began) / 1000);
  at("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

async function rate(pressed) {
  const id = imageId;
  const kept = await tell("reaction", { image_id: id, rating: Number(pressed.dataset.rating) }, view.words.rated);
  if (!kept || id !== imageId) return; // another picture came meanwhile, which nobody has rated
  for (const button of at("rate").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === pressed));
}

function listen() {
  at("pause").addEventListener("click", async () => { const value = !paused; if (await tell(value ? "pause" : "resume", {}, view.words[value ? "paused" : "resumed"])) setPaused(value); });
  mood.listen(tell);
  at("rate").addEventListener("click", ({ target }) => { if (target.dataset.rating) rate(target); });
  at("more").addEventListener("click", () => tell("more", {}, view.words.painting));
  at("upset").addEventListener("click", () => takeAway(imageId));
  at("keep").addEventListener("click", keepOrRemove);
  at("again").addEventListener("click", async () => { const id = await picture.again(); if (id) shown(id); });
  at("correct").addEventListener("click", () => at("correct-dialog").showModal());
  at("correct-dialog").addEventListener("click", ({ target }) => {
    if (target.dataset.emotion) { at("correct-dialog").close(); tell("correction", { emotion: target.dataset.emotion }, view.words.corrected); }
  });
  at("end").addEventListener("click", () => at("end-dialog").showModal());
  at("end-now").addEventListener("click", () => { at("end-dialog").close(); tell("end"); });
  mood.listenForTheClose(tell);
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  at("its-me").addEventListener("click", async () => { if (await tell("resume", {}, view.words.afresh)) offerItsMe(false); });
  for (const kind of ["input", "keydown", "pointerdown"]) addEventListener(kind, signOfLife);
  addEventListener("pagehide", () => camera.stop());
}

// Whoever writes is not away: without a camera nothing else tells the server.
function signOfLife() {
  if (ended || performance.now() - alive < ALIVE_EVERY_MS) return;
  alive = performance.now();
  socket.tell("ack");
}

async function begin() {
  listen();
  tick(); setInterval(tick, 1000);
  if (ended) { showEnded(); resumeUpset(); return; }
  resumeUpset();
  socket.connect();
  if (live.dataset.camera !== "on") return;
  try {
    await camera.start();
    at("self").hidden = false;
    sendFrames();
  } catch (refusal) {
    if (refusal.reason !== "stopped") withoutCamera(refusal.reason);
  }
}
begin();
