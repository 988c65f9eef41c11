/* Where operators write. What is typed is kept in the browser until it was sent.
   A send without an answer may have arrived all the same: the same words again are the same request,
   also after the page was loaded anew, and an answer that comes late still counts. */
const KEY = (id, mode) => `wadul-draft-${mode}-${id}`;
const ASKED = (id, event) => `wadul-asked-${event}-${id}`;
const WAIT = 15000;
const NO_ANSWER = "Belum ada jawaban dari server. Tulisan Anda masih tersimpan; coba kirim lagi.";
const CUT_OFF = "Sambungan terputus: pesan ini dikirim begitu tersambung lagi. Bila tulisan masih ada di sini sesudah itu, kirim lagi; warga tidak menerimanya dua kali.";
const cut_off = () => !navigator.onLine || !(window.socket && window.socket.connected);
const mode_of = (event) => (event === "note" ? "note" : "reply");
const save = (key, text) => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key));
const without = (text, sent) => (text.startsWith(sent) ? text.slice(sent.length).trimStart() : text);
const uuid = () => crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

export default {
  props: { thread: Object, now: String, canned: Array, fill: Object, colleagues: Array, templates: Array, suggestions: Array },
  emits: ["send", "note", "typing", "begin", "template"],
  data: () => ({ text: "", mode: "reply", problem: "", asked: {}, quote: null, file: null, uploading: false, at: 0, tick: 0, offset: 0, typed: 0, began: false, choosing: 0, popup: false, template: "", values: {} }),
  computed: {
    id() { return this.thread ? this.thread.id : ""; },
    left() {
      this.tick;
      if (!this.thread || !this.thread.window_ends) return 0;
      return new Date(this.thread.window_ends) - (Date.now() + this.offset);
    },
    shut() { return this.left <= 0; },
    window_words() {
      if (this.shut) return "Jendela 24 jam tertutup";
      const minutes = Math.floor(this.left / 60000), hours = Math.floor(minutes / 60);
      return hours ? `Sisa ${hours} jam ${minutes % 60} mnt` : `Sisa ${minutes} mnt`;
    },
    blocked() { return this.thread && this.thread.handled === "operator" && !this.thread.mine; },
    only_templates() { return this.mode === "reply" && this.shut && (this.templates || []).length > 0; },
    holds() { return this.mode === "reply" && this.shut && !(this.templates || []).length; },
    word() {
      if (this.mode === "reply") { const m = /^\/([^\s]*)$/.exec(this.text); return m ? { sign: "/", text: m[1].toLowerCase() } : null; }
      const m = /(?:^|\s)@([\w.-]*)$/.exec(this.text); return m ? { sign: "@", text: m[1].toLowerCase() } : null;
    },
    options() {
      if (!this.word) return [];
      const has = (s) => s.toLowerCase().includes(this.word.text);
      if (this.word.sign === "/") return (this.canned || []).filter((c) => has(c.shortcut) || has(c.title) || has(c.text)).slice(0, 12).map((c) => ({ key: c.id, title: "/" + c.shortcut + " · " + c.title, detail: c.text, canned: c }));
      return (this.colleagues || []).filter((c) => has(c.name) || has(c.full_name)).slice(0, 8).map((c) => ({ key: c.name, title: c.full_name, detail: "@" + c.name, name: c.name }));
    },
    placeholder() {
      if (this.mode === "note") return "Catatan untuk rekan; tidak dikirim ke warga. Sebut rekan dengan @";
      if (this.blocked) return `Sedang dibantu ${this.thread.owner}`;
      if (this.holds) return "Pesan ditahan dan terkirim begitu warga menulis lagi";
      if (this.thread.handled !== "operator") return "Tulis balasan: Anda ambil alih";
      return "Tulis balasan, atau / untuk balasan siap pakai";
    },
    sending() { return Object.values(this.asked).some((one) => one.waiting && this.shows(one)); },
    can_send() { return !this.sending && !this.uploading && (this.text.trim() || (this.file && this.mode === "reply")) && !(this.mode === "reply" && this.blocked); },
    chosen_template() { return (this.templates || []).find((t) => t.use === this.template); },
    template_preview() { return this.chosen_template ? this.chosen_template.body.replace(/\{\{(\d+)\}\}/g, (_, n) => this.values[this.chosen_template.variables[n - 1].name] || "…") : ""; },
  },
  watch: {
    id(now) { this.load(now); },
    now: { immediate: true, handler(v) { if (v) this.offset = new Date(v) - Date.now(); } },
    mode() { this.load(this.id); this.$nextTick(() => this.$refs.box && this.$refs.box.focus()); },
    options(now) { this.popup = now.length > 0; if (this.choosing >= now.length) this.choosing = 0; },
    template() { this.values = {}; for (const v of (this.chosen_template || { variables: [] }).variables) this.values[v.name] = v.value || ""; },
  },
  mounted() {
    this.timer = setInterval(() => this.tick++, 15000);
    window.addEventListener("wadul-reply", this.on_reply);
    this.load(this.id);
  },
  unmounted() { clearInterval(this.timer); window.removeEventListener("wadul-reply", this.on_reply); },
  methods: {
    load(id) {
      this.problem = ""; this.quote = null; this.file = null; this.began = false;
      this.text = id ? localStorage.getItem(KEY(id, this.mode)) || "" : "";
      this.$nextTick(this.grow);
    },
    keep() { if (this.id) save(KEY(this.id, this.mode), this.text); },
    grow() { const box = this.$refs.box; if (!box) return; box.style.height = "auto"; box.style.height = Math.min(box.scrollHeight, 190) + "px"; },
    on_input() {
      this.keep(); this.grow(); this.problem = "";
      if (!this.sending) localStorage.removeItem(ASKED(this.id, this.mode === "note" ? "note" : "send"));
      if (Date.now() - this.typed > 2500) { this.typed = Date.now(); this.$emit("typing"); }
      if (this.mode === "reply" && !this.began && this.thread.handled !== "operator" && this.text.trim().length >= 2) { this.began = true; this.$emit("begin"); }
    },
    on_reply(event) { this.mode = "reply"; this.$nextTick(() => { this.quote = event.detail; this.$refs.box && this.$refs.box.focus(); }); },
    on_key(event) {
      if (this.popup && this.options.length) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); this.choosing = (this.choosing + (event.key === "ArrowDown" ? 1 : -1) + this.options.length) % this.options.length; return; }
        if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); this.pick(this.options[this.choosing]); return; }
        if (event.key === "Escape") { event.stopPropagation(); this.popup = false; return; }
      }
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && (matchMedia("(pointer: fine)").matches || event.ctrlKey)) { event.preventDefault(); this.send(); }
    },
    pick(option) {
      if (option.canned) this.text = option.canned.text.replace(/\{(\w+)\}/g, (whole, name) => (this.fill || {})[name] ?? whole);
      else this.text = this.text.replace(/@[\w.-]*$/, "@" + option.name + " ");
      this.popup = false; this.on_input(); this.$nextTick(() => { this.grow(); this.$refs.box.focus(); });
    },
    shows({ event, told }) { return told.conversation_id === this.id && mode_of(event) === this.mode; },
    send() {
      if (!this.can_send) return;
      if (this.mode === "note") this.request("note", { conversation_id: this.id, text: this.text });
      else this.request("send", { conversation_id: this.id, text: this.text, reply_to: this.quote && this.quote.id, file_token: this.file && this.file.token });
    },
    send_template() { this.request("template", { conversation_id: this.id, use: this.template, values: { ...this.values } }); },
    request(event, told) {
      const key = ASKED(this.id, event), what = JSON.stringify(told), before = JSON.parse(localStorage.getItem(key) || "{}");
      const request_id = before.what === what ? before.request_id : uuid();
      save(key, JSON.stringify({ request_id, what }));
      this.asked[request_id] = { event, told, waiting: true };
      this.problem = cut_off() ? CUT_OFF : "";
      this.$emit(event, { ...told, request_id });
      this.wait(request_id);
    },
    wait(request_id) {
      setTimeout(() => {
        const one = this.asked[request_id];
        if (!one || !one.waiting) return;
        const lost = cut_off();
        if (this.shows(one)) this.problem = lost ? CUT_OFF : NO_ANSWER;
        if (lost) this.wait(request_id); else one.waiting = false;
      }, WAIT);
    },
    answered(request_id) {
      const one = this.asked[request_id];
      if (!one) return null;
      delete this.asked[request_id];
      const key = ASKED(one.told.conversation_id, one.event);
      if ((localStorage.getItem(key) || "").includes(request_id)) localStorage.removeItem(key);
      return one;
    },
    sent(request_id) {
      const one = this.answered(request_id);
      if (!one) return;
      const { event, told } = one, draft = KEY(told.conversation_id, mode_of(event));
      if (!this.shows(one)) { save(draft, without(localStorage.getItem(draft) || "", told.text || "")); return; }
      this.problem = "";
      if (event === "template") { this.template = ""; return; }
      this.text = without(this.text, told.text); this.keep();
      if (this.quote && this.quote.id === told.reply_to) this.quote = null;
      if (this.file && this.file.token === told.file_token) this.file = null;
      this.$nextTick(() => { this.grow(); this.$refs.box && this.$refs.box.focus(); });
    },
    failed(request_id, problem) { const one = this.answered(request_id); if (one && this.shows(one)) this.problem = problem; },
    use_suggestion(s) { this.text = s.text; this.on_input(); this.$nextTick(() => { this.grow(); this.$refs.box.focus(); }); },
    async attach(event) {
      const file = event.target.files[0]; event.target.value = "";
      if (file) await this.upload(file);
    },
    async paste(event) {
      const file = [...(event.clipboardData ? event.clipboardData.files : [])][0];
      if (file && this.mode === "reply") { event.preventDefault(); await this.upload(file); }
    },
    async upload(file) {
      if (file.size > 16 * 1048576) { this.problem = "Berkas terlalu besar: paling besar 16 MB."; return; }
      this.uploading = true; this.problem = "";
      const form = new FormData(); form.append("berkas", file);
      try {
        const answer = await fetch("/unggah", { method: "POST", body: form });
        const told = await answer.json();
        if (answer.ok) this.file = told; else this.problem = told.problem || "Berkas tidak dapat diunggah.";
      } catch { this.problem = "Berkas tidak dapat diunggah. Periksa sambungan, lalu coba lagi."; }
      this.uploading = false;
    },
  },
  template: `
<section v-show="thread" class="composer" :class="{noting: mode === 'note'}" aria-label="Tulis balasan">
  <template v-if="thread">
  <div class="modes">
    <button type="button" :aria-pressed="mode === 'reply' ? 'true' : 'false'" @click="mode = 'reply'">Balas</button>
    <button type="button" :aria-pressed="mode === 'note' ? 'true' : 'false'" @click="mode = 'note'">Catatan</button>
    <span class="window" :class="{shut: shut, soon: !shut && left < 7200000}" v-if="mode === 'reply'" title="Jendela 24 jam WhatsApp: selama terbuka, Anda bebas membalas"><i class="i" aria-hidden="true">{{ shut ? 'lock_clock' : 'schedule' }}</i>{{ window_words }}</span>
  </div>
  <p v-if="thread.stopped && mode === 'reply'" class="alert warn small">Warga ini menulis BERHENTI. Balas hanya bila ia menulis lebih dulu.</p>
  <div v-if="suggestions && suggestions.length && mode === 'reply' && !text && !shut && !blocked" class="ideas" aria-label="Saran jawaban"><i class="i" aria-hidden="true">lightbulb</i><button v-for="s in suggestions" :key="s.title" class="button tiny" type="button" @click="use_suggestion(s)" :title="s.text"><span class="clip">{{ s.title }}</span></button></div>
  <div v-if="quote" class="chip"><span class="clip">Membalas: {{ quote.text || 'lampiran' }}</span><button class="icon-button small" type="button" @click="quote = null" aria-label="Batal membalas pesan itu"><i class="i" aria-hidden="true">close</i></button></div>
  <div v-if="file && mode === 'reply'" class="chip"><i class="i" aria-hidden="true">attach_file</i><span class="clip">{{ file.name }}</span><button class="icon-button small" type="button" @click="file = null" aria-label="Hapus berkas"><i class="i" aria-hidden="true">close</i></button></div>
  <div v-if="popup && options.length" class="suggest" role="listbox" id="saran" :aria-label="word && word.sign === '/' ? 'Balasan siap pakai' : 'Rekan'">
    <div v-for="(option, index) in options" :key="option.key" role="option" :id="'saran-' + index" :aria-selected="index === choosing ? 'true' : 'false'" @mousedown.prevent="pick(option)" @mousemove="choosing = index"><span class="strong">{{ option.title }}</span><small>{{ option.detail }}</small></div>
  </div>
  <form v-if="only_templates" class="template" @submit.prevent="send_template">
    <label class="label" for="templat">Di luar 24 jam hanya pesan templat yang dapat dikirim</label>
    <select id="templat" class="field" v-model="template"><option value="">Pilih templat…</option><option v-for="t in templates" :key="t.use" :value="t.use">{{ t.title }}</option></select>
    <template v-if="chosen_template">
      <label v-for="v in chosen_template.variables" :key="v.name" class="label">{{ v.label }}<input class="field" v-model="values[v.name]" :placeholder="v.example" maxlength="200" required></label>
      <p class="msg out preview"><span class="words">{{ template_preview }}</span></p>
      <button class="button primary" type="submit" :disabled="sending">Kirim templat</button>
    </template>
  </form>
  <form v-else class="box" @submit.prevent="send">
    <template v-if="mode === 'reply'"><input ref="picker" type="file" hidden accept="image/jpeg,image/png,application/pdf" @change="attach">
    <button class="icon-button" type="button" @click="$refs.picker.click()" :disabled="uploading || blocked" aria-label="Lampirkan foto atau PDF" title="Lampirkan foto atau PDF"><i class="i" aria-hidden="true">{{ uploading ? 'hourglass_top' : 'attach_file' }}</i></button></template>
    <textarea ref="box" rows="1" v-model="text" @input="on_input" @keydown="on_key" @paste="paste" :placeholder="placeholder" :disabled="mode === 'reply' && blocked" maxlength="8000"
      :aria-label="mode === 'note' ? 'Catatan dalam' : 'Balasan untuk warga'" :aria-controls="popup ? 'saran' : null" :aria-activedescendant="popup ? 'saran-' + choosing : null"></textarea>
    <button class="icon-button send" type="submit" :disabled="!can_send" :aria-label="mode === 'note' ? 'Simpan catatan' : 'Kirim'"><i class="i" aria-hidden="true">{{ mode === 'note' ? 'check' : 'send' }}</i></button>
  </form>
  <p v-if="problem" class="problem" role="alert">{{ problem }}</p>
  <p v-else-if="!only_templates" class="hint">Enter mengirim, Shift+Enter baris baru{{ mode === 'reply' ? ', / balasan siap pakai' : ', @ menyebut rekan' }}</p>
  </template>
</section>`,
};
