/* One conversation: who it is, why people have it, and every message. Words are shown as text. */
const TICKS = { clock: "schedule", one: "done", two: "done_all", read: "done_all", held: "pause_circle", error: "error", cancelled: "block" };
const BOLD = /(?<![\p{L}\p{N}])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\p{L}\p{N}])/u;
const KIND_ICONS = { Foto: "image", "Pesan suara": "mic", Video: "videocam", Dokumen: "description", Stiker: "emoji_emotions", "Kartu kontak": "contacts", Lokasi: "place", Pilihan: "touch_app" };

export default {
  props: { thread: Object, others: Array },
  emits: ["take", "back", "hand-back", "release", "retry", "older", "side", "reply", "identity", "flag"],
  data: () => ({ shown: null, note: "", returning: false, opened: null }),
  computed: {
    colleagues() {
      const typing = (this.others || []).filter((o) => o.typing).map((o) => o.name);
      if (typing.length) return typing.join(", ") + " sedang mengetik di percakapan ini";
      const names = (this.others || []).map((o) => o.name);
      return names.length ? names.join(", ") + " juga membuka percakapan ini" : "";
    },
    held_by_other() { return this.thread && this.thread.handled === "operator" && !this.thread.mine; },
  },
  watch: {
    thread(now, before) {
      if (!now) return;
      const other = !before || before.id !== now.id;
      const stream = this.$refs.stream;
      const near = !stream || stream.scrollHeight - stream.scrollTop - stream.clientHeight < 160;
      const height = stream ? stream.scrollHeight : 0, top = stream ? stream.scrollTop : 0;
      const older = !other && before && now.entries.length && before.entries.length && now.entries[0].id !== before.entries[0].id && now.entries.at(-1).id === before.entries.at(-1).id;
      if (other) { this.returning = false; this.note = ""; }
      this.$nextTick(() => {
        const s = this.$refs.stream;
        if (!s) return;
        if (older) s.scrollTop = top + s.scrollHeight - height;
        else if (other || near) s.scrollTop = s.scrollHeight;
      });
    },
  },
  mounted() { document.addEventListener("keydown", this.key); this.$nextTick(() => { const s = this.$refs.stream; if (s) s.scrollTop = s.scrollHeight; }); },
  unmounted() { document.removeEventListener("keydown", this.key); },
  methods: {
    key(event) { if (event.key !== "Escape") return; if (this.shown) this.close(); else this.returning = false; },
    parts(text) { return text.split(BOLD); },  // every second one is bold, as in WhatsApp
    tick(entry) { return TICKS[entry.tick]; },
    kind_icon(entry) { return KIND_ICONS[entry.kind] || "chat"; },
    new_day(index) { return index === 0 || this.thread.entries[index].day !== this.thread.entries[index - 1].day; },
    look(file, event) { this.opened = event.currentTarget; this.shown = file; this.$nextTick(() => this.$refs.close && this.$refs.close.focus()); },
    close() { this.shown = null; if (this.opened) this.opened.focus(); },
    loaded() { const s = this.$refs.stream; if (s && s.scrollHeight - s.scrollTop - s.clientHeight < 420) s.scrollTop = s.scrollHeight; },
    reply(entry) { window.dispatchEvent(new CustomEvent("wadul-reply", { detail: { id: entry.id, text: entry.text } })); },
    give_back() { this.$emit("hand-back", this.note); this.returning = false; this.note = ""; },
    ask_note() { this.returning = true; this.$nextTick(() => this.$refs.note.focus()); },
  },
  template: `
<div class="conversation" id="isi" tabindex="-1">
  <div v-if="!thread" class="empty"><i class="i" aria-hidden="true">question_answer</i><p>Pilih percakapan di sebelah kiri untuk membacanya.</p></div>
  <template v-else>
    <div class="conv-head">
      <button class="icon-button only-phone" type="button" @click="$emit('back')" aria-label="Kembali ke daftar"><i class="i" aria-hidden="true">arrow_back</i></button>
      <span class="avatar" aria-hidden="true"><template v-if="thread.initials !== '?'">{{ thread.initials }}</template><i v-else class="i">person</i></span>
      <div class="grow">
        <h2 class="clip">{{ thread.name }}</h2>
        <div class="muted small clip">{{ thread.number }}<template v-if="thread.handled === 'operator'"> · {{ thread.mine ? 'Anda yang membantu' : 'Dibantu ' + thread.owner }}</template><template v-else> · {{ thread.handled_words }}</template></div>
      </div>
      <button v-if="thread.masked" class="button quiet tiny" type="button" @click="$emit('identity')" title="Tindakan ini tercatat"><i class="i" aria-hidden="true">visibility</i><span class="hide-phone">Buka identitas</span></button>
      <button v-if="thread.handled !== 'operator'" class="button primary" type="button" @click="$emit('take', false)"><i class="i" aria-hidden="true">front_hand</i>Ambil alih</button>
      <button v-else-if="thread.mine" class="button" type="button" @click="ask_note"><i class="i" aria-hidden="true">smart_toy</i>Kembalikan</button>
      <button v-else-if="thread.can_force" class="button" type="button" @click="$emit('take', true)">Ambil dari {{ thread.owner }}</button>
      <button class="icon-button only-narrow" type="button" @click="$emit('side')" aria-label="Lihat laporan"><i class="i" aria-hidden="true">assignment</i></button>
    </div>
    <form v-if="returning" class="brief" @submit.prevent="give_back">
      <label class="label" for="catatan-bot" style="margin:0">Dibantu soal apa? (disampaikan bot kepada warga; boleh kosong)</label>
      <input id="catatan-bot" ref="note" class="field" v-model="note" maxlength="500" placeholder="misalnya: syarat KK hilang">
      <div class="row"><button class="button primary tiny" type="submit">Kembalikan ke bot</button>
      <button class="button tiny" type="button" @click="$emit('release'); returning = false">Kembalikan ke antrean</button>
      <button class="button quiet tiny" type="button" @click="returning = false">Batal</button></div>
    </form>
    <div v-if="thread.brief" class="brief" aria-label="Ringkasan">
      <i class="i" aria-hidden="true">info</i>
      <span v-if="thread.brief.reason"><b>{{ thread.brief.reason }}</b><template v-if="thread.brief.since"> · {{ thread.brief.since }} yang lalu</template></span>
      <span v-if="thread.brief.intent">Bot memahami: <b>{{ thread.brief.intent }}</b> ({{ thread.brief.confidence }})</span>
      <span v-for="[name, value] in thread.brief.found" :key="name">{{ name }}: <b>{{ value }}</b></span>
      <span v-if="thread.brief.language">Bahasa: <b>{{ thread.brief.language }}</b></span>
      <span v-for="line in thread.brief.open" :key="line">{{ line }}</span>
    </div>
    <div v-if="colleagues" class="colleagues" role="status">{{ colleagues }}</div>
    <div class="stream" ref="stream" role="log" aria-label="Isi percakapan" tabindex="0">
      <button v-if="thread.has_older" class="button quiet tiny older" type="button" @click="$emit('older')">Pesan sebelumnya</button>
      <template v-for="(entry, index) in thread.entries" :key="entry.id">
        <div v-if="new_day(index)" class="day">{{ entry.day }}</div>
        <div v-if="entry.entry === 'event'" class="event"><i class="i" aria-hidden="true">swap_horiz</i>{{ entry.text }} <span>{{ entry.clock }}</span></div>
        <article v-else class="msg" :class="[entry.entry, entry.by, {'hidden-words': entry.hidden}]">
          <button v-if="entry.entry === 'in' && !entry.hidden && thread.window_open" class="icon-button small answer" type="button" @click="reply(entry)" aria-label="Balas pesan ini" title="Balas pesan ini"><i class="i" aria-hidden="true">reply</i></button>
          <div v-if="entry.author || entry.entry === 'note'" class="by"><i v-if="entry.by === 'bot'" class="i" aria-hidden="true">smart_toy</i><i v-if="entry.entry === 'note'" class="i" aria-hidden="true">sticky_note_2</i>{{ entry.author }}<span v-if="entry.entry === 'note'" class="muted">· catatan dalam</span><span v-if="entry.template" class="pill">templat</span></div>
          <div v-if="entry.quoted" class="quoted">{{ entry.quoted }}</div>
          <template v-for="file in entry.files" :key="file.id">
            <div v-if="file.problem" class="kind"><i class="i" aria-hidden="true">broken_image</i>{{ file.label }}: {{ file.problem }}</div>
            <button v-else-if="file.type.startsWith('image/')" class="photo" type="button" @click="look(file, $event)" :aria-label="'Perbesar ' + file.label"><img :src="file.url" :alt="file.label" loading="lazy" @load="loaded"></button>
            <audio v-else-if="file.type.startsWith('audio/')" controls preload="none" :src="file.url" :aria-label="file.label"></audio>
            <video v-else-if="file.type.startsWith('video/')" controls preload="none" :src="file.url" :aria-label="file.label"></video>
            <a v-else class="doc" :href="file.url" target="_blank" rel="noopener"><i class="i" aria-hidden="true">description</i>{{ file.label }}</a>
          </template>
          <div v-if="entry.pin" class="pin"><svg v-if="entry.pin.map" :viewBox="entry.pin.map.box" role="img" :aria-label="entry.pin.words">
              <rect width="100%" height="100%" fill="#e9f0e6"/><circle v-for="r in entry.pin.map.rings" :key="r" :cx="entry.pin.map.home[0]" :cy="entry.pin.map.home[1]" :r="r" fill="none" stroke="#c9d8c8"/>
              <line :x1="entry.pin.map.home[0]" :y1="entry.pin.map.home[1]" :x2="entry.pin.map.at[0]" :y2="entry.pin.map.at[1]" stroke="#2f6b4f" stroke-dasharray="4 4"/>
              <g v-for="v in entry.pin.map.villages" :key="v[2]"><circle :cx="v[0]" :cy="v[1]" r="2.5" fill="#7d8f82"/><text :x="v[0] + 5" :y="v[1] + 3" font-size="9" fill="#53625a">{{ v[2] }}</text></g>
              <rect :x="entry.pin.map.home[0] - 5" :y="entry.pin.map.home[1] - 5" width="10" height="10" rx="2" fill="#23563f"/><text :x="entry.pin.map.home[0]" :y="entry.pin.map.home[1] + 17" font-size="10" text-anchor="middle" fill="#23563f">Kantor</text>
              <path :d="'M' + entry.pin.map.at[0] + ' ' + entry.pin.map.at[1] + 'c-9-11-9-20 0-21 9 1 9 10 0 21z'" fill="#c4402b" stroke="#fff"/>
              <g v-if="entry.pin.map.scale"><line x1="10" y1="150" :x2="10 + entry.pin.map.scale[0]" y2="150" stroke="#43524a" stroke-width="2"/><text x="10" y="145" font-size="9" fill="#43524a">{{ entry.pin.map.scale[1] }}</text></g>
            </svg>
            <div class="where"><span>{{ entry.pin.words }}</span><span class="muted" v-if="entry.pin.place">{{ entry.pin.place }}</span>
              <a :href="'geo:' + entry.pin.lat + ',' + entry.pin.lon" class="small">{{ entry.pin.lat.toFixed(5) }}, {{ entry.pin.lon.toFixed(5) }}</a></div></div>
          <div v-if="entry.kind && !entry.files.length && !entry.pin && entry.kind !== 'Pilihan'" class="kind"><i class="i" aria-hidden="true">{{ kind_icon(entry) }}</i>{{ entry.kind }}</div>
          <div v-if="entry.text" class="words"><template v-for="(part, at) in parts(entry.text)" :key="at"><strong v-if="at % 2">{{ part }}</strong><template v-else>{{ part }}</template></template></div>
          <div v-if="entry.tick === 'held'" class="held-words">{{ entry.state }}. {{ entry.error }}</div>
          <div v-if="entry.tick === 'cancelled'" class="held-words">{{ entry.state }}. <button v-if="thread.mine && entry.can_retry" class="button tiny" type="button" @click="$emit('retry', entry.id)">Kirim juga</button></div>
          <div v-if="entry.tick === 'error'" class="fault"><span>{{ entry.state }}. {{ entry.error }}</span><button v-if="entry.can_retry" class="button tiny" type="button" @click="$emit('retry', entry.id)"><i class="i" aria-hidden="true">refresh</i>Kirim ulang</button></div>
          <div class="foot"><button v-if="entry.entry === 'in' && entry.understood" class="flag" type="button" :class="{on: entry.flagged}" @click="$emit('flag', {id: entry.id, on: !entry.flagged})" :aria-label="entry.flagged ? 'Batalkan tanda salah paham' : 'Tandai salah paham'" :title="'Bot memahami: ' + entry.understood + (entry.flagged ? '. Ditandai salah paham.' : '. Klik bila bot salah paham.')"><i class="i" aria-hidden="true">{{ entry.flagged ? 'flag' : 'outlined_flag' }}</i>{{ entry.flagged ? 'salah paham' : '' }}</button><span v-if="entry.flooded">terlalu banyak pesan</span><time>{{ entry.clock }}</time><i v-if="entry.tick" class="i" :class="entry.tick" :title="entry.state" role="img" :aria-label="entry.state">{{ tick(entry) }}</i></div>
        </article>
      </template>
    </div>
  </template>
  <div v-if="shown" class="lightbox" role="dialog" aria-modal="true" :aria-label="shown.label" @click.self="close">
    <button ref="close" class="icon-button" type="button" @click="close" aria-label="Tutup"><i class="i" aria-hidden="true">close</i></button>
    <img :src="shown.url" :alt="shown.label">
  </div>
</div>`,
};
