// Starts the page: loads the state, listens for changes, redraws what they touch.

import { load } from "./api.js";
import { officeName } from "./bubbles.js";
import { setUpComposer, startReply } from "./composer.js";
import { $ } from "./dom.js";
import { renderClock, renderFaults, renderLog, renderResidents, setUpPanel } from "./panel.js";
import { me, setClock, store, visible } from "./store.js";
import { renderThread } from "./thread.js";

const due = new Set();

/** Redraw at the next frame, however many events ask for it. */
function redraw(...parts) {
  if (!due.size) setTimeout(draw, 0);
  parts.forEach((p) => due.add(p));
}

function draw() {
  const parts = new Set(due);
  due.clear();
  if (parts.has("thread")) renderThread(startReply);
  if (parts.has("residents")) renderResidents(choose);
  if (parts.has("faults")) renderFaults();
  if (parts.has("log")) renderLog();
  if (parts.has("thread") || parts.has("clock")) renderClock();
  renderHead();
}

function renderHead() {
  const typing = !me()?.offline && (store.typing.get(store.me + store.office) ?? 0) > Date.now();
  $("office-name").textContent = officeName();
  $("office-state").textContent = typing ? "sedang mengetik…" : `akun resmi · sebagai ${me()?.name ?? "warga"}`;
  document.querySelector(".phone").classList.toggle("off", Boolean(me()?.offline));
}

function choose(address, office) {
  store.me = address;
  store.office = office;
  store.unread.delete(address);
  sessionStorage.setItem("wadul-me", address);
  redraw("thread", "residents");
}

function take(state) {
  store.offices = state.offices;
  store.residents = new Map(state.residents.map((r) => [r.address, r]));
  store.messages = new Map(state.messages.map((m) => [m.sid, m]));
  store.log = state.log;
  store.faults = state.faults;
  setClock(state.clock);
  if (!store.offices.some((o) => o.address === store.office)) store.office = store.offices[0].address;
  const before = store.me || sessionStorage.getItem("wadul-me");
  store.me = store.residents.has(before) ? before : state.residents[0].address;
  redraw("thread", "residents", "faults", "log", "clock");
}

const handlers = {
  message({ message }) {
    const known = store.messages.get(message.sid);
    store.messages.set(message.sid, message);
    const arrived = message.direction === "out" && visible(message) && !(known && visible(known));
    if (arrived) store.typing.delete(message.address + message.office);
    if (arrived && message.address !== store.me) {
      store.unread.set(message.address, (store.unread.get(message.address) ?? 0) + 1);
      redraw("residents");
    }
    redraw("thread");
  },
  resident({ resident }) {
    store.residents.set(resident.address, resident);
    redraw("residents", "thread");
  },
  typing({ address, office, seconds }) {
    store.typing.set(address + office, Date.now() + seconds * 1000);
    setTimeout(() => redraw("thread"), seconds * 1000 + 50);
    redraw("thread");
  },
  log({ line }) {
    store.log.push(line);
    if (store.log.length > 200) store.log.shift();
    redraw("log");
  },
  faults({ faults }) {
    store.faults = faults;
    redraw("faults");
  },
  clock({ clock }) {
    setClock(clock);
    redraw("clock", "thread");
  },
  reload() {
    load().then(take);
  },
};

function listen() {
  const events = new EventSource("/sim/events");
  const say = (words, good) => {
    $("link-state").textContent = words;
    $("link-state").classList.toggle("good", good);
  };
  events.onopen = () => {
    say("tersambung", true);
    load().then(take); // whatever was missed while away
  };
  events.onerror = () => say("terputus, mencoba lagi…", false);
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    handlers[event.type]?.(event);
  };
}

const state = await load();
setUpComposer(state);
setUpPanel(state, choose);
take(state);
listen();
setInterval(() => redraw("clock"), 5000);
