/* Beside the conversation: its tickets. */
export default {
  props: { tickets: Array, thread: Object },
  emits: ["close"],
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
  <p v-if="thread" class="muted small">Percakapan sejak {{ thread.since }}</p>
</aside>`,
};
