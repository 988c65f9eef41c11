/* One ticket. Keys: b answer, d ask for facts, t add a fact, g merge, Esc closes.
   The browser tells of a dialog's end a moment later: it may be open again by then. */
const ACTIONS = {
  verified: { label: "Verifikasi", icon: "fact_check", done: "Laporan lengkap dan dapat dikerjakan." },
  in_progress: { label: "Mulai proses", icon: "construction" },
  needs_info: { label: "Minta data", icon: "help", ask: "Apa yang perlu dilengkapi warga? (dikirim kepada warga; tenggat berhenti)", must: true },
  forwarded: { label: "Teruskan", icon: "forward", ask: "Diteruskan ke instansi mana, dan untuk apa?", must: true },
  closed: { label: "Tutup laporan", icon: "task_alt", proof: true, ask: "Keterangan penutup (wajib bila tidak ada bukti)" },
  reopened: { label: "Buka kembali", icon: "replay", ask: "Mengapa dibuka kembali? (boleh kosong)" },
  out_of_scope: { label: "Bukan kewenangan", icon: "alt_route", ask: "Instansi yang berwenang (dikirim kepada warga)", must: true, danger: true },
  rejected: { label: "Tidak dapat diproses", icon: "block", ask: "Alasannya (dikirim kepada warga)", must: true, danger: true },
};
const ORDER = ["verified", "in_progress", "needs_info", "forwarded", "closed", "reopened", "out_of_scope", "rejected"];

export default {
  props: { ticket: Object, people: Array, me: String, lead: Boolean, options: Object },
  emits: ["move", "answer", "fact", "reclassify", "merge", "assign", "identity"],
  data: () => ({ doing: "", words: "", busy: false, problem: "", form: {}, into: "", to: "", uploading: false, warning: "", shown: null, actions: ACTIONS }),
  computed: {
    moves() { return ORDER.filter((m) => this.ticket.moves.includes(m)); },
    main_moves() { return this.moves.filter((m) => !ACTIONS[m].danger); },
    other_moves() { return this.moves.filter((m) => ACTIONS[m].danger); },
    key() { return "wadul-ticket-" + (this.ticket ? this.ticket.number : "") + "-" + this.doing; },
    title() { return { answer: "Jawab warga", fact: "Tambah keterangan", reclassify: "Ubah golongan", merge: "Gabungkan laporan" }[this.doing] || (ACTIONS[this.doing] || {}).label; },
  },
  watch: { "ticket.assignee": { immediate: true, handler(name) { this.to = ((this.people || []).find((p) => p.name === name) || { id: "" }).id; } } },
  mounted() { document.addEventListener("keydown", this.on_key); },
  unmounted() { document.removeEventListener("keydown", this.on_key); },
  methods: {
    on_key(event) {
      if (event.key === "Escape") { if (this.shown) this.unlook(); else if (this.doing && !this.busy) this.close(); return; }
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,select,textarea,dialog")) return;
      const wanted = { b: "answer", d: "needs_info", t: "fact", g: "merge" }[event.key];
      if (!wanted || !this.ticket) return;
      if (wanted === "answer" && !this.ticket.can_answer) return;
      if (wanted === "needs_info" && !this.ticket.moves.includes("needs_info")) return;
      event.preventDefault(); this.start(wanted);
    },
    look(file, event) { this.opened = event.currentTarget; this.shown = file; this.$nextTick(() => this.$refs.photo_close && this.$refs.photo_close.focus()); },
    unlook() { this.shown = null; if (this.opened) this.opened.focus(); },
    start(what, into) {
      const action = ACTIONS[what];
      this.doing = what; this.problem = ""; this.warning = "";
      this.words = localStorage.getItem(this.key) || "";
      this.into = into || "";
      this.form = { kind: this.ticket.kind, category: this.ticket.category, desa: this.ticket.desa };
      if (action && !action.ask) { this.go(); return; }
      this.$nextTick(() => { const d = this.$refs.dialog; if (d && !d.open) d.showModal(); const f = d && d.querySelector("textarea,select,input:not([type=file])"); if (f) f.focus(); });
    },
    close() { const d = this.$refs.dialog; if (d && d.open) d.close(); this.doing = ""; this.busy = false; },
    keep() { this.words ? localStorage.setItem(this.key, this.words) : localStorage.removeItem(this.key); },
    go() {
      const version = this.ticket.version;
      this.busy = true; this.problem = "";
      if (this.doing === "answer") this.$emit("answer", { text: this.words, version });
      else if (this.doing === "fact") this.$emit("fact", { text: this.words, version });
      else if (this.doing === "reclassify") this.$emit("reclassify", { ...this.form, version });
      else if (this.doing === "merge") this.$emit("merge", { into: this.into, version });
      else this.$emit("move", { to: this.doing, reason: this.words, version });
    },
    done() { localStorage.removeItem(this.key); this.words = ""; this.close(); },
    failed(problem) { this.busy = false; this.problem = problem; if (!(this.$refs.dialog && this.$refs.dialog.open)) this.doing = ""; },
    async attach(event) {
      const file = event.target.files[0]; event.target.value = "";
      if (!file) return;
      if (file.size > 16 * 1048576) { this.problem = "Berkas terlalu besar: paling besar 16 MB."; return; }
      this.uploading = true; this.problem = "";
      const form = new FormData(); form.append("berkas", file); form.append("versi", this.ticket.version);
      try {
        const answer = await fetch("/laporan/" + this.ticket.number + "/bukti", { method: "POST", body: form });
        const told = await answer.json();
        if (!answer.ok) this.problem = told.problem; else this.warning = told.warning || "";
      } catch { this.problem = "Berkas tidak dapat diunggah. Periksa sambungan, lalu coba lagi."; }
      this.uploading = false;
    },
  },
  template: `
<main class="content ticket" id="isi">
  <template v-if="ticket">
  <header class="page-head">
    <a class="icon-button" href="/laporan" aria-label="Kembali ke daftar laporan"><i class="i" aria-hidden="true">arrow_back</i></a>
    <div class="grow"><h1>{{ ticket.number }}</h1><div class="muted small">{{ ticket.kind_words }} · masuk {{ ticket.created }} pukul {{ ticket.created_clock }}</div></div>
    <span class="pill big" :class="ticket.status_tone">{{ ticket.status_words }}</span>
    <span v-if="ticket.due_words" class="pill big" :class="ticket.tone">{{ ticket.due_words }}</span>
  </header>
  <p v-if="problem && !doing" class="alert bad" role="alert">{{ problem }}</p>
  <p v-if="ticket.merged_into" class="alert">Laporan ini digabung ke <a :href="'/laporan/' + ticket.merged_into">{{ ticket.merged_into }}</a>.</p>
  <div class="columns">
    <div class="main-column">
      <section class="sheet"><h2>Isi laporan</h2><p class="story-full">{{ ticket.description || 'Tanpa teks.' }}</p>
        <div v-if="ticket.files.length || ticket.merged_files.length" class="gallery">
          <template v-for="file in [...ticket.files, ...ticket.merged_files]" :key="file.id">
            <div v-if="file.problem" class="doc"><i class="i" aria-hidden="true">broken_image</i>{{ file.label }}: {{ file.problem }}</div>
            <button v-else-if="file.type.startsWith('image/')" class="photo" type="button" @click="look(file, $event)" :aria-label="'Perbesar ' + file.label"><img :src="file.url" :alt="file.label" loading="lazy"></button>
            <audio v-else-if="file.type.startsWith('audio/')" controls preload="none" :src="file.url" :aria-label="file.label"></audio>
            <video v-else-if="file.type.startsWith('video/')" controls preload="none" :src="file.url" :aria-label="file.label"></video>
            <a v-else class="doc" :href="file.url" target="_blank" rel="noopener"><i class="i" aria-hidden="true">description</i>{{ file.label }}</a>
          </template>
        </div>
        <div v-if="ticket.pin" class="pin wide-pin"><svg v-if="ticket.pin.map" :viewBox="ticket.pin.map.box" role="img" :aria-label="ticket.pin.words">
            <rect width="100%" height="100%" fill="#e9f0e6"/><circle v-for="r in ticket.pin.map.rings" :key="r" :cx="ticket.pin.map.home[0]" :cy="ticket.pin.map.home[1]" :r="r" fill="none" stroke="#c9d8c8"/>
            <line :x1="ticket.pin.map.home[0]" :y1="ticket.pin.map.home[1]" :x2="ticket.pin.map.at[0]" :y2="ticket.pin.map.at[1]" stroke="#2f6b4f" stroke-dasharray="4 4"/>
            <rect :x="ticket.pin.map.home[0] - 5" :y="ticket.pin.map.home[1] - 5" width="10" height="10" rx="2" fill="#23563f"/><text :x="ticket.pin.map.home[0]" :y="ticket.pin.map.home[1] + 17" font-size="10" text-anchor="middle" fill="#23563f">Kantor</text>
            <path :d="'M' + ticket.pin.map.at[0] + ' ' + ticket.pin.map.at[1] + 'c-9-11-9-20 0-21 9 1 9 10 0 21z'" fill="#c4402b" stroke="#fff"/>
            <line x1="10" y1="150" :x2="10 + ticket.pin.map.scale[0]" y2="150" stroke="#43524a" stroke-width="2"/><text x="10" y="145" font-size="9" fill="#43524a">{{ ticket.pin.map.scale[1] }}</text></svg>
          <div class="where"><span>{{ ticket.pin.words }}</span><a class="small" :href="'geo:' + ticket.pin.lat + ',' + ticket.pin.lon">{{ ticket.pin.lat.toFixed(5) }}, {{ ticket.pin.lon.toFixed(5) }}</a></div></div>
      </section>
      <section class="sheet"><div class="row"><h2 class="grow">Bukti penyelesaian</h2><label class="button tiny" :class="{off: uploading}"><i class="i" aria-hidden="true">{{ uploading ? 'hourglass_top' : 'add_a_photo' }}</i>Tambah bukti<input type="file" class="sr" accept="image/jpeg,image/png,image/webp,application/pdf" @change="attach" :disabled="uploading"></label></div>
        <p v-if="warning" class="alert warn" role="alert">{{ warning }}</p>
        <p v-if="!ticket.proofs.length" class="muted small">Belum ada bukti.</p>
        <div v-else class="gallery"><figure v-for="proof in ticket.proofs" :key="proof.id">
          <button v-if="proof.type.startsWith('image/')" class="photo" type="button" @click="look({url: proof.url, label: proof.name}, $event)" :aria-label="'Perbesar bukti ' + proof.name"><img :src="proof.url" :alt="'Bukti ' + proof.name" loading="lazy"></button>
          <a v-else class="doc" :href="proof.url" target="_blank" rel="noopener"><i class="i" aria-hidden="true">description</i>{{ proof.name }}</a>
          <figcaption class="muted small">{{ proof.by }}, {{ proof.at }}<span v-for="m in proof.matches" :key="m" class="pill late"><i class="i" aria-hidden="true">warning</i>{{ m }}</span></figcaption></figure></div>
      </section>
      <section v-if="ticket.alike.length" class="sheet"><h2>Mungkin tentang hal yang sama</h2>
        <div v-for="other in ticket.alike" :key="other.number" class="neighbour"><div class="grow"><a :href="'/laporan/' + other.number">{{ other.number }}</a> <span class="pill">{{ other.status }}</span> <span class="pill soon">mirip {{ other.likeness }}%</span><p class="small muted">{{ other.description }}</p></div>
          <button v-if="ticket.moves.includes('duplicate')" class="button tiny" type="button" @click="start('merge', other.number)"><i class="i" aria-hidden="true">merge</i>Gabung ke sana</button></div>
      </section>
      <section v-if="ticket.related.length" class="sheet"><h2>Laporan lain dari warga ini</h2>
        <div v-for="other in ticket.related" :key="other.number" class="neighbour"><div class="grow"><a :href="'/laporan/' + other.number">{{ other.number }}</a> <span class="pill">{{ other.status }}</span><p class="small muted">{{ other.description }}</p></div></div>
      </section>
      <section class="sheet"><h2>Riwayat</h2><ol class="history"><li v-for="(event, index) in ticket.history" :key="index"><span class="dot" :class="event.type" aria-hidden="true"></span><div class="grow"><div><b>{{ event.title }}</b></div><p v-if="event.note" class="note-words">{{ event.note }}</p><div class="muted small">{{ event.actor }} · {{ event.when }}</div></div></li></ol></section>
    </div>
    <aside class="side-column" aria-label="Tindakan dan data">
      <section class="sheet actions">
        <button v-if="ticket.can_answer" class="button primary wide" type="button" @click="start('answer')"><i class="i" aria-hidden="true">reply</i>Jawab warga</button>
        <button v-for="move in main_moves" :key="move" class="button wide" :class="{primary: move === 'closed'}" type="button" :disabled="busy" @click="start(move)"><i class="i" aria-hidden="true">{{ actions[move].icon }}</i>{{ actions[move].label }}</button>
        <button class="button quiet wide" type="button" @click="start('fact')"><i class="i" aria-hidden="true">note_add</i>Tambah keterangan</button>
        <details v-if="other_moves.length || ticket.moves.includes('duplicate')"><summary>Tindakan lain</summary>
          <button v-for="move in other_moves" :key="move" class="button danger wide" type="button" @click="start(move)"><i class="i" aria-hidden="true">{{ actions[move].icon }}</i>{{ actions[move].label }}</button>
          <button v-if="ticket.moves.includes('duplicate')" class="button wide" type="button" @click="start('merge')"><i class="i" aria-hidden="true">merge</i>Gabungkan ke laporan lain</button></details>
      </section>
      <section class="sheet"><dl class="facts">
        <dt>Pelapor</dt><dd>{{ ticket.reporter }}</dd>
        <dt>Nomor</dt><dd>{{ ticket.address }}<button v-if="ticket.masked" class="button tiny" type="button" @click="$emit('identity')" style="margin-top:4px">Buka (tercatat)</button></dd>
        <dt>Topik</dt><dd>{{ ticket.category_words }}</dd><dt>Golongan</dt><dd>{{ ticket.class_words }}</dd>
        <template v-if="ticket.service"><dt>Layanan</dt><dd>{{ ticket.service }}</dd></template>
        <dt>Desa</dt><dd>{{ ticket.desa || '—' }}</dd><template v-if="ticket.place"><dt>Tempat</dt><dd>{{ ticket.place }}</dd></template>
        <template v-if="ticket.occurred"><dt>Kejadian</dt><dd>{{ ticket.occurred }}</dd></template>
        <template v-if="ticket.reported_party"><dt>Terlapor</dt><dd>{{ ticket.reported_party }}</dd></template>
        <template v-if="ticket.verify_words"><dt>Verifikasi</dt><dd>{{ ticket.verify }} <span class="pill" :class="ticket.verify_tone">{{ ticket.verify_words }}</span></dd></template>
        <dt>Tenggat</dt><dd>{{ ticket.due }} <span class="muted">({{ ticket.limit_days }} hari kerja)</span></dd>
        <template v-if="ticket.forwarded_to"><dt>Diteruskan</dt><dd>{{ ticket.forwarded_to }}</dd></template>
        <dt>Petugas</dt><dd>{{ ticket.assignee || 'Belum ada' }}</dd></dl>
        <div class="row"><span v-if="ticket.anonymous" class="pill">Anonim</span><span v-if="ticket.confidential" class="pill">Rahasia</span></div>
        <div class="row">
          <form v-if="lead" class="row full" @submit.prevent="$emit('assign', {to: to, version: ticket.version})"><select class="field grow" v-model="to" aria-label="Tugaskan kepada"><option value="">{{ ticket.assignee ? 'Lepas tugas' : 'Pilih petugas…' }}</option><option v-for="p in people" :key="p.id" :value="p.id">{{ p.name }}</option></select><button class="button tiny" type="submit">Tugaskan</button></form>
          <button v-else-if="!ticket.assignee" class="button tiny" type="button" @click="$emit('assign', {to: me, version: ticket.version})">Kerjakan sendiri</button>
          <button v-else-if="ticket.mine" class="button quiet tiny" type="button" @click="$emit('assign', {to: '', version: ticket.version})">Lepas tugas</button>
          <button class="button quiet tiny" type="button" @click="start('reclassify')"><i class="i" aria-hidden="true">edit</i>Ubah golongan</button>
          <a class="button quiet tiny" :href="'/percakapan/' + ticket.conversation"><i class="i" aria-hidden="true">forum</i>Percakapan</a></div>
      </section>
    </aside>
  </div>
  <dialog ref="dialog" class="dialog" @close="$event.target.open || (doing = '')" :aria-label="title">
    <form v-if="doing" @submit.prevent="go">
      <h2>{{ title }}</h2>
      <p v-if="ticket.stopped && doing !== 'fact' && doing !== 'reclassify'" class="alert warn small">Warga ini menulis BERHENTI: hanya jawaban yang dikirim.</p>
      <template v-if="doing === 'reclassify'">
        <label class="label">Jenis<select class="field" v-model="form.kind"><option v-for="o in options.kind" :key="o[0]" :value="o[0]">{{ o[1] }}</option></select></label>
        <label class="label">Topik<select class="field" v-model="form.category"><option v-for="o in options.category" :key="o[0]" :value="o[0]">{{ o[1] }}</option></select></label>
        <label class="label">Desa<select class="field" v-model="form.desa"><option value="">Belum diketahui</option><option v-for="d in options.desa" :key="d" :value="d">{{ d }}</option></select></label>
        <p class="muted small">Laporan tentang sikap petugas atau pungutan liar hanya dapat dilihat inspektur sesudah disimpan.</p>
      </template>
      <template v-else-if="doing === 'merge'">
        <label class="label">Nomor laporan induk<input class="field" v-model="into" placeholder="JTB-261124-7K3F" required maxlength="24"></label>
        <p class="muted small">Laporan ini ditutup sebagai gabungan; isinya ditambahkan ke laporan induk dan warga diberi tahu.</p>
      </template>
      <template v-else>
        <p v-if="doing === 'closed' && !ticket.proofs.length" class="alert warn small">Belum ada bukti. Tambahkan foto bukti lebih dulu, atau tuliskan mengapa tidak ada.</p>
        <label class="label">{{ doing === 'answer' ? 'Jawaban untuk warga' : doing === 'fact' ? 'Keterangan (tidak dikirim kepada warga)' : actions[doing] && actions[doing].ask }}
          <textarea class="field" rows="5" v-model="words" @input="keep" :required="doing === 'answer' || doing === 'fact' || (actions[doing] && actions[doing].must)" maxlength="4000"></textarea></label>
      </template>
      <p v-if="problem" class="alert bad" role="alert">{{ problem }}</p>
      <div class="row end"><button class="button quiet" type="button" @click="close">Batal</button><button class="button primary" type="submit" :disabled="busy">{{ doing === 'answer' ? 'Kirim jawaban' : 'Simpan' }}</button></div>
    </form>
  </dialog>
  </template>
  <div v-if="shown" class="lightbox" role="dialog" aria-modal="true" :aria-label="shown.label" @click.self="unlook"><button ref="photo_close" class="icon-button" type="button" @click="unlook" aria-label="Tutup"><i class="i" aria-hidden="true">close</i></button><img :src="shown.url" :alt="shown.label"></div>
</main>`,
};
