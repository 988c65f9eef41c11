/* Week by week: how much the bot understood by itself, and where people had to step in. */
export default {
  props: { tabs: Array, weeks: Array, mistaken: Array },
  template: `
<main class="content training report" id="isi">
  <nav class="subnav" aria-label="Latihan"><a v-for="t in tabs" :key="t.key" :href="t.href" :aria-current="t.key === 'report' ? 'page' : null">{{ t.label }}</a></nav>
  <header class="page-head"><div class="grow"><h1>Hasil latihan bagi warga</h1><p class="muted">Dipahami: bot tahu maksudnya dan tidak ada petugas yang perlu turun tangan karenanya.</p></div></header>
  <figure class="sheet"><figcaption class="strong">Pesan yang dipahami tanpa petugas</figcaption>
    <div class="bars" tabindex="0" role="img" :aria-label="'Bagian yang dipahami per minggu: ' + weeks.map(w => w.week + ' ' + w.share_words).join(', ')"><div v-for="w in weeks" :key="w.week" class="bar-column"><span class="small strong">{{ w.share_words }}</span><span class="bar-box"><span class="bar-fill" :style="{height: Math.round((w.share || 0) * 100) + '%'}"></span></span><span class="small muted">{{ w.week.slice(0, -5) }}</span></div></div></figure>
  <div class="table-box" tabindex="0" role="region" aria-label="Per minggu"><table class="grid stack"><thead><tr><th scope="col">Minggu dari</th><th scope="col">Giliran</th><th scope="col">Dipahami</th><th scope="col">Tak jelas</th><th scope="col">Dijawab petugas</th><th scope="col">Alih ke petugas karena</th><th scope="col">Laporan</th><th scope="col">Semula dikira lain</th></tr></thead>
    <tbody><tr v-for="w in [...weeks].reverse()" :key="w.week"><td>{{ w.week }}</td><td data-label="giliran ">{{ w.turns }}</td><td data-label="dipahami ">{{ w.share_words }}</td><td data-label="tak jelas ">{{ w.unclear }}</td><td data-label="petugas ">{{ w.operators }}</td><td data-label="alih: ">{{ w.causes }}</td><td data-label="laporan ">{{ w.complaints }}</td><td data-label="dikira lain ">{{ w.mistaken }}<span v-if="w.mistaken_words" class="muted small"> ({{ w.mistaken_words }})</span></td></tr></tbody></table></div>
  <section class="sheet"><h2>Laporan yang semula dikira lain</h2><p class="muted small">Kata-katanya disamarkan. Inilah bahan latihan terbaik; nilailah di halaman Pesan.</p><ul class="mistaken"><li v-for="m in mistaken" :key="m.number"><span>“{{ m.text }}”</span><span class="small muted">{{ m.number }} · dikira {{ m.taken }} · ternyata {{ m.became }}</span></li><li v-if="!mistaken.length" class="muted">Tidak ada dalam masa ini.</li></ul></section>
</main>`,
};
