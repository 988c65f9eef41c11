/* The navigation: the office, sections, duty, notices, the person. */
export default {
  props: {
    items: Array, active: String, name: String, initials: String, role: String, office: String, offices: Array,
    can_duty: Boolean, on_duty: Boolean, open: Boolean, notices: Array, unread: Number,
  },
  emits: ["duty", "notices-seen", "everywhere"],
  data: () => ({ menu: "", leaving: false }),
  mounted() {
    document.addEventListener("click", this.away); document.addEventListener("keydown", this.key);
    window.addEventListener("storage", this.moved); localStorage.setItem("wadul-office", this.office);
  },
  unmounted() { document.removeEventListener("click", this.away); document.removeEventListener("keydown", this.key); window.removeEventListener("storage", this.moved); },
  methods: {
    away(event) { if (!this.$el.contains(event.target)) this.menu = ""; },
    key(event) {
      if (event.key !== "Escape" || !this.menu) return;
      const opener = this.$el.querySelector("[aria-expanded=true]");
      this.menu = "";
      if (opener) opener.focus();
    },
    moved(event) { if (event.key === "wadul-office" && event.newValue && event.newValue !== this.office) location.href = "/"; },  // in another tab
    leave(event) { if (this.leaving) event.preventDefault(); this.leaving = true; },
    toggle(which) {
      this.menu = this.menu === which ? "" : which;
      if (this.menu === "bell") this.$emit("notices-seen");
    },
  },
  template: `
<aside class="rail" aria-label="Menu utama">
  <a class="skip" href="#isi">Langsung ke isi</a>
  <div class="brand"><img src="/aset/mark.svg" alt="Wadul" width="40" height="40"></div>
  <div class="office">
    <button v-if="offices.length" class="office-name" type="button" @click="toggle('office')" :aria-expanded="menu === 'office'" aria-controls="office-menu" :aria-label="'Kantor: ' + office + ', ganti kantor'" :title="office">
      <span class="words">{{ office }}</span><i class="i" aria-hidden="true">expand_more</i>
    </button>
    <p v-else class="office-name" :title="office"><span class="sr">Kantor: </span><span class="words">{{ office }}</span></p>
    <div v-show="menu === 'office'" id="office-menu" class="pop offices" role="region" aria-label="Ganti kantor">
      <div class="who"><div class="strong">{{ office }}</div><div class="muted small">{{ role }} · kantor sekarang</div></div>
      <form v-for="other in offices" :key="other.id" method="post" action="/kantor" @submit="leave">
        <input type="hidden" name="kantor" :value="other.id">
        <button class="line" type="submit"><i class="i" aria-hidden="true">swap_horiz</i><span class="grow">{{ other.name }}<span class="muted small block">{{ other.role }}</span></span></button>
      </form>
    </div>
  </div>
  <nav aria-label="Bagian">
    <a v-for="item in items" :key="item.key" class="item" :href="item.href" :aria-current="item.key === active ? 'page' : null">
      <i class="i" aria-hidden="true">{{ item.icon }}</i>{{ item.label }}
      <span v-if="item.key === 'inbox' && unread" class="badge"><span class="sr">belum dibaca: </span>{{ unread }}</span>
    </a>
    <button class="item" type="button" @click="toggle('bell')" :aria-expanded="menu === 'bell'">
      <i class="i" aria-hidden="true">notifications</i>Kabar
      <span v-if="notices && notices.some(n => n.fresh)" class="badge">{{ notices.filter(n => n.fresh).length }}</span>
    </button>
  </nav>
  <button v-if="can_duty" class="item duty" type="button" role="switch" :aria-checked="on_duty ? 'true' : 'false'" @click="$emit('duty', !on_duty)"
    :title="open ? 'Kantor sedang buka' : 'Kantor sedang tutup: warga tidak diantrekan'">
    <span class="dot" aria-hidden="true"></span>{{ on_duty ? 'Bertugas' : 'Tidak tugas' }}
  </button>
  <button class="item" type="button" @click="toggle('user')" :aria-expanded="menu === 'user'" aria-label="Akun saya"><span class="avatar" aria-hidden="true">{{ initials }}</span></button>
  <div v-if="menu === 'user'" class="pop user">
    <div class="who"><div class="strong">{{ name }}</div><div class="muted small">{{ role }} · {{ office }}</div></div>
    <a class="line" href="/akun"><i class="i" aria-hidden="true">manage_accounts</i>Akun dan keamanan</a>
    <form method="post" action="/keluar"><button class="line" type="submit"><i class="i" aria-hidden="true">logout</i>Keluar</button></form>
  </div>
  <div v-if="menu === 'bell'" class="pop bell" role="region" aria-label="Kabar">
    <div class="who strong">Kabar</div>
    <p v-if="!notices || !notices.length" class="muted small" style="padding:8px 10px">Belum ada kabar.</p>
    <a v-for="notice in notices" :key="notice.id" class="line" :class="{on: notice.fresh}" :href="notice.href">
      <i class="i" aria-hidden="true">{{ notice.icon }}</i><span class="grow"><span>{{ notice.text }}</span><br><span class="muted small">{{ notice.when }}</span></span>
    </a>
  </div>
</aside>`,
};
