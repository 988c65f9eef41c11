// Beside the phone: residents, time, faults, webhooks, traffic.

import { act } from "./api.js";
import { say } from "./composer.js";
import { $, h } from "./dom.js";
import { clockTime, logTime, longDay, me, now, store } from "./store.js";

const COLOURS = ["#2f6b4f", "#8a5a17", "#2a6f9e", "#8c4a5f", "#5d568f", "#2b7a78"];
const FAULTS = {
  429: "dijawab 429 (terlalu ramai)", 500: "dijawab 500", 503: "dijawab 503", 63016: "ditolak dengan 63016",
  "63016_callback": "gagal dengan 63016", "63024_callback": "gagal dengan 63024", lost: "sampai, tetapi jawabannya hilang",
};
const MEDIA = { missing: "hilang (404)", huge: "20 MB", wrong_type: "bukan foto", endless: "tidak pernah selesai" };
const who = () => ({ address: store.me, office: store.office });

export function setUpPanel(state, choose) {
  $("phrases").replaceChildren(...state.phrases.map((p) => h("button", { type: "button", onclick: () => { openPanel(false); say(p); } }, p)));
  $("open-panel").addEventListener("click", () => openPanel(true));
  $("close-panel").addEventListener("click", () => openPanel(false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") openPanel(false); });
  setUpResidents(choose);
  for (const button of document.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => act("clock", { move: Number(button.dataset.move) }));
  }
  $("clock-reset").addEventListener("click", () => act("clock", { reset: true }));
  setUpFaults();
  setUpWebhooks();
}

function openPanel(yes) {
  if ($("panel").classList.contains("open") === yes) return;
  $("panel").classList.toggle("open", yes);
  $("open-panel").setAttribute("aria-expanded", String(yes));
  (yes ? $("close-panel") : $("open-panel")).focus();
}

function setUpResidents(choose) {
  $("online").addEventListener("change", (e) => act("resident", { address: store.me, offline: !e.target.checked }));
  $("receipts").addEventListener("change", (e) => act("resident", { address: store.me, read_receipts: e.target.checked }));
  $("office").addEventListener("change", (e) => choose(store.me, e.target.value));
  $("add-resident").addEventListener("click", () => { $("r-error").textContent = ""; $("d-resident").showModal(); });
  $("r-hidden").addEventListener("change", (e) => { $("r-number").disabled = e.target.checked; });
  const save = async () => {
    const body = { name: $("r-name").value, number: $("r-number").value, hidden: $("r-hidden").checked };
    const made = await act("residents", body, { quiet: true });
    if (!made) return;
    $("r-error").textContent = made.error || "";
    if (made.error) return;
    for (const id of ["r-name", "r-number"]) $(id).value = "";
    $("r-hidden").checked = $("r-number").disabled = false;
    $("d-resident").close();
    store.residents.set(made.address, made);
    choose(made.address, store.office);
  };
  $("r-save").addEventListener("click", save);
  for (const id of ["r-name", "r-number"]) {
    $(id).addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); save(); } });
  }
}

export function renderResidents(choose) {
  const focused = document.activeElement?.dataset?.address;
  $("residents").replaceChildren(...[...store.residents.values()].map((r, n) => {
    const avatar = h("span", { class: "avatar", "aria-hidden": "true" }, initials(r.name));
    avatar.style.background = COLOURS[n % COLOURS.length];
    const count = store.unread.get(r.address);
    const state = (r.hidden ? "nomor disembunyikan" : pretty(r.number)) + (r.offline ? " · HP mati" : "");
    return h("li", {}, h("button", { type: "button", "aria-pressed": String(r.address === store.me), "data-address": r.address, onclick: () => choose(r.address, store.office) },
      avatar, h("span", { class: "who" }, h("b", {}, r.name), h("small", {}, state)),
      count ? h("span", { class: "badge", "aria-label": `${count} pesan baru` }, count) : ""));
  }));
  if (focused) $("residents").querySelector(`[data-address="${CSS.escape(focused)}"]`)?.focus();
  const resident = me();
  $("online").checked = !resident?.offline;
  $("receipts").checked = resident?.read_receipts ?? true;
  $("office-choice").hidden = store.offices.length < 2;
  $("office").replaceChildren(...store.offices.map((o) => h("option", { value: o.address, selected: o.address === store.office }, `${o.name} (${o.address.replace("whatsapp:", "")})`)));
}

export function renderClock() {
  const at = now();
  $("bar-time").textContent = $("clock-time").textContent = clockTime(at);
  $("clock-day").textContent = longDay(at);
  const mine = [...store.messages.values()].filter((m) => m.direction === "in" && m.address === store.me && m.office === store.office);
  const left = mine.length ? new Date(mine.at(-1).at).getTime() + 86400000 - at.getTime() : -1;
  const box = $("window");
  box.classList.toggle("closed", left < 0);
  if (!mine.length) box.textContent = "Warga ini belum pernah menulis: kantor belum boleh mengirim pesan bebas.";
  else if (left < 0) box.textContent = "Jendela 24 jam sudah tutup: kantor hanya boleh mengirim templat.";
  else box.textContent = `Jendela 24 jam terbuka, sisa ${Math.floor(left / 3600000)} jam ${Math.floor((left % 3600000) / 60000)} menit.`;
}

function setUpFaults() {
  $("fault-set").addEventListener("click", () => act("faults", { send: $("fault-kind").value, remaining: Number($("fault-count").value) || 1 }));
  $("slow").addEventListener("input", (e) => { $("slow-out").textContent = `${e.target.value} detik`; });
  $("slow").addEventListener("change", (e) => act("faults", { slow: Number(e.target.value) }));
  $("media-kind").addEventListener("change", (e) => act("faults", { media: e.target.value }));
  $("chaos").addEventListener("change", (e) => act("faults", { chaos: e.target.checked }));
}

export function renderFaults() {
  const f = store.faults;
  $("slow").value = f.slow;
  $("slow-out").textContent = `${f.slow} detik`;
  $("media-kind").value = f.media;
  $("chaos").checked = f.chaos;
  const words = [];
  if (f.send !== "none") words.push(`${f.remaining} kiriman berikutnya ${FAULTS[f.send]}`);
  if (f.slow) words.push(`setiap jawaban ditunda ${f.slow} detik`);
  if (f.media !== "none") words.push(`berkas berikutnya ${MEDIA[f.media]}`);
  if (f.chaos) words.push("laporan status acak");
  const box = $("fault-now");
  box.classList.toggle("on", words.length > 0);
  if (!words.length) return box.replaceChildren("Tidak ada gangguan.");
  const off = h("button", { type: "button", onclick: () => act("faults", { send: "none", slow: 0, media: "none", chaos: false }) }, "Matikan semua");
  return box.replaceChildren(words.join("; ") + ".", off);
}

function setUpWebhooks() {
  const say = (words) => { $("webhook-result").textContent = words; };
  const again = async (times) => {
    const done = await act("again", { times });
    if (done) say(`Gateway menjawab ${done.answers.map((s) => s ?? "tidak ada").join(", ")}. Percakapan tidak boleh berubah.`);
  };
  $("again").addEventListener("click", () => again(1));
  $("again-three").addEventListener("click", () => again(3));
  $("forge").addEventListener("click", async () => {
    const done = await act("forge", who());
    if (!done) return;
    if (done.status === 403) say("Gateway menjawab 403: ditolak, seperti seharusnya.");
    else say(done.status ? `Gateway menjawab ${done.status}, padahal seharusnya 403!` : "Gateway tidak menjawab.");
  });
}

export function renderLog() {
  const rows = store.log.slice(-120).reverse().map((l) =>
    h("li", { class: l.ok ? "" : "bad" }, h("time", {}, logTime(l.at)), h("span", { class: "what" }, l.what, h("small", {}, l.who)),
      h("span", { class: "code" }, l.result, h("small", {}, `${l.ms} ms`))));
  $("log").replaceChildren(...(rows.length ? rows : [h("li", { class: "none" }, "Belum ada lalu lintas.")]));
}

export function pretty(number) {
  const m = /^\+62(\d{3})(\d{3,4})(\d+)$/.exec(number);
  return m ? `+62 ${m[1]}-${m[2]}-${m[3]}` : number;
}

function initials(name) {
  const words = name.split(/\s+/).filter((w) => !/^(pak|bu|ibu|bapak|nok|kang)$/i.test(w));
  return (words.length ? words : [name]).slice(0, 2).map((w) => [...w][0]?.toUpperCase() ?? "").join("");
}
