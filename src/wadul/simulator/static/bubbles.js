// One message as it looks on the phone.

import { act } from "./api.js";
import { $, h, icon } from "./dom.js";
import { format } from "./format.js";
import { map } from "./map.js";
import { clockTime, store } from "./store.js";
import { voice } from "./voice.js";

const LONG = 1400; // characters before "Baca selengkapnya"

/** The element; `first` opens a run of messages of one side. */
export function bubble(message, { first, reply }) {
  const box = h("div", { class: "bubble" });
  const root = h("div", { class: `msg ${message.direction} ${message.kind} ${first ? "first" : ""}`, "data-sid": message.sid });
  root.append(h("span", { class: "hidden" }, message.direction === "in" ? "Warga:" : "Kantor:"), box);
  if (message.template) box.append(h("div", { class: "tag" }, "Pesan templat"));
  if (message.reply_to) box.append(quoted(message.reply_to));
  for (const media of message.media) box.append(attachment(message, media));
  for (const link of message.links) box.append(officeFile(link));
  if (message.location) box.append(place(message.location));
  if (message.body) box.append(...body(message.body));
  box.append(meta(message));
  if (message.direction === "out") {
    root.append(h("button", { type: "button", class: "round reply", "aria-label": "Balas pesan ini", onclick: () => reply(message) }, icon("reply")));
    if (message.choice_style !== "chips") root.append(...taps(message));
  }
  return root;
}

function body(text) {
  const words = h("div", { class: "body" });
  words.append(format(text));
  if (text.length <= LONG) return [words];
  words.classList.add("short");
  const more = h("button", { type: "button", class: "more", onclick: () => { words.classList.remove("short"); more.remove(); } }, "Baca selengkapnya");
  return [words, more];
}

export function meta(message) {
  const line = h("div", { class: "meta" }, h("time", { datetime: message.at }, clockTime(message.at)));
  if (message.direction === "in") {
    const state = { sending: ["tick", "Terkirim"], accepted_by_office: ["ticks", "Sampai di kantor"], read: ["ticks", "Dibaca kantor"], rejected: ["alert", "Tidak sampai"] }[message.status];
    const mark = icon(...state);
    if (message.status === "read") mark.classList.add("read");
    if (message.status === "rejected") mark.classList.add("bad");
    line.append(mark);
  } else {
    const mark = icon("ticks", message.status === "read" ? "Kantor tahu: dibaca warga" : "Kantor tahu: sampai");
    mark.classList.add("seen");
    if (message.status === "read") mark.classList.add("read");
    line.append(mark);
  }
  return line;
}

/** Buttons or a list that the office sent with the Content API. */
function taps(message) {
  if (!message.choices.length) return [];
  const answer = (choice) => act("tap", { sid: message.sid, value: choice.value });
  if (message.choice_style === "list") {
    const open = h("button", { type: "button", onclick: () => openList(message, answer) }, icon("list"), message.choice_label || "Pilih");
    return [h("div", { class: "taps" }, open)];
  }
  const buttons = message.choices.map((c) => h("button", { type: "button", onclick: () => answer(c) }, icon("reply"), c.title));
  return [h("div", { class: "taps" }, ...buttons)];
}

/** Numbered lines of the newest office message: a tap types the number. */
export function chips(message) {
  const buttons = message.choices.map((c) =>
    h("button", { type: "button", onclick: () => act("tap", { sid: message.sid, value: c.value }) }, h("b", {}, c.value), c.title.length > 44 ? c.title.slice(0, 42) + "…" : c.title));
  return h("div", { class: "taps chips", role: "group", "aria-label": "Jawaban cepat" }, ...buttons);
}

function openList(message, answer) {
  $("dt-list").textContent = message.choice_label || "Pilih";
  $("list-options").replaceChildren(...message.choices.map((c) =>
    h("li", {}, h("button", { type: "button", onclick: () => { $("d-list").close(); answer(c); } }, h("span", {}, c.title, c.description ? h("small", {}, c.description) : "")))));
  $("d-list").showModal();
}

function quoted(sid) {
  const asked = store.messages.get(sid);
  const words = asked ? asked.body || "Lampiran" : "Pesan";
  return h("div", { class: "quote" }, h("strong", {}, asked?.direction === "in" ? "Anda" : officeName()), words.slice(0, 160));
}

export function officeName() {
  return store.offices.find((o) => o.address === store.office)?.name || "Kantor";
}

function attachment(message, media) {
  const source = `/sim/media/${media.sid}`;
  if (message.kind === "sticker") return h("img", { src: source, alt: "Stiker" });
  if (media.type.startsWith("image/")) {
    const open = () => { $("big-image").src = source; $("d-image").showModal(); };
    return h("button", { type: "button", class: "photo", "aria-label": "Lihat foto", onclick: open }, h("img", { src: source, alt: `Foto ${media.name}` }));
  }
  if (media.type.startsWith("audio/")) return voice(source, media.sid);
  if (media.type.startsWith("video/")) return h("video", { src: source, controls: true, preload: "metadata" });
  const card = media.type === "text/vcard";
  return h("a", { class: "fileline", href: source, download: media.name }, icon(card ? "person" : "doc"),
    h("span", {}, h("b", {}, card ? "Kartu kontak" : media.name), h("small", {}, card ? media.name : size(media.size))));
}

function officeFile(link) {
  return h("a", { class: "fileline", href: /^https?:/.test(link) ? link : null, target: "_blank", rel: "noopener noreferrer" }, icon("doc"),
    h("span", {}, h("b", {}, "Lampiran dari kantor"), h("small", {}, link)));
}

function place(spot) {
  const words = h("div", { class: "map-words" });
  if (spot.label) words.append(h("b", {}, spot.label));
  if (spot.address) words.append(h("div", {}, spot.address));
  words.append(h("small", {}, `${spot.lat.toFixed(4)}, ${spot.lon.toFixed(4)}`));
  const both = document.createDocumentFragment();
  both.append(h("div", { class: "map", role: "img", "aria-label": "Peta kecil dengan penanda" }, map(spot.lat, spot.lon)), words);
  return both;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1048576) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`;
}
