/* Trainers label messages: digits and letters choose, Enter saves, the next message is there at once. */
const KEYS = "123456789";
const WAYS = [["not_for_training", "x", "Bukan bahan latihan"], ["new_intent", "n", "Maksud baru"], ["second_opinion", "t", "Tanya orang kedua"]];

export default {
  props: { tabs: Array, views: Array, view: String, items: Array, labels: Array, entities: Array, context: Object, order: String, total: Number, proposals: Array },
  emits: ["decide", "view", "look", "again", "story"],
  data: () => ({ at: "", chosen: null, way: "", searching: false, query: "", spot: 0, proposal: "", marks: [], selected: null, hidden: [], kept: [], failures: {}, saved: 0, waiting: 0, marking: false, mark: { words: "", entity: "" }, ways: WAYS, told: "" }),
  computed: {
    rows() { return (this.items || []).filter((i) => !this.hidden.includes(i.id)); },
    item() { return this.rows.find((i) => i.id === this.at) || this.rows[0] || null; },
    found() {
      const q = this.query.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (this.labels || []).filter((l) => q.every((w) => (l.words + " " + l.label.replace(/[_/]/g, " ")).toLowerCase().includes(w)));
      return fits.slice(0, 9);
    },
    choice() {
      if (!this.item) return null;
      if (this.chosen) return this.chosen;
      return this.item.usable ? this.item.choices[0] : null;
    },
    ready() { return Boolean(this.item && (this.way || this.choice)); },
    does() {
      if (!this.item) return "";
      if (this.way) return WAYS.find((w) => w[0] === this.way)[2];
      if (!this.choice) return "Pilih label dahulu";
      return (this.item.settles ? "Putuskan: " : this.choice.label === this.item.label ? "Benar: " : "Ganti ke: ") + this.choice.words;
    },
    pieces() {
      if (!this.item) return [];
      const signs = Array.from(this.item.text), marks = [...this.marks].sort((a, b) => a.start - b.start);
      const spans = marks.length ? marks : this.item.entities.map((e) => ({ ...e, guess: true }));
      const out = []; let at = 0;
      for (const s of spans) { if (s.start < at) continue; if (s.start > at) out.push({ text: signs.slice(at, s.start).join("") }); out.push({ text: signs.slice(s.start, s.end).join(""), ...s }); at = s.end; }
      if (at < signs.length) out.push({ text: signs.slice(at).join("") });
      return out;
    },
  },
  watch: {
    items() { this.hidden = this.hidden.filter((h) => (this.items || []).some((i) => i.id === h)); },
    "item.id"(now) { this.reset(); if (now) { this.at = now; clearTimeout(this.timer); this.timer = setTimeout(() => this.$emit("look", now), 120); this.$nextTick(() => { const r = this.$el.querySelector("li.on"); if (r) r.scrollIntoView({ block: "nearest" }); }); } },
  },
  mounted() { document.addEventListener("keydown", this.key); document.addEventListener("selectionchange", this.on_select); if (this.item) this.$emit("look", this.item.id); },
  unmounted() { document.removeEventListener("keydown", this.key); document.removeEventListener("selectionchange", this.on_select); clearTimeout(this.timer); },
  methods: {
    reset() { this.chosen = null; this.way = ""; this.searching = false; this.query = ""; this.spot = 0; this.proposal = ""; this.marks = []; this.selected = null; this.marking = false; this.mark = { words: "", entity: "" }; },
    go(step) {
      const now = this.rows.indexOf(this.item), next = this.rows[Math.max(0, Math.min(this.rows.length - 1, now + step))];
      if (next) this.at = next.id;
    },
    pick(choice) { this.chosen = choice; this.way = ""; this.searching = false; this.query = ""; },
    choose_way(way) {
      this.way = this.way === way ? "" : way; this.chosen = null; this.searching = false;
      if (this.way === "new_intent") this.$nextTick(() => this.$refs.proposal && this.$refs.proposal.focus());
    },
    search() { this.searching = true; this.query = ""; this.spot = 0; this.$nextTick(() => this.$refs.search && this.$refs.search.focus()); },
    search_key(event) {
      if (event.key === "ArrowDown") { event.preventDefault(); this.spot = Math.min(this.found.length - 1, this.spot + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); this.spot = Math.max(0, this.spot - 1); }
      else if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); if (this.found[this.spot]) { this.pick(this.found[this.spot]); event.target.blur(); } }
      else if (event.key === "Escape") { event.preventDefault(); this.searching = false; }
    },
    save() {
      const item = this.item;
      if (!item || !this.ready || (this.way === "new_intent" && !this.proposal.trim())) return;
      const right = !this.way && this.choice.label === item.label;
      const told = { id: item.id, decision: this.way || (right ? "right" : "relabel"), label: this.way ? null : this.choice.label, entities: this.way ? [] : this.marks, note: this.proposal, settles: Boolean(item.settles) && this.way !== "second_opinion" };
      const at = this.rows.indexOf(item), next = this.rows[at + 1] || this.rows[at - 1];
      this.waiting += 1; delete this.failures[item.id]; this.told = "";
      this.kept = [{ id: item.id, text: item.text, does: this.does }, ...this.kept.filter((k) => k.id !== item.id)].slice(0, 5);
      this.hidden = [...this.hidden, item.id];
      this.at = next ? next.id : "";
      this.$emit("decide", told);
    },
    done(id) { this.waiting -= 1; this.saved += 1; },
    failed(id, problem) {
      this.waiting -= 1; this.kept = this.kept.filter((k) => k.id !== id);
      this.hidden = this.hidden.filter((h) => h !== id); this.failures = { ...this.failures, [id]: problem }; this.at = id;
    },
    again(id) { this.hidden = this.hidden.filter((h) => h !== id); this.at = id; this.$emit("again", id); },
    say(text) { this.told = text; },
    on_select() {
      const box = this.$refs.text, s = document.getSelection();
      if (!box || !s || s.isCollapsed || !s.rangeCount || !box.contains(s.anchorNode) || !box.contains(s.focusNode)) return;
      const range = s.getRangeAt(0), before = range.cloneRange();
      before.selectNodeContents(box); before.setEnd(range.startContainer, range.startOffset);
      const raw = range.toString(), lead = raw.length - raw.trimStart().length;
      const start = Array.from(before.toString() + raw.slice(0, lead)).length, words = raw.trim();
      if (words) this.selected = { start, end: start + Array.from(words).length, words };
    },
    take(entity) { if (this.selected) this.add({ start: this.selected.start, end: this.selected.end, entity }); },
    add(mark) { this.marks = [...this.marks.filter((m) => m.end <= mark.start || m.start >= mark.end), mark]; this.selected = null; const s = document.getSelection(); if (s) s.removeAllRanges(); },
    add_typed() {
      const start = this.item.text.toLowerCase().indexOf(this.mark.words.trim().toLowerCase());
      if (start < 0 || !this.mark.words.trim() || !this.mark.entity) { this.failures = { ...this.failures, [this.item.id]: "Bagian itu tidak ada di pesan." }; return; }
      const first = Array.from(this.item.text.slice(0, start)).length;
      this.add({ start: first, end: first + Array.from(this.mark.words.trim()).length, entity: this.mark.entity }); this.marking = false; delete this.failures[this.item.id];
    },
    words_of(m) { return Array.from(this.item.text).slice(m.start, m.end).join(""); },
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,select,textarea,dialog")) return;
      if (event.key === "Enter") { const on = event.target.closest("button,a,summary"); if (on && on.getAttribute("aria-pressed") !== "true" && on.getAttribute("aria-current") !== "true") return; event.preventDefault(); this.save(); return; }
      if (!this.item) return;
      const n = KEYS.indexOf(event.key), way = WAYS.find((w) => w[1] === event.key);
      if (n >= 0 && this.item.choices[n]) { event.preventDefault(); this.pick(this.item.choices[n]); }
      else if (way) { event.preventDefault(); this.choose_way(way[0]); }
      else if (event.key === "/" || event.key === "l") { event.preventDefault(); this.search(); }
      else if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); this.go(1); }
      else if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); this.go(-1); }
      else if (event.key === "u" && this.kept.length) { event.preventDefault(); this.again(this.kept[0].id); }
      else if (event.key === "Escape") this.reset();
    },
  },
  template: `
<main class="content training" id="isi">
  <nav class="subnav" aria-label="Latihan"><a v-for="t in tabs" :key="t.key" :href="t.href" :aria-current="t.key === 'inbox' ? 'page' : null">{{ t.label }}</a></nav>
  <header class="page-head"><div class="grow"><h1>Pesan yang perlu dinilai</h1><p class="muted">{{ order }}</p></div>
    <span v-if="saved" class="pill good" role="status">{{ saved }} dinilai</span>
    <div class="segments" role="group" aria-label="Yang ditampilkan"><button v-for="v in views" :key="v.key" type="button" :aria-pressed="v.key === view ? 'true' : 'false'" @click="$emit('view', v.key)">{{ v.label }} <span class="n">{{ v.count }}</span></button></div></header>
  <div class="labelling">
    <section class="queue" aria-label="Antrean pesan"><ol>
      <li v-for="(r, i) in rows" :key="r.id" :class="{on: item && r.id === item.id, alike: i && rows[i - 1].cluster === r.cluster}">
        <button type="button" @click="at = r.id" :aria-current="item && r.id === item.id ? 'true' : null"><span class="lines">{{ r.text }}</span>
          <span class="tags"><span class="pill" :class="r.tone">{{ r.guess }} {{ r.confidence }}</span><span v-if="r.times > 1" class="pill">{{ r.times }}×</span><span v-if="r.flagged" class="pill bad">salah paham</span><span v-if="r.standing === 'contested'" class="pill soon">beda pendapat</span><span v-if="failures[r.id]" class="pill bad">belum tersimpan</span></span></button></li>
      <li v-if="!rows.length" class="empty"><i class="i" aria-hidden="true">task_alt</i><p>Tidak ada pesan di sini.</p></li></ol>
      <p v-if="total > rows.length" class="muted small">{{ rows.length }} dari {{ total }} pesan.</p></section>
    <section v-if="item" class="judge sheet" aria-label="Nilai pesan ini">
      <p v-if="failures[item.id]" class="alert bad" role="alert">{{ failures[item.id] }}</p>
      <div class="row small muted"><span>{{ item.when }}</span><span v-if="item.times > 1">· ditulis {{ item.times }} kali</span><span v-if="item.like">· mirip dengan {{ item.like }} pesan lain di antrean</span></div>
      <blockquote ref="text" class="said" lang="id"><template v-for="(p, i) in pieces" :key="i"><mark v-if="p.entity" :class="{guess: p.guess}" :title="p.entity">{{ p.text }}</mark><template v-else>{{ p.text }}</template></template></blockquote>
      <div v-if="selected" class="row entity-pick" role="group" aria-label="Tandai bagian yang dipilih"><span class="small">Tandai “{{ selected.words }}” sebagai</span><button v-for="e in entities" :key="e.name" class="button tiny" type="button" @mousedown.prevent @click="take(e.name)">{{ e.words }}</button></div>
      <div class="row"><span v-for="m in marks" :key="m.start" class="pill">{{ m.entity }}: {{ words_of(m) }}<button class="bare" type="button" @click="marks = marks.filter(x => x !== m)" :aria-label="'Lepas tanda ' + words_of(m)"><i class="i" aria-hidden="true">close</i></button></span>
        <button v-if="!marking" class="button quiet tiny" type="button" @click="marking = true"><i class="i" aria-hidden="true">border_color</i>Tandai bagian</button>
        <form v-else class="row" @submit.prevent="add_typed"><input class="field narrow-field" v-model="mark.words" placeholder="kata di pesan" aria-label="Kata di pesan yang ditandai"><select class="field narrow-field" v-model="mark.entity" aria-label="Jenis bagian"><option value="">jenis…</option><option v-for="e in entities" :key="e.name" :value="e.name">{{ e.words }}</option></select><button class="button tiny" type="submit">Tandai</button><button class="button quiet tiny" type="button" @click="marking = false">Batal</button></form></div>
      <ul v-if="item.flagged || item.handed || item.evidence.length" class="proof">
        <li v-if="item.flagged"><i class="i" aria-hidden="true">flag</i>Ditandai <b>salah paham</b> oleh {{ item.flagged }}</li>
        <li v-if="item.handed"><i class="i" aria-hidden="true">support_agent</i>{{ item.handed }}</li>
        <li v-for="e in item.evidence" :key="e.text"><i class="i" aria-hidden="true">assignment</i>{{ e.text }}</li></ul>
      <ul v-if="item.words.length" class="opinions" aria-label="Pendapat"><li v-for="(w, i) in item.words" :key="i"><b>{{ w.by }}</b> {{ w.text }} <span class="muted small">{{ w.when }}</span></li></ul>
      <p v-if="item.settles" class="alert warn">Dua pelatih berbeda pendapat. Pilihan Anda di bawah menjadi keputusan.</p>
      <p v-else-if="!item.usable" class="alert">Bot tidak menebak maksudnya ({{ item.guess }}). Pilih label yang benar.</p>
      <div class="choices" role="group" aria-label="Maksud pesan">
        <button v-for="(c, i) in item.choices" :key="c.label" type="button" class="choice" :aria-pressed="!way && choice && choice.label === c.label ? 'true' : 'false'" @click="pick(c)"><kbd>{{ i + 1 }}</kbd><span class="grow">{{ c.words }}<span class="muted small code">{{ c.label }}</span></span><span class="muted small">{{ c.why }}</span></button>
        <button v-if="chosen && !item.choices.some(c => c.label === chosen.label)" type="button" class="choice" aria-pressed="true"><kbd>✓</kbd><span class="grow">{{ chosen.words }}<span class="muted small code">{{ chosen.label }}</span></span></button>
        <div class="finder"><button v-if="!searching" type="button" class="choice" @click="search"><kbd>/</kbd><span class="grow">Cari label lain…</span></button>
          <template v-else><input ref="search" class="field" v-model="query" @input="spot = 0" @keydown="search_key" role="combobox" aria-expanded="true" aria-controls="label-hasil" :aria-activedescendant="found[spot] ? 'label-' + spot : null" aria-label="Cari label" placeholder="ketik, misalnya: tanah" autocomplete="off">
            <ul id="label-hasil" class="found" role="listbox" aria-label="Label yang cocok"><li v-for="(l, i) in found" :key="l.label" :id="'label-' + i" role="option" :aria-selected="i === spot ? 'true' : 'false'" @mousedown.prevent="pick(l)">{{ l.words }}<span class="muted small code">{{ l.label }}</span></li><li v-if="!found.length" class="muted small" role="option" aria-selected="false" aria-disabled="true">Tidak ada label yang cocok; tekan Esc, lalu n untuk mengusulkan maksud baru.</li></ul></template></div>
      </div>
      <div class="row ways"><button v-for="w in ways" :key="w[0]" type="button" class="button tiny" :aria-pressed="way === w[0] ? 'true' : 'false'" @click="choose_way(w[0])"><kbd>{{ w[1] }}</kbd>{{ w[2] }}</button></div>
      <label v-if="way === 'new_intent'" class="label">Maksud baru yang Anda usulkan<input ref="proposal" class="field" v-model="proposal" maxlength="500" @keydown.enter.prevent.stop="save" @keydown.esc="way = ''" placeholder="misalnya: tanya jadwal posyandu" list="usul-maksud" autocomplete="off"><datalist id="usul-maksud"><option v-for="p in proposals" :key="p" :value="p"></option></datalist></label>
      <div class="row save"><button class="button primary" type="button" :disabled="!ready" @click="save"><kbd>Enter</kbd>{{ does }}</button><button class="button quiet" type="button" @click="go(1)"><kbd>j</kbd>Lewati</button><span class="grow"></span><button class="button quiet tiny" type="button" @click="$emit('story', item.id)" title="Percakapan ini diulang dan disimpan, disamarkan, di tests/conversations"><i class="i" aria-hidden="true">science</i>Simpan sebagai tes</button></div>
      <p v-if="told" class="alert" role="status">{{ told }}</p>
      <details v-if="context && context.id === item.id && context.said.length" class="before" open><summary>Sebelumnya di percakapan ini</summary><p v-for="(s, i) in context.said" :key="i" :class="s.bot ? 'bot' : 'person'"><b>{{ s.bot ? 'Bot' : 'Warga' }}</b> {{ s.text }}</p></details>
    </section>
    <section v-else class="judge sheet empty"><i class="i" aria-hidden="true">task_alt</i><p>Semua pesan di sini sudah dinilai. Terima kasih!</p></section>
  </div>
  <footer v-if="kept.length" class="kept" aria-label="Baru saja dinilai"><p v-for="(k, i) in kept" :key="k.id"><span class="clip">{{ k.text }}</span><span class="muted small">{{ k.does }}</span><button class="button quiet tiny" type="button" @click="again(k.id)"><kbd v-if="!i">u</kbd>Ubah</button></p></footer>
</main>`,
};
