// The simulator's own interface (page.py). A refused act says why in `detail`.

import { toast } from "./dom.js";

export async function load() {
  const answer = await fetch("/sim/state", { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** POST an act; the result, or null after showing what was wrong. */
export async function act(name, body = {}, { quiet = false } = {}) {
  return send(`/sim/${name}`, JSON.stringify(body), "application/json", quiet);
}

export async function upload(file, query) {
  const words = new URLSearchParams({ ...query, name: file.name });
  return send(`/sim/upload?${words}`, file, file.type || "application/octet-stream", false);
}

async function send(url, body, type, quiet) {
  let answer;
  try {
    answer = await fetch(url, { method: "POST", body, headers: { "Content-Type": type, "X-Simulator": "1" } });
  } catch {
    toast("Simulator tidak menjawab. Apakah masih berjalan?", true);
    return null;
  }
  const result = await answer.json().catch(() => ({}));
  if (answer.ok) return result;
  if (quiet) return { error: result.detail || String(answer.status) };
  toast(result.detail || `Tidak bisa (${answer.status}).`, true);
  return null;
}
