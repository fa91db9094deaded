/**
 * A circle that breathes at the chosen pace, with the word and the count in it. Whoever wants less motion gets words
 * and count alone. Seconds come from the page (paces.toml). It starts when told to, never by itself.
 */

const at = (id) => document.getElementById(id);
const stage = at("breath");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const SMALL = 0.5, LARGE = 1;
let timer = 0;
let beat = null; // {pace, phase, second, left}
let moving = [];

function chosen() {
  const key = document.querySelector("input[name=entry_pace]:checked")?.value;
  const line = document.querySelector(key ? `[data-pace="${key}"]` : "[data-pace]");
  return { in: Number(line.dataset.inS), out: Number(line.dataset.outS), seconds: Number(line.dataset.minutes) * 60 };
}

function move(phase, seconds) {
  moving.forEach((one) => one.cancel());
  const [from, to] = phase === "in" ? [SMALL, LARGE] : [LARGE, SMALL];
  const frames = [{ transform: `scale(${from})` }, { transform: `scale(${to})` }];
  const timing = { duration: seconds * 1000, easing: "ease-in-out", fill: "forwards" };
  moving = still.matches ? [] : ["breath-lung", "breath-glow"].map((id) => at(id).animate(frames, timing));
}

function show(left) {
  const [minutes, seconds] = [Math.floor(left / 60), left % 60];
  at("breath-time").textContent = `${minutes}:${String(seconds).padStart(2, "0")}`;
}

function tick() {
  const { pace } = beat;
  if (beat.second === 0) {
    at("breath-word").textContent = stage.dataset[beat.phase];
    move(beat.phase, pace[beat.phase]);
  }
  beat.second += 1;
  at("breath-count").textContent = beat.second;
  show(beat.left);
  beat.left = Math.max(0, beat.left - 1);
  if (beat.second === pace[beat.phase]) Object.assign(beat, { phase: beat.phase === "in" ? "out" : "in", second: 0 });
  const wholeBreaths = beat.second === 0 && beat.phase === "in";
  timer = setTimeout(beat.left === 0 && wholeBreaths ? () => stop(stage.dataset.enough) : tick, 1000);
}

function start() {
  clearTimeout(timer);
  const pace = chosen();
  beat = { pace, phase: "in", second: 0, left: pace.seconds };
  at("breath-start").disabled = true;
  at("breath-stop").disabled = false;
  at("breath-stop").focus();
  tick();
}

function stop(said = stage.dataset.stopped) {
  clearTimeout(timer);
  moving.forEach((one) => one.cancel());
  moving = [];
  const here = document.activeElement === at("breath-stop"); // whoever is elsewhere by now stays there
  at("breath-word").textContent = said;
  at("breath-count").textContent = at("breath-time").textContent = "";
  at("breath-stop").disabled = true;
  at("breath-start").disabled = false;
  if (here) at("breath-start").focus();
}

at("breath-start").addEventListener("click", start);
at("breath-stop").addEventListener("click", () => stop());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !at("breath-stop").disabled) stop();
});
still.addEventListener("change", () => {
  if (still.matches) moving.forEach((one) => one.cancel());
});
at("count").open = false;
stage.hidden = false;
