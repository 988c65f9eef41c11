// What the page knows. Filled by one load, kept current by events, chosen by the visitor.

export const store = {
  offices: [],
  residents: new Map(), // by address
  messages: new Map(), // by sid, in the order in which they came
  unread: new Map(), // address → number
  typing: new Map(), // address|office → until (ms)
  log: [],
  faults: {},
  skew: 0, // simulated time minus this computer's, ms
  me: "",
  office: "",
  replyTo: "",
};

export const now = () => new Date(Date.now() + store.skew);
export const me = () => store.residents.get(store.me);
export const here = (m) => m.address === store.me && m.office === store.office;
export const visible = (m) =>
  m.direction === "in" || ["delivered", "read", "undelivered", "failed"].includes(m.status);

export function setClock(clock) {
  store.skew = new Date(clock.now) - Date.now();
}

const ZONE = { timeZone: "Asia/Jakarta" };
const hour = new Intl.DateTimeFormat("id-ID", { ...ZONE, hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("id-ID", { ...ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("id-ID", { ...ZONE, weekday: "long", day: "numeric", month: "long", year: "numeric" });
const plain = new Intl.DateTimeFormat("sv-SE", ZONE);

export const clockTime = (at) => hour.format(new Date(at));
export const logTime = (at) => second.format(new Date(at));
export const longDay = (at) => day.format(new Date(at));
export const dayKey = (at) => plain.format(new Date(at));

export function dayWord(at) {
  const key = dayKey(at);
  if (key === dayKey(now())) return "Hari ini";
  if (key === dayKey(now().getTime() - 86400000)) return "Kemarin";
  return longDay(at);
}
