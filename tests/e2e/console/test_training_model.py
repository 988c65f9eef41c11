"""The model's life in a browser: with the real pipeline on little data, and with a stand-in for
Rasa where only the waiting, the killing and the telling matter."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import psutil
import pytest
from e2e.console.conftest import PHONE, SIZE, OpenPage
from e2e.console.test_console_pages import axe, faults, picture, wide  # noqa: F401 - a fixture
from e2e.console.training_scene import SmallConsole, TrainingConsole
from playwright.sync_api import Page, expect
from unit.training.test_models import PROGRAM

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

LONG = 240_000  # ms


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingConsole]:
    running = SmallConsole(tmp_path_factory.mktemp("small"))
    running.start()
    yield running
    running.stop()


def _job(page: Page, words: str, state: str, result: str) -> None:
    job = page.locator(".job", has_text=words).first
    expect(job).to_contain_text(result, timeout=LONG)
    expect(job.locator(".pill")).to_have_text(state)


def _measure(page: Page, verdict: str, days: str = "0") -> None:
    page.get_by_label("putar ulang").select_option(days)
    page.get_by_role("button", name="Ukur", exact=True).click()
    _job(page, "Mengukur", "selesai", verdict)


def test_train_measure_promote_refuse_and_go_back(
    console: SmallConsole,
    open_page: OpenPage,
    axe: str,  # noqa: F811
) -> None:
    page = open_page("pelatih", path="/latihan/model")
    page.get_by_role("button", name="Latih model calon").click()
    expect(page.locator(".job progress[value]")).to_be_visible(timeout=LONG)
    _job(page, "Melatih", "selesai", "siap diukur")
    expect(page.locator(".detail")).to_contain_text("Belum diukur")
    _measure(page, "LULUS: semua")
    good = page.locator(".detail h2").inner_text()
    for picture_ in page.locator(".plots img").all():
        expect(picture_).to_be_visible()
        assert picture_.evaluate("image => image.naturalWidth") > 100
    assert page.request.get(f"/latihan/gambar/{good}-confusion.png").ok
    assert open_page("sari").request.get(f"/latihan/gambar/{good}-confusion.png").status == 404
    page.get_by_role("button", name="Pasang", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Pasang").click()
    _job(page, f"Memasang {good}", "selesai", "melayani begitu sistem dijalankan")
    expect(page.locator(".models tr", has_text=good)).to_contain_text("melayani")
    for size in (SIZE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert faults(page, axe) == []
        assert wide(page) <= size["width"]
        picture(page, f"model{'-ponsel' if size is PHONE else ''}", "pelatih")
    page.set_viewport_size(SIZE)  # type: ignore[arg-type]

    console.damage()
    page.reload()
    expect(page.locator("main.model")).to_contain_text("Data berubah sejak model terakhir dilatih")
    page.get_by_role("button", name="Latih model calon").click()
    expect(page.locator(".models tbody tr")).to_have_count(2, timeout=LONG)
    expect(page.locator(".detail h2")).not_to_have_text(good)
    bad = page.locator(".detail h2").inner_text()
    _measure(page, "TIDAK LULUS", days="7")
    expect(page.locator(".conditions .no").first).to_be_visible()
    expect(page.locator(".detail")).to_contain_text(f"dibandingkan dengan {good}")
    expect(page.locator(".replay tbody tr").first).to_contain_text("jenis lain")
    picture(page, "gerbang", "pelatih")
    page.get_by_role("button", name="Pasang", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Gerbang menolak model ini")
    expect(dialog.locator(".conditions")).to_contain_text("Laporan yang dikenali sebagai laporan")
    expect(dialog.get_by_role("button", name="Pasang paksa")).to_have_count(0)
    dialog.get_by_role("button", name="Tutup").click()

    admin = open_page("admin", path="/latihan/model")
    admin.get_by_role("button", name="Pasang", exact=True).click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("button", name="Pasang paksa").click()
    dialog.get_by_label("Alasan").fill("uji coba")
    dialog.get_by_role("button", name="Pasang").click()
    _job(admin, f"Memasang {bad}", "selesai", "TIDAK LULUS")
    admin.get_by_role("button", name="Kembalikan").click()
    admin.get_by_role("dialog").get_by_role("button", name="Kembalikan").click()
    _job(admin, "Kembali ke model sebelumnya", "selesai", f"{good} melayani")
    expect(admin.locator("main.model")).to_contain_text("gerbang dilewati: uji coba")
    assert console.project.serving.read_text().strip() == good

    expect(page.locator(".models tr", has_text=good)).to_contain_text("melayani")
    remove = page.locator(".detail").get_by_role("button", name="Hapus")
    page.locator(".models").get_by_role("button", name=f"Lihat {good}").click()
    expect(page.locator(".detail h2")).to_have_text(good)
    expect(remove).to_be_disabled()
    page.locator(".models").get_by_role("button", name=f"Lihat {bad}").click()
    expect(page.locator(".detail h2")).to_have_text(bad)
    remove.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Hapus {bad}?")
    dialog.get_by_role("button", name="Batal").click()
    expect(page.locator(".models tbody tr")).to_have_count(2)
    remove.click()
    dialog.get_by_role("button", name="Hapus").click()
    _job(page, f"Menghapus {bad}", "selesai", "sudah dihapus")
    expect(page.locator(".models tbody tr")).to_have_count(1)
    assert [path.stem for path in console.project.models.glob("*.tar.gz")] == [f"{good}.tar"]
    admin.goto("/pengelolaan/catatan")
    expect(admin.locator("tbody tr", has_text="Menghapus model")).to_contain_text(bad)


@pytest.fixture
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingConsole]:
    folder = tmp_path_factory.mktemp("quick")
    python = folder / "python"
    python.write_text(PROGRAM.format(python=sys.executable))
    python.chmod(0o755)
    running = TrainingConsole(folder, rasa=python)
    running.start()
    yield running
    running.stop()


def _slow(console: TrainingConsole, seconds: float) -> None:
    (console.root / "behaviour").write_text(f"slow {seconds}")


def _page(open_page: OpenPage, console: TrainingConsole, name: str) -> Page:
    page = open_page(None)
    page.goto(f"{console.url}/masuk")
    page.fill("#nama", name)
    page.fill("#sandi", "rahasia-sekali")
    page.click("button[type=submit]")
    expect(page).not_to_have_url(re.compile("/masuk"))
    page.goto(f"{console.url}/latihan/model")
    return page


def test_of_two_trainings_at_once_one_waits(quick: TrainingConsole, open_page: OpenPage) -> None:
    _slow(quick, 3)
    one, other = (_page(open_page, quick, name) for name in ("pelatih", "ayu"))
    one.get_by_role("button", name="Latih model calon").click()
    expect(one.locator(".job .pill").first).to_have_text("berjalan")
    other.get_by_role("button", name="Latih model calon").click()
    waiting = other.locator(".job", has_text="Ayu Pelatih")
    expect(waiting.locator(".pill")).to_have_text("menunggu")
    _job(one, "Yoga Pelatih", "selesai", "siap diukur")
    _job(other, "Ayu Pelatih", "selesai", "siap diukur")
    assert (quick.root / "trained").read_text() == "x"  # the same data is not trained twice


def test_a_training_that_is_killed_or_cut_off_is_told(
    quick: TrainingConsole, open_page: OpenPage
) -> None:
    _slow(quick, 30)
    page = _page(open_page, quick, "pelatih")
    page.get_by_role("button", name="Latih model calon").click()
    expect(page.locator(".job")).to_contain_text("melatih", timeout=LONG)
    assert quick.process is not None
    (training,) = [
        child
        for child in psutil.Process(quick.process.pid).children(recursive=True)
        if "components.train" in child.cmdline()
    ]
    training.kill()
    _job(page, "Melatih", "gagal", "dihentikan dari luar (sinyal 9)")
    assert list(quick.project.models.glob("*.tar.gz")) == []

    (quick.root / "behaviour").write_text("fails")
    page.get_by_role("button", name="Latih model calon").click()
    _job(page, "Melatih", "gagal", "the pipeline is wrong")

    _slow(quick, 5)
    page.get_by_role("button", name="Latih model calon").click()
    expect(page.locator(".job").first).to_contain_text("melatih")
    quick.stop()
    quick.start()
    page = _page(open_page, quick, "ayu")
    _job(page, "Melatih", "gagal", "Terputus karena konsol berhenti")
    expect(page.locator(".job", has_text=re.compile("Yoga"))).to_have_count(1)
