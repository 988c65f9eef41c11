// The conversation on the screen: kept in step with the store, one element per message.

import { act } from "./api.js";
import { bubble, chips, meta, officeName } from "./bubbles.js";
import { $, h } from "./dom.js";
import { dayKey, dayWord, here, me, store, visible } from "./store.js";

const built = new Map(); // key → {element, print}
let shownFor = "";

export function renderThread(reply) {
  const thread = $("thread");
  const fresh = shownFor !== store.me + store.office;
  if (fresh) built.clear();
  shownFor = store.me + store.office;
  const atEnd = fresh || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 90;
  const before = thread.childElementCount;
  const wanted = rows(reply).map(keep);
  const kept = new Set(wanted);
  for (const child of [...thread.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((element, n) => {
    if (thread.children[n] !== element) thread.insertBefore(element, thread.children[n] ?? null);
  });
  if (atEnd) toEnd();
  else if (thread.childElementCount > before) $("to-end").hidden = false;
}

export function toEnd() {
  const thread = $("thread");
  thread.scrollTop = thread.scrollHeight;
  $("to-end").hidden = true;
}

function rows(reply) {
  const list = [...store.messages.values()].filter((m) => here(m) && visible(m));
  const out = [];
  let day = "";
  let side = "";
  for (const m of list) {
    if (dayKey(m.at) !== day) {
      day = dayKey(m.at);
      side = "";
      out.push({ key: `day ${day}`, print: dayWord(m.at), build: () => h("div", { class: "day" }, dayWord(m.at)) });
    }
    if (m.direction === "out" && m.error_code) {
      out.push({ key: m.sid, print: "note", build: () => undelivered(m) });
      side = "";
      continue;
    }
    const first = m.direction !== side;
    side = m.direction;
    const { status, ...rest } = m;
    out.push({ key: m.sid, print: JSON.stringify(rest) + first, state: status, message: m, build: () => bubble(m, { first, reply }) });
    if (m.status === "rejected") out.push({ key: `no ${m.sid}`, print: m.error_message, build: () => rejected(m) });
  }
  const waiting = [...store.messages.values()].filter((m) => here(m) && m.direction === "out" && m.status === "sent");
  if (me()?.offline) {
    const words = `HP ${me().name} mati. ${waiting.length ? `${waiting.length} pesan kantor menunggu.` : ""}`;
    out.push({ key: "offline", print: words, build: () => h("div", { class: "note" }, words) });
  }
  const last = list.at(-1);
  if (last?.direction === "out" && last.choice_style === "chips" && last.choices.length) {
    out.push({ key: `chips ${last.sid}`, print: "", build: () => chips(last) });
  }
  if (!me()?.offline && (store.typing.get(store.me + store.office) ?? 0) > Date.now()) {
    out.push({ key: "typing", print: "", build: typing });
  }
  if (!list.length && !out.length) out.push({ key: "empty", print: officeName(), build: empty });
  return out;
}

/** Reuses the element while the message is the same; a new status changes only the ticks. */
function keep({ key, print, state, message, build }) {
  const known = built.get(key);
  if (known && known.print === print) {
    if (state !== known.state) {
      known.element.querySelector(".meta")?.replaceWith(meta(message));
      known.state = state;
    }
    return known.element;
  }
  const element = build();
  built.set(key, { element, print, state });
  return element;
}

function undelivered(m) {
  const why = m.error_code === 63016 ? "sudah lewat 24 jam sejak pesan terakhir warga" : m.error_message;
  return h("div", { class: "note bad" }, `Satu pesan kantor tidak sampai (${m.error_code}): ${why}.`);
}

function rejected(m) {
  return h("div", { class: "note bad" }, `Tidak sampai ke kantor. ${m.error_message}. `,
    h("button", { type: "button", onclick: () => act("again", { sid: m.sid }) }, "Kirim ulang"));
}

function typing() {
  return h("div", { class: "msg out first typing" }, h("div", { class: "bubble", role: "img", "aria-label": "Kantor sedang mengetik" }, h("i"), h("i"), h("i")));
}

function empty() {
  return h("div", { class: "empty" }, h("img", { src: "/static/mark.svg", alt: "", width: 64, height: 64 }),
    h("b", {}, officeName()), "Tulis seperti biasa di WhatsApp: menyapa, bertanya, atau melapor.");
}
