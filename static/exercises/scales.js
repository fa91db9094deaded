/** A slider beside each number from 0 to something. The number is what counts: without this script it is typed. */

function addSlider(number) {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: number.min, max: number.max, step: number.step, tabIndex: -1 });
  slider.setAttribute("aria-hidden", "true"); // the number says the same to a screen reader and takes the arrow keys
  const follow = () => {
    slider.classList.toggle("unset", number.value === "");
    slider.value = number.value === "" ? String(Number(number.max) / 2) : number.value;
  };
  slider.addEventListener("input", () => {
    number.value = slider.value;
    slider.classList.remove("unset");
    number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  number.addEventListener("input", follow);
  number.after(slider);
  follow();
}

document.querySelectorAll(".scale input[type=number]").forEach(addSlider);
