/* The list of conversations: tabs, search, filters, rows. Arrow keys move, Enter opens. */
const TABS = [["mine", "Saya"], ["queue", "Antrean"], ["waiting", "Perlu dibalas"], ["all", "Semua"]];
const HANDLED = { bot: ["smart_toy", "Bot"], queue: ["hourglass_top", "Antrean"], operator: ["support_agent", ""] };

export default {
  props: { rows: Array, selected: String, tab: String, counts: Object, filters: Object, chosen: Object, more: Boolean, crew: Object },
  emits: ["select", "tab", "search", "filter", "more"],
  data: () => ({ text: "", timer: null, tabs: TABS, filtering: false }),
  computed: {
    filter_count() { return Object.values(this.chosen || {}).filter(Boolean).length; },
    empty_words() {
      if (this.text || this.filter_count) return "Tidak ada percakapan yang cocok.";
      return { mine: "Belum ada percakapan yang Anda pegang.", queue: "Antrean kosong. Tidak ada warga yang menunggu petugas.", waiting: "Semua warga sudah dibalas.", all: "Belum ada percakapan." }[this.tab];
    },
  },
  methods: {
    handled(row) { return HANDLED[row.handled]; },
    search() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.$emit("search", this.text), 250);
    },
    clear() { this.text = ""; this.$emit("search", ""); },
    focus_search() { this.$refs.search.focus(); },
    choose(name, value) { this.$emit("filter", { ...(this.chosen || {}), [name]: value }); },
    move(event) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const buttons = [...this.$refs.rows.querySelectorAll("button.conv")];
      const at = buttons.indexOf(document.activeElement);
      const next = buttons[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    },
  },
  template: `
<section class="list" aria-label="Daftar percakapan">
  <header>
    <div class="title"><h1>Percakapan</h1>
      <button class="icon-button" type="button" v-if="filters" @click="filtering = !filtering" :aria-expanded="filtering" :aria-label="'Saring' + (filter_count ? ', ' + filter_count + ' dipakai' : '')" title="Saring">
        <i class="i" aria-hidden="true">{{ filter_count ? 'filter_alt' : 'filter_list' }}</i></button>
    </div>
    <div class="searchbox"><i class="i" aria-hidden="true">search</i>
      <input ref="search" class="field" type="search" v-model="text" @input="search" @keydown.esc="clear" placeholder="Cari nama, nomor, isi pesan, laporan" aria-label="Cari percakapan">
    </div>
    <div v-if="filtering && filters" class="filters">
      <label v-for="(options, name) in filters" :key="name" class="sr-label"><span class="label">{{ options.label }}</span>
        <select class="field" :value="(chosen || {})[name] || ''" @change="choose(name, $event.target.value)">
          <option value="">Semua</option><option v-for="o in options.options" :key="o[0]" :value="o[0]">{{ o[1] }}</option>
        </select></label>
    </div>
    <div class="tabs" role="tablist" aria-label="Kelompok percakapan">
      <button v-for="[key, label] in tabs" :key="key" type="button" role="tab" :id="'tab-' + key" aria-controls="daftar" :aria-selected="tab === key ? 'true' : 'false'" @click="$emit('tab', key)">
        {{ label }}<span v-if="counts[key]" class="n" :class="{hot: key === 'queue'}">{{ counts[key] }}</span>
      </button>
    </div>
  </header>
  <div class="rows" id="daftar" role="tabpanel" :aria-labelledby="'tab-' + tab" ref="rows" @keydown="move" tabindex="-1">
    <button v-for="row in rows" :key="row.id" class="conv" :class="{fresh: row.unread}" type="button" :aria-current="row.id === selected ? 'true' : null" @click="$emit('select', row.id)">
      <span class="avatar" aria-hidden="true"><template v-if="row.initials && row.initials !== '?'">{{ row.initials }}</template><i v-else class="i">person</i></span>
      <span class="grow">
        <span class="top"><span class="name clip">{{ row.name }}</span><time>{{ row.when }}</time></span>
        <span class="said"><span class="clip" v-if="row.typing"><span class="typing-words">{{ row.typing }} sedang mengetik…</span></span><span class="clip" v-else>{{ row.preview }}</span>
          <span v-if="row.unread" class="badge"><span class="sr">pesan baru: </span>{{ row.unread >= 99 ? '99+' : row.unread }}</span></span>
        <span class="tags">
          <span class="pill" :class="row.handled"><i class="i" aria-hidden="true">{{ handled(row)[0] }}</i>{{ row.handled === 'queue' ? (row.place ? row.place + ', menunggu ' : 'Menunggu ') + row.waits : (handled(row)[1] || row.owner) }}</span>
          <span v-if="row.expected" class="small muted" title="Perkiraan giliran, dari laju petugas belakangan ini">{{ row.expected }}</span>
          <span v-if="row.failed" class="pill bad"><i class="i" aria-hidden="true">error</i>Gagal kirim</span>
          <span v-if="row.held" class="pill soon"><i class="i" aria-hidden="true">pause_circle</i>Ditahan</span>
          <span v-if="row.due && row.tone !== 'fine'" class="pill" :class="row.tone">{{ row.due }}</span>
          <span v-else-if="row.ticket" class="pill">{{ row.ticket }}</span>
        </span>
      </span>
    </button>
    <div v-if="!rows.length" class="empty"><i class="i" aria-hidden="true">forum</i><p>{{ empty_words }}</p></div>
    <button v-if="more" class="button quiet wide" type="button" @click="$emit('more')">Tampilkan lebih banyak</button>
  </div>
  <footer v-if="crew" class="crew"><span class="muted small clip">{{ crew.hours }}</span>
    <span class="small clip" v-if="crew.people.length">Bertugas: <span v-for="(p, index) in crew.people" :key="p.name"><span class="presence" :class="{on: p.online}" aria-hidden="true"></span>{{ p.name }}<span class="sr">{{ p.online ? ' (terhubung)' : ' (tidak terhubung)' }}</span><template v-if="index < crew.people.length - 1">, </template></span></span>
    <span class="small muted" v-else>Belum ada yang bertugas.</span></footer>
</section>`,
};
