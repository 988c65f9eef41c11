// A small drawn map for a pin. Nothing is fetched: streets are made up from the coordinates.

import { svg } from "./dom.js";

export function map(lat, lon) {
  let seed = Math.abs(Math.round(lat * 7919 + lon * 104729)) % 2147483647 || 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const at = (from, to) => (from + random() * (to - from)).toFixed(0);
  const drawing = svg("svg", { viewBox: "0 0 264 136", "aria-hidden": "true" });
  const add = (tag, attributes) => drawing.append(svg(tag, attributes));
  add("rect", { width: 264, height: 136, fill: "#e6ecd8" });
  for (let n = 0; n < 5; n++) {
    add("rect", { x: at(-10, 230), y: at(-10, 110), width: at(30, 80), height: at(20, 50), rx: 4, fill: n % 2 ? "#d3e2b8" : "#efe8d6" });
  }
  const y = Number(at(20, 116));
  add("path", { d: `M-5 ${y}C70 ${at(0, 136)} 150 ${at(0, 136)} 270 ${at(20, 120)}`, stroke: "#a9cfe0", "stroke-width": 11, fill: "none" });
  for (let n = 0; n < 4; n++) {
    const x = 30 + n * 62 + Number(at(-14, 14));
    add("path", { d: `M${x} -5L${x + Number(at(-34, 34))} 141`, stroke: "#fff", "stroke-width": n === 1 ? 8 : 4.5 });
  }
  add("path", { d: `M-5 ${at(50, 90)}L270 ${at(50, 90)}`, stroke: "#fbe3a8", "stroke-width": 9 });
  add("path", { d: `M-5 ${at(14, 34)}L270 ${at(14, 40)}`, stroke: "#fff", "stroke-width": 4.5 });
  add("ellipse", { cx: 132, cy: 80, rx: 9, ry: 3, fill: "#0003" });
  add("path", { d: "M132 80c12-15 18-23 18-32a18 18 0 0 0-36 0c0 9 6 17 18 32Z", fill: "#c2452f" });
  add("circle", { cx: 132, cy: 48, r: 6.5, fill: "#fff" });
  return drawing;
}
