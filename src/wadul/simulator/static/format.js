// WhatsApp's own marks: *bold* _italic_ ~strike~ `code` ```mono```, "> quote", "- item", links.
// Everything becomes text nodes and a handful of elements; markup in a message stays text.

import { h } from "./dom.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]*_~]/g;
const WORD = /[\p{L}\p{N}]/u;

export function format(text) {
  const out = document.createDocumentFragment();
  text.split("```").forEach((part, index, parts) => {
    if (index % 2 === 1 && index < parts.length - 1) out.append(h("code", {}, part));
    else lines(index % 2 === 1 ? "```" + part : part, out);
  });
  return out;
}

function lines(text, out) {
  text.split("\n").forEach((line, index, all) => {
    const quote = /^> ?(.+)$/.exec(line);
    const item = /^[-*] (.+)$/.exec(line);
    if (quote) out.append(h("blockquote", {}, inline(quote[1])));
    else if (item) out.append("•  ", inline(item[1]));
    else out.append(inline(line));
    if (index < all.length - 1 && !quote) out.append("\n");
  });
}

function inline(text) {
  const out = document.createDocumentFragment();
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    const end = mark === "`" ? text.indexOf("`", at + 2) : MARKS[mark] ? closing(text, at) : -1;
    if (end < 0) continue;
    links(text.slice(start, at), out);
    const inside = text.slice(at + 1, end);
    out.append(mark === "`" ? h("code", {}, inside) : h(MARKS[mark], {}, inline(inside)));
    at = end;
    start = end + 1;
  }
  links(text.slice(start), out);
  return out;
}

/** Where a mark that opens at `at` closes: tight around words, not inside one; -1 if nowhere. */
function closing(text, at) {
  const mark = text[at];
  if (at > 0 && WORD.test(text[at - 1])) return -1;
  if (!text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === mark) return -1;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const after = text[end + 1];
    if (!/\s/.test(text[end - 1]) && !(after && WORD.test(after))) return end;
  }
  return -1;
}

function links(text, out) {
  let start = 0;
  for (const found of text.matchAll(LINK)) {
    out.append(text.slice(start, found.index));
    out.append(h("a", { href: found[0], target: "_blank", rel: "noopener noreferrer" }, found[0]));
    start = found.index + found[0].length;
  }
  out.append(text.slice(start));
}
