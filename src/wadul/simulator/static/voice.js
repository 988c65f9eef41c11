// A voice note: play, pause, and bars that fill up. The bars are drawn from the file's name.

import { h, icon } from "./dom.js";

const BARS = 28;

export function voice(source, name) {
  const sound = new Audio();
  // As a whole: a browser knows how long a sound is only when it can reach the end.
  fetch(source).then((r) => r.blob()).then((file) => { sound.src = URL.createObjectURL(file); }, () => {});
  const bars = Array.from({ length: BARS }, (_, n) => {
    const bar = h("i");
    const height = 18 + ((name.charCodeAt(2 + (n % 30)) * (n + 3)) % 70);
    bar.style.height = `${height}%`;
    return bar;
  });
  const left = h("small", {}, "0.00");
  const button = h("button", { type: "button", class: "round", "aria-label": "Putar pesan suara" }, icon("play"));
  const show = () => {
    const whole = Number.isFinite(sound.duration) ? sound.duration : 0;
    const shown = sound.currentTime > 0 && !sound.ended ? sound.currentTime : whole;
    left.textContent = `${Math.floor(shown / 60)}.${String(Math.round(shown % 60)).padStart(2, "0")}`;
    const done = whole ? (sound.ended ? 0 : sound.currentTime / whole) * BARS : 0;
    bars.forEach((bar, n) => bar.classList.toggle("done", n < done));
    button.replaceChildren(icon(sound.paused ? "play" : "pause"));
    button.setAttribute("aria-label", sound.paused ? "Putar pesan suara" : "Jeda");
  };
  for (const event of ["loadedmetadata", "durationchange", "timeupdate", "play", "pause", "ended"]) sound.addEventListener(event, show);
  button.addEventListener("click", () => (sound.paused ? sound.play().catch(() => {}) : sound.pause()));
  return h("div", { class: "voice" }, button, h("div", { class: "wave", "aria-hidden": "true" }, ...bars), left);
}
