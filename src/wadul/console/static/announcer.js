/* Of every page: sound, browser notification and title for news; a bar while the connection is lost;
   and word to the server that somebody is there, who touches keys, mouse or screen. */
const AT_WORK = ["keydown", "pointerdown", "wheel", "touchmove"];
const AGAIN = 60000; // ms between two such words
const TOLD = 5000; // ms in which other tabs hear of the same message, and are quiet

export default {
  props: { asks: Boolean, drafts: Boolean },
  emits: ["active"],
  data: () => ({ lost: false, back: false, fresh: 0, title: "", can_ask: false, worked: 0 }),
  mounted() {
    this.title = document.title;
    this.can_ask = this.asks && "Notification" in window && Notification.permission === "default" && !localStorage.getItem("wadul-no-notices");
    window.addEventListener("offline", this.on_lost);
    window.addEventListener("online", this.on_back);
    document.addEventListener("visibilitychange", this.on_seen); window.addEventListener("focus", this.on_seen);
    for (const kind of AT_WORK) document.addEventListener(kind, this.on_work, { capture: true, passive: true });
    this.timer = setInterval(() => {
      if (!window.socket) return;
      if (!window.socket.connected) this.on_lost(); else if (this.lost && navigator.onLine) this.on_back();
    }, 1000);
  },
  unmounted() {
    clearInterval(this.timer);
    for (const kind of AT_WORK) document.removeEventListener(kind, this.on_work, { capture: true });
    window.removeEventListener("offline", this.on_lost); window.removeEventListener("online", this.on_back);
    document.removeEventListener("visibilitychange", this.on_seen); window.removeEventListener("focus", this.on_seen);
  },
  methods: {
    on_lost() { this.lost = true; this.back = false; },
    on_back() {
      if (!this.lost || (window.socket && !window.socket.connected)) return;
      this.lost = false; this.back = true;
      setTimeout(() => (this.back = false), 6000);
    },
    on_work() {
      if (Date.now() - this.worked < AGAIN || !(window.socket && window.socket.connected)) return;
      this.worked = Date.now(); this.$emit("active");
    },
    away() { return document.hidden || !document.hasFocus(); },
    on_seen() { if (!this.away()) { this.fresh = 0; document.title = this.title; } },
    ask() { this.can_ask = false; Notification.requestPermission(); },
    never() { this.can_ask = false; localStorage.setItem("wadul-no-notices", "1"); },
    async announce(name, id, at) {
      const away = this.away();
      if (away) { this.fresh += 1; document.title = `(${this.fresh}) ${this.title}`; }
      await this.first(`wadul ${id} ${at}`, () => {
        if (away || !location.pathname.endsWith(id)) this.sound();
        if (away) this.notify(name, id);
      });
      window.wadul_announced = (window.wadul_announced || 0) + 1;
    },
    first(news, tell) {  // of this browser's tabs that may sound; without locks (no https) each tells
      if (!navigator.locks || !(navigator.userActivation || { hasBeenActive: true }).hasBeenActive) return tell();
      return new Promise((done) => navigator.locks.request(news, { ifAvailable: true }, (lock) => {
        if (lock) tell();
        done();
        return lock && new Promise((over) => setTimeout(over, TOLD));
      }));
    },
    notify(name, id) {
      if (!("Notification" in window) || Notification.permission !== "granted") return;
      const shown = new Notification("Pesan baru dari " + name, { tag: id, icon: "/aset/mark.svg" });
      shown.onclick = () => { window.focus(); window.location.href = "/percakapan/" + id; };
    },
    sound() {
      if (localStorage.getItem("wadul-silent")) return;
      try {
        const audio = this.audio || (this.audio = new AudioContext());
        [[660, 0], [880, 0.13]].forEach(([pitch, at]) => {
          const tone = audio.createOscillator(), volume = audio.createGain();
          tone.frequency.value = pitch; tone.connect(volume); volume.connect(audio.destination);
          const start = audio.currentTime + at;
          volume.gain.setValueAtTime(0.0001, start); volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02); volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.22);
          tone.start(start); tone.stop(start + 0.25);
        });
      } catch { /* a browser without sound */ }
    },
  },
  template: `
<div class="announcer" aria-live="polite">
  <div v-if="lost" class="bar bad"><i class="i" aria-hidden="true">cloud_off</i>Sambungan terputus; kami menyambung kembali…<template v-if="drafts">&#32;Tulisan Anda tersimpan di peramban ini.</template></div>
  <div v-else-if="back" class="bar"><i class="i" aria-hidden="true">cloud_done</i>Tersambung kembali. Kabar terbaru sudah dimuat.</div>
  <div v-else-if="can_ask" class="bar ask">Tampilkan pemberitahuan saat ada pesan baru?<button class="button tiny" type="button" @click="ask">Tampilkan</button><button class="button quiet tiny" type="button" @click="never">Tidak</button></div>
</div>`,
};
