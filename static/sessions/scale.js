// A slider that says nothing until somebody gives it a value: what stands in its middle at first was said by nobody.
import { words } from "./view.js";

export class Scale {
  constructor(slider, output) {
    Object.assign(this, { slider, output, times: 0 });
    this.forget();
    for (const kind of ["input", "change"]) slider.addEventListener(kind, () => this.give());
    this.listenForTheMiddle();
  }

  // The middle is given by a press on it or by the space bar, which move nothing. Tab and Enter pass by, a label's
  // click only focuses, and a finger that scrolls the page ends in "pointercancel".
  listenForTheMiddle() {
    let pressed = false;
    this.slider.addEventListener("pointerdown", ({ button }) => { pressed = button === 0; });
    this.slider.addEventListener("pointercancel", () => { pressed = false; });
    this.slider.addEventListener("pointerup", () => { if (pressed) this.give(); pressed = false; });
    this.slider.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault(); // it would scroll the page
      this.give();
    });
  }

  get value() { return Number(this.slider.value); }

  give() {
    this.given = true;
    this.times += 1;
    this.slider.classList.remove("unset");
    this.slider.removeAttribute("aria-valuetext");
    this.output.textContent = this.slider.value;
  }

  forget() {
    this.given = false;
    this.slider.value = this.slider.defaultValue;
    this.slider.classList.add("unset");
    this.slider.setAttribute("aria-valuetext", words.unset);
    this.output.textContent = "–";
  }

  // What forgets the value as it stands now, once it was told; one that was given meanwhile stays.
  forgetting() {
    const { times } = this;
    return () => { if (times === this.times) this.forget(); };
  }

  // True when a value was given; asks for it in `said` otherwise.
  wanted(said, ask) {
    said.hidden = this.given;
    if (this.given) return true;
    said.textContent = ask;
    this.slider.focus();
    return false;
  }
}
