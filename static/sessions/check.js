// The check before a session: is there a camera, and is there light? Nothing leaves the device.
import { Camera } from "./camera.js";
import { wordsOf } from "./texts.js";

const DARK = 60, BRIGHT = 215; // mean grey; below and above, the reader mostly abstains
const words = wordsOf("texts");
const status = document.getElementById("camera-status");
const camera = new Camera(document.getElementById("preview"), { onLost: (reason) => { status.textContent = words[reason]; } });

function judge() {
  if (!camera.stream) return;
  const light = camera.brightness();
  const verdict = light < DARK ? "dark" : light > BRIGHT ? "bright" : "good";
  if (status.dataset.verdict !== verdict) status.textContent = words[verdict];
  status.dataset.verdict = verdict;
  setTimeout(judge, 700);
}

const button = document.getElementById("try-camera");
button.addEventListener("click", async () => {
  try {
    await camera.start();
    judge();
  } catch (refusal) {
    status.textContent = words[refusal.reason] ?? words.missing;
  }
});
button.disabled = false; // a click before this script is here would do nothing
addEventListener("pagehide", () => camera.stop());
