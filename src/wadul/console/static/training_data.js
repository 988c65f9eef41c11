/* The examples: search, change in place, move, delete, paste many; findings stand beside them. */
export default {
  props: { tabs: Array, labels: Array, rows: Array, total: Number, page: Number, size: Number, query: Object, problem: String, findings: Array, errors: Number, warnings: Number, checking: Boolean },
  emits: ["query", "check", "save", "move", "remove", "pasted", "deep"],
  data: () => ({ words: "", label: "", timer: null, checker: null, chosen: [], editing: null, text: "", fault: "", found: [], moving: "", asking: null, pasting: false, paste: "", paste_label: "", preview: null, busy: false, file: null }),
  computed: {
    range() { if (!this.total) return "Tidak ada kalimat"; const a = this.page * this.size + 1; return `${a}–${Math.min(a + this.size - 1, this.total)} dari ${this.total.toLocaleString("id")}`; },
    last() { return (this.page + 1) * this.size >= this.total; },
    picked() { return (this.rows || []).filter((r) => this.chosen.includes(r.place)); },
    lines() { return this.paste.split("\n").filter((l) => l.trim()).length; },
  },
  watch: { rows() { this.chosen = this.chosen.filter((p) => this.rows.some((r) => r.place === p)); this.follow(); }, query(q) { if (q) { this.label = q.label; } } },
  methods: {
    ask(changes) { this.$emit("query", { words: this.words, label: this.label, place: "", page: 0, ...changes }); },
    typed() { clearTimeout(this.timer); this.timer = setTimeout(() => this.ask({}), 250); },
    go_to(finding) { this.words = ""; this.label = ""; this.ask({ place: finding.place }); },
    edit(row) { this.editing = row; this.text = row.source; this.fault = ""; this.found = []; this.$nextTick(() => { const f = this.$refs.edit; if (f && f[0]) f[0].focus(); }); },
    follow() { // the lines moved: what is being written stays with its sentence, or by itself
      const now = this.editing;
      if (now) this.editing = this.rows.find((r) => r.file === now.file && r.label === now.label && r.source === now.source) || { ...now, place: "" };
    },
    stop() { this.editing = null; this.fault = ""; this.found = []; },
    save() { this.busy = true; this.$emit("save", { place: this.editing.place, file: this.editing.file, version: this.editing.version, marked: this.editing.marked, text: this.text }); },
    checking_text() { clearTimeout(this.checker); this.checker = setTimeout(() => this.editing && this.$emit("check", { text: this.text, label: this.editing.label, place: this.editing.place, marked: this.editing.marked }), 300); },
    checked(text, found) { if (text === this.text) this.found = found; },
    ask_remove(rows) { this.asking = { rows }; this.$nextTick(() => this.$refs.ask.showModal()); },
    remove() { this.$emit("remove", { rows: this.asking.rows }); this.$refs.ask.close(); },
    move(rows, to) { if (to) this.$emit("move", { rows, to }); this.moving = ""; },
    done() { this.busy = false; this.chosen = []; this.stop(); },
    failed(problem) { this.busy = false; this.fault = problem; if (!this.editing) this.$nextTick(() => { const a = this.$el.querySelector("[role=alert]"); if (a) a.scrollIntoView({ block: "nearest" }); }); },
    open_paste() { this.pasting = true; this.preview = null; this.fault = ""; this.paste_label = this.label; this.$nextTick(() => this.$refs.paste.showModal()); },
    close_paste() { this.pasting = false; this.paste = ""; this.file = null; this.preview = null; this.fault = ""; },
    async send(write) {
      this.busy = true; this.fault = "";
      const where = "/latihan/tempel?label=" + encodeURIComponent(this.paste_label) + (write ? "&tulis=" + encodeURIComponent(this.preview.digest) : "");
      try {
        const answer = await fetch(where, { method: "POST", headers: { "Content-Type": "text/plain;charset=utf-8" }, body: this.file || this.paste });
        const told = await answer.json();
        if (told.problem) { this.fault = told.problem; this.preview = null; } else { this.preview = told; if (told.written) this.$emit("pasted"); }
      } catch { this.fault = "Sambungan terputus. Tempelan Anda masih ada di sini; coba lagi."; }
      this.busy = false;
    },
  },
  template: `
<main class="content training data" id="isi">
  <nav class="subnav" aria-label="Latihan"><a v-for="t in tabs" :key="t.key" :href="t.href" :aria-current="t.key === 'data' ? 'page' : null">{{ t.label }}</a></nav>
  <header class="page-head"><h1>Contoh kalimat</h1>
    <div class="searchbox grow"><i class="i" aria-hidden="true">search</i><input class="field" type="search" v-model="words" @input="typed" placeholder="Cari kata" aria-label="Cari contoh"></div>
    <select class="field label-pick" v-model="label" @change="ask({})" aria-label="Label"><option value="">Semua label</option><option v-for="l in labels" :key="l.label" :value="l.label">{{ l.words }} · {{ l.label }} ({{ l.count }})</option></select>
    <button class="button primary" type="button" @click="open_paste"><i class="i" aria-hidden="true">add</i>Tambah contoh</button></header>
  <p v-if="problem" class="alert bad" role="alert">{{ problem }} Model yang melayani tidak terpengaruh.</p>
  <p v-if="fault && !editing && !pasting" class="alert bad" role="alert">{{ fault }}</p>
  <div v-if="chosen.length" class="bulk" role="region" aria-label="Kalimat terpilih"><span class="strong">{{ chosen.length }} dipilih</span><select class="field" v-model="moving" aria-label="Pindahkan ke"><option value="">Pindahkan ke…</option><option v-for="l in labels" :key="l.label" :value="l.label">{{ l.words }} · {{ l.label }}</option></select><button class="button primary tiny" type="button" :disabled="!moving" @click="move(picked, moving)">Pindahkan</button><button class="button danger tiny" type="button" @click="ask_remove(picked)">Hapus</button><button class="button quiet tiny" type="button" @click="chosen = []">Batal</button></div>
  <div class="data-columns"><div>
    <p v-if="query && query.place" class="alert">Menampilkan {{ query.place }}. <button class="button quiet tiny" type="button" @click="ask({})">Tampilkan semua</button></p>
    <div v-if="editing && !editing.place" class="alert warn"><p v-if="fault" role="alert">{{ fault }}</p><p>Contoh “{{ editing.text }}” tidak ada lagi di sini. Tulisan Anda: <b>{{ text }}</b></p><button class="button tiny" type="button" @click="stop">Tutup</button></div>
    <ul class="examples" aria-label="Contoh">
      <li v-for="row in rows" :key="row.place"><input type="checkbox" :value="row.place" v-model="chosen" :aria-label="'Pilih: ' + row.text">
        <form v-if="editing && editing.place === row.place" class="grow" @submit.prevent="save"><input ref="edit" class="field" v-model="text" maxlength="4096" @input="checking_text" @keydown.esc="stop" :aria-label="row.marked ? 'Kalimat dengan tanda entitas' : 'Kalimat'">
          <p v-if="row.marked" class="muted small">Memakai tanda entitas: [kata](jenis).</p><p v-if="fault" class="alert bad" role="alert">{{ fault }}</p>
          <p v-for="f in found" :key="f.place" class="alert" :class="f.bad ? 'bad' : 'warn'" role="status">{{ f.message }} {{ f.advice }}</p>
          <div class="row"><button class="button primary tiny" type="submit" :disabled="busy">Simpan</button><button class="button quiet tiny" type="button" @click="stop">Batal</button></div></form>
        <template v-else><div class="grow"><span class="sentence">{{ row.text }}</span><span class="muted small">{{ row.words }} · <code>{{ row.place }}</code></span></div>
          <button class="icon-button small" type="button" @click="edit(row)" :aria-label="'Ubah: ' + row.text"><i class="i" aria-hidden="true">edit</i></button><button class="icon-button small" type="button" @click="ask_remove([row])" :aria-label="'Hapus: ' + row.text"><i class="i" aria-hidden="true">delete</i></button></template></li>
      <li v-if="!rows.length" class="empty"><p>Tidak ada contoh yang cocok.</p></li></ul>
    <footer class="pager"><span class="muted small" role="status">{{ range }}</span><span class="grow"></span><button class="button tiny" type="button" :disabled="page === 0" @click="ask({page: page - 1})" aria-label="Halaman sebelumnya"><i class="i" aria-hidden="true">chevron_left</i></button><button class="button tiny" type="button" :disabled="last" @click="ask({page: page + 1})" aria-label="Halaman berikutnya"><i class="i" aria-hidden="true">chevron_right</i></button></footer>
  </div>
  <section class="sheet findings" aria-label="Hasil pemeriksaan"><h2>Pemeriksaan <span v-if="checking" class="muted small" role="status">sedang berjalan…</span></h2>
    <p class="row"><template v-if="errors !== null && errors !== undefined"><span class="pill" :class="errors ? 'bad' : 'good'">{{ errors }} kesalahan</span><span class="pill" :class="{soon: warnings}">{{ warnings }} peringatan</span></template><span class="grow"></span><button class="button quiet tiny" type="button" :disabled="checking" @click="$emit('deep')" title="Pemeriksaan Rasa dan kalimat semakna; beberapa menit">Periksa lengkap</button></p>
    <ol tabindex="0" aria-label="Temuan"><li v-for="(f, i) in findings" :key="i"><span class="pill" :class="f.bad ? 'bad' : 'soon'">{{ f.bad ? 'salah' : 'ingat' }}</span> <button v-if="f.shown" class="link" type="button" @click="go_to(f)">{{ f.place }}</button><code v-else>{{ f.place }}</code><p>{{ f.message }}</p><p class="muted">{{ f.advice }}</p></li><li v-if="!(findings || []).length && !checking" class="muted">Tidak ada temuan.</li></ol></section></div>
  <dialog ref="ask" class="dialog" aria-label="Hapus contoh?" @close="$event.target.open || (asking = null)"><form v-if="asking" @submit.prevent="remove"><h2>Hapus {{ asking.rows.length }} contoh?</h2><p v-for="r in asking.rows.slice(0, 5)" :key="r.place">“{{ r.text }}”</p><p class="muted small">Berkasnya berubah; di git masih dapat dikembalikan.</p><div class="row end"><button class="button quiet" type="button" @click="$refs.ask.close()">Batal</button><button class="button danger" type="submit">Hapus</button></div></form></dialog>
  <dialog ref="paste" class="dialog wide-dialog" aria-label="Tambah contoh" @close="close_paste"><form v-if="pasting" @submit.prevent="send(false)"><h2>Tambah contoh</h2>
    <label class="label">Label<select class="field" v-model="paste_label" required @change="preview = null"><option value="" disabled>pilih…</option><option v-for="l in labels" :key="l.label" :value="l.label">{{ l.words }} · {{ l.label }}</option></select></label>
    <label class="label">Kalimat, satu per baris<textarea class="field" v-model="paste" rows="9" :required="!file" :disabled="Boolean(file)" @input="preview = null"></textarea><span class="muted small help">{{ lines.toLocaleString("id") }} baris. NIK dan nomor telepon disamarkan; nama orang ganti sendiri. Tanda [ ] ( ) { } boleh.</span></label>
    <label class="label">atau berkas teks<input class="field" type="file" accept=".txt,.csv,text/plain" @change="file = $event.target.files[0] || null; preview = null"></label>
    <p v-if="fault" class="alert bad" role="alert">{{ fault }}</p>
    <div v-if="preview" class="preview" role="status"><p v-if="preview.written" class="alert">{{ preview.new.toLocaleString("id") }} kalimat ditulis ke {{ preview.file }}.</p><template v-else><p class="strong">{{ preview.new.toLocaleString("id") }} kalimat baru untuk {{ preview.file }}</p><p class="small">{{ preview.known.toLocaleString("id") }} sudah ada atau berulang, dilewati · {{ preview.elsewhere_count }} ada di label lain, tidak ditambahkan · {{ preview.masked }} disamarkan · {{ preview.refused }} ditolak (kosong atau terlalu panjang)</p>
      <ul><li v-for="(t, i) in preview.first" :key="i">+ {{ t }}</li><li v-if="preview.new > preview.first.length" class="muted">… dan {{ (preview.new - preview.first.length).toLocaleString("id") }} lagi</li><li v-for="e in preview.elsewhere" :key="e.text" class="muted">! {{ e.text }} — sudah di {{ e.place }}</li></ul></template></div>
    <div class="row end"><button class="button quiet" type="button" @click="$refs.paste.close()">{{ preview && preview.written ? 'Tutup' : 'Batal' }}</button><button v-if="!preview" class="button primary" type="submit" :disabled="busy || !paste_label || !(lines || file)">Pratinjau</button><button v-else-if="!preview.written" class="button primary" type="button" :disabled="busy || !preview.new" @click="send(true)">Tulis {{ preview.new.toLocaleString("id") }} kalimat</button></div></form></dialog>
</main>`,
};
