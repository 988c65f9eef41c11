/* One's own account: password, sessions, sound. */
export default {
  props: { name: String, role: String, office: String, second: Boolean, sessions: Array },
  emits: ["password", "everywhere"],
  data: () => ({ old: "", fresh: "", again: "", busy: false, problem: "", good: "", silent: false }),
  mounted() { this.silent = !!localStorage.getItem("wadul-silent"); },
  methods: {
    save() {
      this.problem = this.good = "";
      if (this.fresh !== this.again) { this.problem = "Kedua kata sandi baru tidak sama."; return; }
      this.busy = true; this.$emit("password", { old: this.old, fresh: this.fresh });
    },
    done(words) { this.busy = false; this.good = words; this.old = this.fresh = this.again = ""; },
    failed(problem) { this.busy = false; this.problem = problem; },
    sound() { this.silent = !this.silent; this.silent ? localStorage.setItem("wadul-silent", "1") : localStorage.removeItem("wadul-silent"); },
  },
  template: `
<main class="content account" id="isi">
  <header class="page-head"><div><h1>Akun saya</h1><p class="muted">{{ name }} · {{ role }} · {{ office }}</p></div></header>
  <div class="narrow">
    <section class="sheet"><h2>Kata sandi</h2>
      <form class="stacked" @submit.prevent="save"><label class="label">Kata sandi sekarang<input class="field" type="password" v-model="old" autocomplete="current-password" required maxlength="200"></label>
      <label class="label">Kata sandi baru (paling sedikit 10 huruf)<input class="field" type="password" v-model="fresh" autocomplete="new-password" required minlength="10" maxlength="200"></label>
      <label class="label">Ulangi kata sandi baru<input class="field" type="password" v-model="again" autocomplete="new-password" required minlength="10" maxlength="200"></label>
      <p v-if="problem" class="alert bad" role="alert">{{ problem }}</p><p v-if="good" class="alert" role="status">{{ good }}</p>
      <div class="row end"><button class="button primary" type="submit" :disabled="busy">Ganti kata sandi</button></div></form></section>
    <section class="sheet"><h2>Kode masuk kedua</h2><p>{{ second ? 'Terpasang. Ponsel hilang? Minta admin memasang ulang.' : 'Belum terpasang untuk peran Anda; boleh dipasang.' }}</p><a v-if="!second" class="button" href="/masuk/kode?lanjut=/akun">Pasang kode masuk kedua</a></section>
    <section class="sheet"><h2>Suara</h2><label class="check"><input type="checkbox" :checked="!silent" @change="sound">Bunyikan saat ada pesan baru</label></section>
    <section class="sheet"><h2>Sesi yang sedang masuk</h2><ul class="sessions"><li v-for="s in sessions" :key="s.id"><span class="grow">{{ s.browser }}<span class="muted small block">masuk {{ s.created }}, terakhir {{ s.seen }}</span></span><span v-if="s.here" class="pill good">peramban ini</span></li></ul>
      <div class="row end"><button class="button danger" type="button" @click="$emit('everywhere')"><i class="i" aria-hidden="true">logout</i>Keluar dari semua perangkat</button></div></section>
  </div>
</main>`,
};
