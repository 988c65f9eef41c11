/* Beside the conversation: its tickets, and a form that makes one of some messages. */
const uuid = () => crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

export default {
  props: { tickets: Array, thread: Object, messages: Array, options: Object },
  emits: ["close", "split"],
  data: () => ({ making: false, busy: false, problem: "", chosen: [], form: {}, request: "" }),
  computed: { id() { return this.thread ? this.thread.id : ""; } },
  watch: { id() { this.close(); } },
  methods: {
    start() {
      this.making = true; this.problem = ""; this.chosen = []; this.request = uuid();
      this.form = { kind: "complaint", category: "other", desa: "", place: "", anonymous: false, confidential: false };
      this.$nextTick(() => { const d = this.$refs.dialog; if (!d.open) d.showModal(); });
    },
    close() { const d = this.$refs.dialog; if (d && d.open) d.close(); this.making = false; this.busy = false; },
    go() {
      if (!this.chosen.length) { this.problem = "Pilih paling sedikit satu pesan."; return; }
      this.busy = true; this.problem = "";
      this.$emit("split", { ...this.form, message_ids: this.chosen, conversation_id: this.id, request_id: this.request });
    },
    done() { this.close(); },
    failed(problem) { this.busy = false; this.problem = problem; },
  },
  template: `
<aside class="side" aria-label="Laporan">
  <div class="side-head"><h2>Laporan warga ini</h2><button class="icon-button small only-narrow" type="button" @click="$emit('close')" aria-label="Tutup"><i class="i" aria-hidden="true">close</i></button></div>
  <p v-if="!thread" class="muted small">Belum ada percakapan yang dipilih.</p>
  <p v-else-if="!tickets || !tickets.length" class="muted small">Belum ada laporan dari warga ini.</p>
  <article v-for="ticket in tickets" :key="ticket.number" class="card">
    <div class="row"><a class="no grow" :href="'/laporan/' + ticket.number">{{ ticket.number }}</a><span class="pill" :class="ticket.status === 'closed' || ticket.status === 'answered' ? 'good' : ''">{{ ticket.status_words }}</span></div>
    <div class="row"><span class="pill">{{ ticket.category }}</span><span v-if="ticket.due_words" class="pill" :class="ticket.tone">{{ ticket.due_words }}</span><span v-if="ticket.anonymous" class="pill">Anonim</span><span v-if="ticket.confidential" class="pill">Rahasia</span></div>
    <p class="story">{{ ticket.description }}</p>
    <dl class="facts"><dt>Desa</dt><dd>{{ ticket.desa || '—' }}</dd><dt>Masuk</dt><dd>{{ ticket.created }}</dd><dt>Tenggat</dt><dd>{{ ticket.due }}</dd><dt>Petugas</dt><dd>{{ ticket.assignee || 'Belum ada' }}</dd></dl>
  </article>
  <button v-if="thread" class="button wide" type="button" @click="start"><i class="i" aria-hidden="true">post_add</i>Buat laporan dari percakapan</button>
  <p v-if="thread" class="muted small">Percakapan sejak {{ thread.since }}</p>
  <dialog ref="dialog" class="dialog" aria-label="Buat laporan dari percakapan" @close="$event.target.open || (making = false)">
    <form v-if="making" @submit.prevent="go">
      <h2>Buat laporan dari percakapan</h2>
      <fieldset class="pick"><legend class="label">Pesan yang menjadi isi laporan</legend>
        <label v-for="m in messages" :key="m.id"><input type="checkbox" :value="m.id" v-model="chosen"><span class="grow">{{ m.text }}</span><span class="muted small">{{ m.when }}</span></label>
        <p v-if="!messages.length" class="muted small">Belum ada pesan warga yang dapat dipilih.</p></fieldset>
      <div class="two"><label class="label">Jenis<select class="field" v-model="form.kind"><option v-for="o in options.kind" :key="o[0]" :value="o[0]">{{ o[1] }}</option></select></label>
      <label class="label">Topik<select class="field" v-model="form.category"><option v-for="o in options.category" :key="o[0]" :value="o[0]">{{ o[1] }}</option></select></label>
      <label class="label">Desa<select class="field" v-model="form.desa"><option value="">Belum diketahui</option><option v-for="d in options.desa" :key="d" :value="d">{{ d }}</option></select></label>
      <label class="label">Tempat<input class="field" v-model="form.place" maxlength="300" placeholder="blok, RT/RW"></label></div>
      <div class="row"><label class="check"><input type="checkbox" v-model="form.anonymous">Tanpa nama</label><label class="check"><input type="checkbox" v-model="form.confidential">Rahasia</label></div>
      <p v-if="problem" class="alert bad" role="alert">{{ problem }}</p>
      <div class="row end"><button class="button quiet" type="button" @click="close">Batal</button><button class="button primary" type="submit" :disabled="busy">Buat laporan</button></div>
    </form>
  </dialog>
</aside>`,
};
