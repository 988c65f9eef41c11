/* The table of tickets. Arrow keys or j and k move, Enter opens, x chooses, / searches. */
const COLUMNS = [["number", "Nomor"], ["status", "Status"], ["", "Isi"], ["category", "Topik"], ["desa", "Desa"], ["due", "Tenggat"], ["", "Petugas"]];
const WHICH = [["open", "Terbuka"], ["ended", "Selesai"], ["all", "Semua"]];

export default {
  props: { rows: Array, total: Number, counted_all: Boolean, page: Number, size: Number, query: Object, options: Object, saved: Array, people: Array, me: String, lead: Boolean },
  emits: ["query", "assign", "save", "forget", "download"],
  data: () => ({ text: "", timer: null, chosen: [], columns: COLUMNS, whiches: WHICH, filtering: false, naming: false, name: "", to: "" }),
  computed: {
    sort() { return this.query.sort || "due"; },
    down() { return this.query.down === "1"; },
    which() { return this.query.which || "open"; },
    active() { return ["status", "kind", "class", "category", "desa", "assigned", "due"].filter((k) => this.query[k]); },
    range() {
      if (!this.total) return "Tidak ada laporan";
      const first = this.page * this.size + 1, last = Math.min(first + this.size - 1, this.page * this.size + this.rows.length);
      return `${first}–${last} dari ${this.counted_all ? this.total.toLocaleString("id") : "lebih dari " + this.total.toLocaleString("id")}`;
    },
    last_page() { return (this.page + 1) * this.size >= this.total; },
    all_chosen() { return this.rows.length > 0 && this.rows.every((r) => this.chosen.includes(r.number)); },
    filters() {
      return [["status", "Status", this.options.status], ["category", "Topik", this.options.category], ["desa", "Desa", this.options.desa], ["class", "Golongan", this.options.class],
        ["kind", "Jenis", this.options.kind], ["due", "Tenggat", [["late", "Sudah lewat"], ["soon", "Tiga hari lagi"]]], ["assigned", "Petugas", [["me", "Saya"], ["nobody", "Belum ada"], ...(this.people || []).map((p) => [p.id, p.name])]]];
    },
  },
  watch: { rows() { this.chosen = this.chosen.filter((n) => this.rows.some((r) => r.number === n)); } },
  mounted() { this.text = this.query.text || ""; this.filtering = this.active.length > 0; document.addEventListener("keydown", this.key); },
  unmounted() { document.removeEventListener("keydown", this.key); },
  methods: {
    ask(changes) { this.$emit("query", { ...this.query, page: "", ...changes }); },
    search() { clearTimeout(this.timer); this.timer = setTimeout(() => this.ask({ text: this.text }), 300); },
    order(key) { if (key) this.ask({ sort: key, down: this.sort === key && !this.down ? "1" : "" }); },
    sorted(key) { return key && this.sort === key ? (this.down ? "descending" : "ascending") : null; },
    choose_all() { this.chosen = this.all_chosen ? [] : this.rows.map((r) => r.number); },
    clear() { this.text = ""; this.$emit("query", { which: this.which }); },
    use(saved) { this.text = saved.query.text || ""; this.$emit("query", saved.query); },
    save() { if (this.name.trim()) this.$emit("save", this.name); this.naming = false; this.name = ""; },
    assign() { this.$emit("assign", { seen: this.rows.filter((r) => this.chosen.includes(r.number)).map((r) => [r.number, r.version]), to: this.to }); this.chosen = []; this.to = ""; },
    open(row) { window.location.href = "/laporan/" + row.number; },
    click(row, event) { if (!event.target.closest("a,input,label")) this.open(row); },
    key(event) {
      if (event.target.closest("input:not([type=checkbox]),select,textarea")) return;
      const rows = [...this.$el.querySelectorAll("tbody tr[tabindex]")];
      const at = rows.indexOf(document.activeElement && document.activeElement.closest("tr"));
      const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
      if (step) { const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))]; if (next) { event.preventDefault(); next.focus(); } }
      else if (event.key === "/") { event.preventDefault(); this.$refs.search.focus(); }
      else if (event.key === "x" && at >= 0) { const n = this.rows[at].number; this.chosen = this.chosen.includes(n) ? this.chosen.filter((c) => c !== n) : [...this.chosen, n]; }
    },
  },
  template: `
<main class="content tickets" id="isi">
  <header class="page-head">
    <h1>Laporan</h1>
    <div class="searchbox grow"><i class="i" aria-hidden="true">search</i><input ref="search" class="field" type="search" v-model="text" @input="search" placeholder="Cari nomor, isi laporan, pelapor" aria-label="Cari laporan"></div>
    <div class="segments" role="group" aria-label="Yang ditampilkan"><button v-for="[key, label] in whiches" :key="key" type="button" :aria-pressed="which === key ? 'true' : 'false'" @click="ask({which: key})">{{ label }}</button></div>
    <button class="button" type="button" @click="filtering = !filtering" :aria-expanded="filtering"><i class="i" aria-hidden="true">filter_list</i>Saring<span v-if="active.length" class="badge">{{ active.length }}</span></button>
    <button class="button" type="button" :disabled="!total" @click="$emit('download')" title="Semua laporan yang cocok dengan saringan, untuk lembar kerja"><i class="i" aria-hidden="true">download</i>Unduh CSV</button>
  </header>
  <div v-if="filtering" class="filter-bar">
    <label v-for="[key, label, options] in filters" :key="key"><span class="label">{{ label }}</span><select class="field" :value="query[key] || ''" @change="ask({[key]: $event.target.value})"><option value="">Semua</option><option v-for="o in options" :key="o[0]" :value="o[0]">{{ o[1] }}</option></select></label>
    <div class="row"><button v-if="active.length || text" class="button quiet tiny" type="button" @click="clear">Hapus saringan</button>
      <button v-if="!naming" class="button tiny" type="button" @click="naming = true"><i class="i" aria-hidden="true">bookmark_add</i>Simpan saringan</button>
      <form v-else class="row" @submit.prevent="save"><input class="field" style="width:200px" v-model="name" maxlength="60" placeholder="Nama saringan" aria-label="Nama saringan" autofocus><button class="button primary tiny" type="submit">Simpan</button></form></div>
  </div>
  <div v-if="saved && saved.length" class="row saved"><span v-for="s in saved" :key="s.id" class="saved-chip"><button type="button" @click="use(s)"><i class="i" aria-hidden="true">bookmark</i>{{ s.name }}</button><button type="button" @click="$emit('forget', s.id)" :aria-label="'Hapus saringan ' + s.name"><i class="i" aria-hidden="true">close</i></button></span></div>
  <div v-if="chosen.length" class="bulk" role="region" aria-label="Laporan terpilih"><span class="strong">{{ chosen.length }} dipilih</span>
    <select class="field" v-model="to" aria-label="Tugaskan kepada"><option value="">Lepas tugas</option><option :value="me">Saya</option><template v-if="lead"><option v-for="p in (people || []).filter(p => p.id !== me)" :key="p.id" :value="p.id">{{ p.name }}</option></template></select>
    <button class="button primary tiny" type="button" @click="assign">Tugaskan</button><button class="button quiet tiny" type="button" @click="chosen = []">Batal</button></div>
  <div class="table-box">
    <table class="grid">
      <thead><tr><th class="tick"><input type="checkbox" :checked="all_chosen" @change="choose_all" aria-label="Pilih semua di halaman ini"></th>
        <th v-for="([key, label], index) in columns" :key="index" scope="col" :class="'c' + index" :aria-sort="sorted(key)"><button v-if="key" type="button" @click="order(key)">{{ label }}<i v-if="sorted(key)" class="i" aria-hidden="true">{{ down ? 'arrow_downward' : 'arrow_upward' }}</i></button><template v-else>{{ label }}</template></th></tr></thead>
      <tbody>
        <tr v-for="row in rows" :key="row.number" tabindex="0" :class="{on: chosen.includes(row.number)}" @click="click(row, $event)" @keydown.enter.self="open(row)">
          <td class="tick"><input type="checkbox" :value="row.number" v-model="chosen" :aria-label="'Pilih ' + row.number"></td>
          <td class="c0"><a :href="'/laporan/' + row.number">{{ row.number }}</a><div class="muted small">{{ row.created }}</div></td>
          <td class="c1"><span class="pill" :class="row.status_tone">{{ row.status }}</span></td>
          <td class="c2"><div class="lines">{{ row.description || '—' }}</div><div class="muted small">{{ row.reporter }}<template v-if="row.confidential"> · rahasia</template></div></td>
          <td class="c3">{{ row.category }}<div class="muted small">{{ row.kind }}</div></td>
          <td class="c4">{{ row.desa || '—' }}</td>
          <td class="c5"><span class="pill" v-if="row.due_words" :class="row.tone">{{ row.due_words }}</span><div class="muted small">{{ row.due }}</div></td>
          <td class="c6">{{ row.assignee || '—' }}</td>
        </tr>
        <tr v-if="!rows.length"><td colspan="8"><div class="empty"><i class="i" aria-hidden="true">inbox</i><p>Tidak ada laporan yang cocok.</p></div></td></tr>
      </tbody>
    </table>
  </div>
  <footer class="pager"><span class="muted small" role="status">{{ range }}</span><span class="grow"></span>
    <button class="button tiny" type="button" :disabled="page === 0" @click="ask({page: String(page - 1)})" aria-label="Halaman sebelumnya"><i class="i" aria-hidden="true">chevron_left</i></button>
    <button class="button tiny" type="button" :disabled="last_page" @click="ask({page: String(page + 1)})" aria-label="Halaman berikutnya"><i class="i" aria-hidden="true">chevron_right</i></button></footer>
</main>`,
};
