// Writing, attaching and answering on the phone.

import { act, upload } from "./api.js";
import { $, h, icon } from "./dom.js";
import { store } from "./store.js";
import { toEnd } from "./thread.js";

let chosenFile = null;
const who = () => ({ address: store.me, office: store.office });

export function say(text) {
  const reply_to = store.replyTo;
  stopReply();
  toEnd();
  return act("text", { ...who(), text, reply_to });
}

export function startReply(message) {
  store.replyTo = message.sid;
  $("reply-text").textContent = message.body.slice(0, 120) || "Lampiran";
  $("reply-bar").hidden = false;
  $("text").focus();
}

function stopReply() {
  store.replyTo = "";
  $("reply-bar").hidden = true;
}

export function setUpComposer(state) {
  const text = $("text");
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
    const empty = !text.value.trim();
    $("send-icon").setAttribute("href", `/static/icons.svg#${empty ? "mic" : "send"}`);
    $("send").setAttribute("aria-label", empty ? "Kirim pesan suara contoh" : "Kirim");
  };
  const submit = () => {
    const words = text.value;
    text.value = "";
    grow();
    if (words.trim()) say(words);
    else act("sample", { ...who(), key: "voice" });
    text.focus();
  };
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (text.value.trim()) submit();
  });
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  $("reply-cancel").addEventListener("click", stopReply);
  $("to-end").addEventListener("click", toEnd);
  $("thread").addEventListener("scroll", () => {
    const t = $("thread");
    if (t.scrollHeight - t.scrollTop - t.clientHeight < 60) $("to-end").hidden = true;
  });
  setUpAttachments(state);
  setUpPlaces(state);
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}

function setUpAttachments(state) {
  const menu = $("attach");
  const button = $("attach-button");
  const open = (yes) => { menu.hidden = !yes; button.setAttribute("aria-expanded", String(yes)); };
  const sample = (key) => () => act("sample", { ...who(), key });
  const tiles = [
    ["image", "t-violet", "Foto contoh", () => openFile(null)],
    ["upload", "t-blue", "Unggah", () => $("file-input").click()],
    ["pin", "t-green", "Lokasi", () => $("d-place").showModal()],
    ["mic", "t-mango", "Suara", sample("voice")],
    ["sticker", "t-red", "Stiker", sample("sticker")],
    ["doc", "t-brown", "Dokumen", sample("document")],
    ["person", "t-teal", "Kontak", sample("contact")],
  ];
  menu.replaceChildren(...tiles.map(([name, colour, words, run]) =>
    h("button", { type: "button", onclick: () => { open(false); button.focus(); run(); } }, h("span", { class: colour }, icon(name)), words)));
  button.addEventListener("click", () => { open(menu.hidden); if (!menu.hidden) menu.firstChild.focus(); });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { open(false); button.focus(); } });
  document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target) && !button.contains(event.target)) open(false); });

  const pictures = state.samples.filter((s) => s.kind === "image");
  $("file-thumbs").replaceChildren(...pictures.map((s, n) =>
    h("label", {}, h("input", { type: "radio", name: "sample", value: s.key, checked: n === 0 }), h("img", { src: `/sim/samples/${s.key}`, alt: "" }), s.title)));
  $("file-input").addEventListener("change", (event) => {
    if (event.target.files[0]) openFile(event.target.files[0]);
    event.target.value = "";
  });
  $("file-send").addEventListener("click", sendFile);
  $("file-caption").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); sendFile(); } });
}

function openFile(file) {
  chosenFile = file;
  $("dt-file").textContent = file ? "Kirim berkas" : "Kirim foto";
  $("file-thumbs").hidden = Boolean(file);
  $("file-name").hidden = !file;
  $("file-name").textContent = file ? `${file.name} (${Math.ceil(file.size / 1024)} KB)` : "";
  $("file-caption").value = $("text").value;
  $("d-file").showModal();
}

function sendFile() {
  const caption = $("file-caption").value;
  $("d-file").close();
  $("text").value = "";
  $("text").dispatchEvent(new Event("input"));
  toEnd();
  if (chosenFile) return upload(chosenFile, { ...who(), caption });
  const key = document.querySelector("input[name=sample]:checked").value;
  return act("sample", { ...who(), key, caption });
}

function setUpPlaces(state) {
  const send = (place) => { $("d-place").close(); toEnd(); return act("location", { ...who(), place }); };
  $("places").replaceChildren(...state.places.map((p) =>
    h("li", {}, h("button", { type: "button", onclick: () => send(p) }, icon("pin"),
      h("span", {}, p.label || p.address || "Di luar kecamatan", h("small", {}, `${p.lat}, ${p.lon}${p.label && p.address ? ` · ${p.address}` : ""}`))))));
  $("p-send").addEventListener("click", () => {
    const [lat, lon] = [$("p-lat").value, $("p-lon").value].map((v) => Number(v.replace(",", ".")));
    const good = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && $("p-lat").value && $("p-lon").value;
    $("p-error").textContent = good ? "" : "Isi lintang dan bujur dengan angka, misalnya -6.4740 dan 108.3080.";
    if (good) send({ lat, lon });
  });
}
