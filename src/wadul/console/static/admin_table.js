/* A list of things that can be added, changed and acted on; what there is comes from the server. */
export default {
  props: { title: String, intro: String, add_label: String, adds: Array, columns: Array, rows: Array, fields: Array, more: Boolean, tabs: Array, active: String },
  emits: ["save", "act", "more"],
  data: () => ({ editing: null, values: {}, busy: false, problem: "", asking: null, told: null, text: "" }),
  computed: {
    shown() { const t = this.text.trim().toLowerCase(); return t ? this.rows.filter((r) => Object.values(r.cells).join(" ").toLowerCase().includes(t)) : this.rows; },
    form_fields() { return this.fields_of(this.editing).filter((f) => !(f.only_new && this.editing && this.editing.id)); },
  },
  mounted() { const tab = this.$el.querySelector(".subnav [aria-current]"); if (tab) tab.scrollIntoView({ block: "nearest", inline: "center" }); },
  methods: {
    fields_of(row) { return (row && row.fields) || this.fields || []; },
    add(one) { this.open({ id: "", add: one.key, version: "", values: {}, fields: one.fields, title: one.label }); },
    open(row) {
      this.editing = row || { id: "", version: "", values: {} }; this.problem = "";
      this.values = Object.fromEntries(this.fields_of(this.editing).map((f) => [f.name, this.editing.values[f.name] ?? f.value ?? (f.type === "checkbox" ? false : "")]));
      this.$nextTick(() => { const d = this.$refs.dialog; if (!d.open) d.showModal(); const first = d.querySelector("input,select,textarea"); if (first) first.focus(); });
    },
    close() { const d = this.$refs.dialog; if (d.open) d.close(); this.editing = null; this.busy = false; },
    save() { this.busy = true; this.problem = ""; this.$emit("save", { id: this.editing.id, add: this.editing.add || "", version: this.editing.version, values: this.values }); },
    act(row, action) { if (action.confirm) { this.asking = { row, action }; this.$nextTick(() => this.$refs.ask.showModal()); } else this.do_act(row, action); },
    do_act(row, action) { if (this.$refs.ask && this.$refs.ask.open) this.$refs.ask.close(); this.asking = null; this.$emit("act", { id: row.id, version: row.version, action: action.key }); },
    done() { this.close(); },
    failed(problem) { this.busy = false; this.problem = problem; },
    tell(title, text) { this.told = { title, text }; this.$nextTick(() => this.$refs.told.showModal()); },
  },
  template: `
<main class="content admin" id="isi">
  <nav class="subnav" aria-label="Pengelolaan"><a v-for="t in tabs" :key="t.key" :href="t.href" :aria-current="t.key === active ? 'page' : null">{{ t.label }}</a></nav>
  <header class="page-head"><div class="grow"><h1>{{ title }}</h1><p class="muted">{{ intro }}</p></div>
    <div class="searchbox" v-if="rows && rows.length > 8"><i class="i" aria-hidden="true">search</i><input class="field" type="search" v-model="text" placeholder="Saring daftar" aria-label="Saring daftar"></div>
    <button v-if="add_label" class="button primary" type="button" @click="open(null)"><i class="i" aria-hidden="true">add</i>{{ add_label }}</button>
    <button v-for="a in adds || []" :key="a.key" class="button" type="button" @click="add(a)"><i class="i" aria-hidden="true">add</i>{{ a.label }}</button></header>
  <p v-if="problem && !editing" class="alert bad" role="alert">{{ problem }}</p>
  <div class="table-box"><table class="grid stack"><thead><tr><th v-for="c in columns" :key="c.key" scope="col">{{ c.label }}</th><th v-if="fields || rows.some(r => r.actions)" scope="col"><span class="sr">Tindakan</span></th></tr></thead>
    <tbody><tr v-for="row in shown" :key="row.id"><td v-for="c in columns" :key="c.key"><span v-if="c.kind === 'pill' && row.cells[c.key]" class="pill" :class="(row.tones || {})[c.key]">{{ row.cells[c.key] }}</span><code v-else-if="c.kind === 'code'">{{ row.cells[c.key] }}</code><span v-else class="lines">{{ row.cells[c.key] }}</span></td>
      <td v-if="fields || row.actions" class="acts"><button v-if="fields && !row.fixed" class="button tiny" type="button" @click="open(row)" :aria-label="'Ubah ' + row.label">Ubah</button><button v-for="a in row.actions || []" :key="a.key" class="button tiny" :class="{danger: a.danger}" type="button" @click="act(row, a)" :aria-label="a.label + ' ' + row.label">{{ a.label }}</button></td></tr>
      <tr v-if="!shown.length"><td :colspan="columns.length + 1"><div class="empty"><p>Belum ada isi.</p></div></td></tr></tbody></table></div>
  <button v-if="more" class="button quiet" type="button" @click="$emit('more')">Tampilkan yang lebih lama</button>
  <dialog ref="dialog" class="dialog" :aria-label="title" @close="$event.target.open || (editing = null)"><form v-if="editing" @submit.prevent="save"><h2>{{ editing.id ? 'Ubah ' + (editing.label || '') : editing.title || add_label }}</h2>
    <template v-for="f in form_fields" :key="f.name">
      <label v-if="f.type === 'checkbox'" class="check"><input type="checkbox" v-model="values[f.name]">{{ f.label }}</label>
      <label v-else class="label">{{ f.label }}
        <select v-if="f.type === 'select'" class="field" v-model="values[f.name]" :required="f.required"><option v-for="o in f.options" :key="o[0]" :value="o[0]">{{ o[1] }}</option></select>
        <textarea v-else-if="f.type === 'textarea'" class="field" v-model="values[f.name]" :rows="f.rows || 4" :required="f.required" :maxlength="f.max || 4000"></textarea>
        <input v-else class="field" :type="f.type || 'text'" v-model="values[f.name]" :required="f.required" :maxlength="f.max || 400" :placeholder="f.placeholder || ''" autocomplete="off" :autocapitalize="f.plain ? 'none' : null">
        <span v-if="f.help" class="muted small help">{{ f.help }}</span></label>
    </template>
    <p v-if="problem" class="alert bad" role="alert">{{ problem }}</p>
    <div class="row end"><button class="button quiet" type="button" @click="close">Batal</button><button class="button primary" type="submit" :disabled="busy">Simpan</button></div></form></dialog>
  <dialog ref="ask" class="dialog" aria-label="Yakin?" @close="$event.target.open || (asking = null)"><form v-if="asking" @submit.prevent="do_act(asking.row, asking.action)"><h2>{{ asking.action.label }}: {{ asking.row.label }}</h2><p>{{ asking.action.confirm }}</p><div class="row end"><button class="button quiet" type="button" @click="$refs.ask.close()">Batal</button><button class="button primary" type="submit">Lanjutkan</button></div></form></dialog>
  <dialog ref="told" class="dialog" aria-label="Pemberitahuan" @close="$event.target.open || (told = null)"><form v-if="told" method="dialog"><h2>{{ told.title }}</h2><p class="told"><code>{{ told.text }}</code></p><p class="muted small">Berlaku satu kali selama satu jam. Berikan hanya kepada orangnya.</p><div class="row end"><button class="button primary" type="submit">Tutup</button></div></form></dialog>
</main>`,
};
