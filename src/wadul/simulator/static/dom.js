// Building elements without markup: what people write is only ever text.

const SVG = "http://www.w3.org/2000/svg";

/** h("button", {class: "x", onclick: f, "aria-label": "…"}, child, …) */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(name, title = "") {
  const use = svg("use", { href: `/static/icons.svg#${name}` });
  const drawing = svg("svg", { class: "icon", ...(title ? { role: "img" } : { "aria-hidden": "true" }) });
  if (title) {
    const words = svg("title");
    words.textContent = title;
    drawing.append(words);
  }
  drawing.append(use);
  return drawing;
}

export const $ = (id) => document.getElementById(id);

export function toast(words, bad = false) {
  const box = h("div", { class: bad ? "toast bad" : "toast" }, words);
  $("toasts").append(box);
  setTimeout(() => box.remove(), bad ? 6000 : 3500);
}
