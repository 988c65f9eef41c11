/* The navigation: sections, duty, notices, the person. */
export default {
  props: {
    items: Array, active: String, name: String, initials: String, role: String, office: String,
    can_duty: Boolean, on_duty: Boolean, open: Boolean, notices: Array, unread: Number,
  },
  emits: ["duty", "notices-seen", "everywhere"],
  data: () => ({ menu: "" }),
  mounted() { document.addEventListener("click", this.away); document.addEventListener("keydown", this.key); },
  unmounted() { document.removeEventListener("click", this.away); document.removeEventListener("keydown", this.key); },
  methods: {
    away(event) { if (!this.$el.contains(event.target)) this.menu = ""; },
    key(event) { if (event.key === "Escape") this.menu = ""; },
    toggle(which) {
      this.menu = this.menu === which ? "" : which;
      if (this.menu === "bell") this.$emit("notices-seen");
    },
  },
  template: `
<aside class="rail" aria-label="Menu utama">
  <a class="skip" href="#isi">Langsung ke isi</a>
  <div class="brand"><img src="/aset/mark.svg" alt="Wadul" width="40" height="40"></div>
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
