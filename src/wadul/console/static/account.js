/* One's own account: password, accounts at other offices, sessions, sound. */
export default {
  props: { name: String, role: String, office: String, first: Boolean, second: Boolean, sessions: Array, linked: Array, offices: Array },
  emits: ["password", "everywhere", "link", "unlink"],
  data: () => ({ old: "", fresh: "", again: "", busy: false, problem: "", good: "", silent: false,
    link: { office: "", name: "", password: "", own: "", code: "" }, coded: false, linking: false, link_problem: "", link_good: "", parting: null }),
  watch: { offices: { immediate: true, handler(all) { if (!(all || []).some(([id]) => id === this.link.office)) this.link.office = all && all.length ? all[0][0] : ""; } } },
  mounted() { this.silent = !!localStorage.getItem("wadul-silent"); },
  methods: {
    save() {
      this.problem = this.good = "";
      if (this.fresh !== this.again) { this.problem = "Kedua kata sandi baru tidak sama."; return; }
      this.busy = true; this.$emit("password", { old: this.old, fresh: this.fresh });
    },
    done(words) { this.busy = false; this.good = words; this.old = this.fresh = this.again = ""; },
    failed(problem) { this.busy = false; this.problem = problem; },
    send_link() { this.link_problem = this.link_good = ""; this.linking = true; this.$emit("link", { ...this.link }); },
    link_ended(kind, words) {
      this.linking = false;
      if (kind === "code") { this.coded = true; this.$nextTick(() => this.$refs.code.focus()); return; }
      if (kind === "bad") { this.link_problem = words; return; }
      this.link_good = words; this.coded = false; this.link = { office: this.link.office, name: "", password: "", own: "", code: "" };
    },
    ask(account) { this.parting = account; this.$nextTick(() => this.$refs.ask.showModal()); },
    part() { this.link_problem = this.link_good = ""; this.$emit("unlink", this.parting.id); this.$refs.ask.close(); },
    sound() { this.silent = !this.silent; this.silent ? localStorage.setItem("wadul-silent", "1") : localStorage.removeItem("wadul-silent"); },
  },
  template: `
<main class="content account" id="isi">
  <header class="page-head"><div><h1>Akun saya</h1><p class="muted">{{ name }} · {{ role }} · {{ office }}</p></div></header>
  <div class="narrow">
    <section class="sheet"><h2>{{ first ? 'Buat kata sandi' : 'Kata sandi' }}</h2>
      <p v-if="first" class="alert">Bapak/Ibu masuk dengan tautan sekali pakai. Buat kata sandi sekarang; lain kali Bapak/Ibu masuk dengan nama pengguna dan kata sandi ini.</p>
      <form class="stacked" @submit.prevent="save"><label v-if="!first" class="label">Kata sandi sekarang<input class="field" type="password" v-model="old" autocomplete="current-password" required maxlength="200"></label>
      <label class="label">Kata sandi baru (paling sedikit 10 huruf)<input class="field" type="password" v-model="fresh" autocomplete="new-password" required minlength="10" maxlength="200"></label>
      <label class="label">Ulangi kata sandi baru<input class="field" type="password" v-model="again" autocomplete="new-password" required minlength="10" maxlength="200"></label>
      <p v-if="problem" class="alert bad" role="alert">{{ problem }}</p><p v-if="good" class="alert" role="status">{{ good }}</p>
      <div class="row end"><button class="button primary" type="submit" :disabled="busy">{{ first ? 'Simpan kata sandi' : 'Ganti kata sandi' }}</button></div></form></section>
    <section class="sheet"><h2>Kode masuk kedua</h2><p>{{ second ? 'Terpasang. Ponsel hilang? Minta admin memasang ulang.' : 'Belum terpasang untuk peran Anda; boleh dipasang.' }}</p><a v-if="!second" class="button" href="/masuk/kode?lanjut=/akun">Pasang kode masuk kedua</a></section>
    <section v-if="offices.length || linked.length" class="sheet" aria-labelledby="kantor-lain"><h2 id="kantor-lain">Akun di kantor lain</h2>
      <p>Bila Bapak/Ibu juga bertugas di kantor lain, tautkan akun di sana: cukup masuk sekali, lalu ganti kantor dari menu. Setiap akun tetap memakai peran dan kode keduanya sendiri.</p>
      <ul v-if="linked.length" class="sessions"><li v-for="one in linked" :key="one.id"><span class="grow">{{ one.office }}<span class="muted small block">{{ one.name }} · {{ one.role }}</span></span><span v-if="one.state" class="pill">{{ one.state }}</span><button class="button" type="button" :aria-label="'Lepas tautan ' + one.office" @click="ask(one)">Lepas</button></li></ul>
      <form v-if="offices.length" class="stacked" @submit.prevent="send_link"><label class="label">Kantor<select class="field" v-model="link.office"><option v-for="[id, title] in offices" :key="id" :value="id">{{ title }}</option></select></label>
      <label class="label">Nama pengguna di kantor itu<input class="field" v-model="link.name" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="60"></label>
      <label class="label">Kata sandi di kantor itu<input class="field" type="password" v-model="link.password" autocomplete="off" required maxlength="200"></label>
      <label class="label">Kata sandi Anda di {{ office }}<input class="field" type="password" v-model="link.own" autocomplete="current-password" required maxlength="200"></label>
      <label v-if="coded" class="label">Kode enam angka untuk kantor itu<input ref="code" class="field" v-model="link.code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" maxlength="7" required></label>
      <p v-if="coded" class="muted small">Akun itu memakai kode kedua: tulis kodenya dari aplikasi autentikator.</p>
      <p v-if="link_problem" class="alert bad" role="alert">{{ link_problem }}</p>
      <div class="row end"><button class="button primary" type="submit" :disabled="linking">Tautkan akun</button></div></form>
      <p v-if="link_problem && !offices.length" class="alert bad" role="alert">{{ link_problem }}</p><p v-if="link_good" class="alert" role="status">{{ link_good }}</p></section>
    <section class="sheet"><h2>Suara</h2><label class="check"><input type="checkbox" :checked="!silent" @change="sound">Bunyikan saat ada pesan baru</label></section>
    <section class="sheet"><h2>Sesi yang sedang masuk</h2><ul class="sessions"><li v-for="s in sessions" :key="s.id"><span class="grow">{{ s.browser }}<span class="muted small block">masuk {{ s.created }}, terakhir {{ s.seen }}</span></span><span v-if="s.here" class="pill good">peramban ini</span></li></ul>
      <div class="row end"><button class="button danger" type="button" @click="$emit('everywhere')"><i class="i" aria-hidden="true">logout</i>{{ linked.length ? 'Keluar dari semua perangkat dan kantor' : 'Keluar dari semua perangkat' }}</button></div></section>
  </div>
  <dialog ref="ask" class="dialog" aria-label="Yakin?" @close="$event.target.open || (parting = null)"><form v-if="parting" @submit.prevent="part"><h2>Lepas tautan: {{ parting.office }}</h2><p>Akun itu tetap ada, tetapi untuk memakainya Bapak/Ibu masuk lagi dengan kata sandinya. Sesi lain Bapak/Ibu di semua kantor diakhiri.</p><div class="row end"><button class="button quiet" type="button" @click="$refs.ask.close()">Batal</button><button class="button primary" type="submit">Lepas</button></div></form></dialog>
</main>`,
};
