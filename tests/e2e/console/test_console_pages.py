"""Every page: without serious faults of accessibility, and within a phone's width.

`WADUL_SCREENSHOTS=docs/images` also writes the pictures of the operators' guide.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from e2e.console.conftest import PHONE, SIZE, OpenPage, give_code, log_in
from e2e.console.running import RunningConsole
from e2e.console.scene import PASSWORD
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from wadul.models import Ticket

pytestmark = pytest.mark.e2e

AXE = "axe-core@4.11.0"  # MPL-2.0; fetched for the test, never kept
ADMIN = ("balasan", "jam", "libur", "kantor", "petugas", "layanan", "templat", "catatan")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The checker's script."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine to fetch axe-core with")
    folder = tmp_path_factory.mktemp("axe")
    packed = subprocess.run(
        [npm, "pack", AXE, "--silent"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    if packed.returncode:
        pytest.skip("axe-core could not be fetched")
    with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def faults(page: Page, axe: str) -> list[str]:
    """Serious and critical ones, with where they are."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"][:3]
    ]


def picture(page: Page, name: str, guide: str = "operator") -> None:
    """One of a guide's, with few colours, so that it stays small."""
    folder = os.environ.get("WADUL_SCREENSHOTS")
    if folder:
        page.wait_for_timeout(600)
        with Image.open(io.BytesIO(page.screenshot())) as shot:
            few = shot.convert("RGB").quantize(80)
        few.save(Path(folder) / f"{guide}-{name}.png", optimize=True)


def wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("size", [SIZE, PHONE], ids=["desktop", "phone"])
def test_entry_and_inbox(
    console: RunningConsole, open_page: OpenPage, axe: str, size: dict[str, int]
) -> None:
    on_phone = size is PHONE
    page = open_page(None, size)
    page.goto("/masuk")
    assert faults(page, axe) == []
    if not on_phone:
        picture(page, "masuk")
    page = open_page("sari", size)
    page.get_by_role("tab", name="Semua").click()
    expect(page.locator(".conv").first).to_be_visible()
    assert faults(page, axe) == []
    page.locator(".conv", has_text="Pak Warsidi").click()
    expect(page.locator(".photo img")).to_be_visible()
    assert faults(page, axe) == []
    assert wide(page) <= size["width"]
    picture(page, "percakapan-ponsel" if on_phone else "percakapan")
    page.goto("/")
    page.get_by_role("tab", name="Antrean").click()
    page.locator(".conv", has_text="Kang Tarmidi").click()
    expect(page.locator(".brief")).to_be_visible()
    if not on_phone:
        picture(page, "antrean")
    page.get_by_role("button", name="Kembali ke daftar").click() if on_phone else None
    page.get_by_role("tab", name="Semua").click()
    page.locator(".conv", has_text="Bu Eti").click()
    expect(page.locator(".window")).to_contain_text("Jendela 24 jam tertutup")
    assert wide(page) <= size["width"]
    if not on_phone:
        picture(page, "jendela")


@pytest.mark.parametrize("size", [SIZE, PHONE], ids=["desktop", "phone"])
def test_tickets(
    console: RunningConsole, open_page: OpenPage, axe: str, size: dict[str, int]
) -> None:
    with console.database.transaction() as session:
        number = session.scalars(
            select(Ticket.number).where(Ticket.description.contains("bolong2"))
        ).one()
    page = open_page("sari", size, "/laporan")
    expect(page.locator("tbody a").first).to_be_visible()
    page.get_by_role("button", name="Saring", exact=True).click()
    assert faults(page, axe) == []
    assert wide(page) <= size["width"]
    if size is SIZE:
        picture(page, "laporan")
    page.goto(f"/laporan/{number}")
    expect(page.locator(".history li").first).to_be_visible()
    assert faults(page, axe) == []
    assert wide(page) <= size["width"]
    picture(page, "laporan-rinci-ponsel" if size is PHONE else "laporan-rinci")
    page.get_by_role("button", name="Jawab warga").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults(page, axe) == []
    if size is SIZE:
        picture(page, "jawab")


def test_administration_and_account(console: RunningConsole, open_page: OpenPage, axe: str) -> None:
    page = open_page(None)
    page.goto("/masuk")
    page.fill("#nama", "rina")
    page.fill("#sandi", "rahasia-sekali")
    page.click("button[type=submit]")
    expect(page.locator(".qr")).to_be_visible()
    assert faults(page, axe) == []
    picture(page, "kode-kedua")
    page = open_page("admin", path="/akun")
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    assert faults(page, axe) == []
    for key in ADMIN:
        page.goto(f"/pengelolaan/{key}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_timeout(300)
        assert faults(page, axe) == [], key
        picture(page, f"kelola-{key}")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for key in ADMIN:
        page.goto(f"/pengelolaan/{key}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert wide(page) <= PHONE["width"], key
        assert faults(page, axe) == [], key
    page.goto("/laporan/TIDAK-ADA")
    assert faults(page, axe) == []


def test_the_admin_changes_content_and_everybody_sees_it(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("admin", path="/pengelolaan/layanan")
    page.get_by_role("button", name="Ubah Kartu Keluarga (KK)").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Biaya").fill("")
    dialog.get_by_label("Biaya").fill("Gratis: tanpa biaya apa pun")
    dialog.get_by_label("Dikonfirmasi oleh").fill("Camat Jatibarang")
    dialog.get_by_label("Tanggal konfirmasi").fill("2026-11-24")
    dialog.get_by_role("button", name="Simpan").click()
    expect(page.locator("tbody")).to_contain_text("Gratis: tanpa biaya apa pun")
    file = console.settings.offices_dir / "jatibarang/services/kk.yml"
    assert 'cost: "Gratis: tanpa biaya apa pun"' in file.read_text()


def test_whoever_is_hired_sets_a_password_and_comes_back_with_it(
    console: RunningConsole, open_page: OpenPage
) -> None:
    page = open_page("admin", path="/pengelolaan/petugas")
    page.get_by_role("button", name="Tambah petugas").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nama pengguna").fill("wati")
    dialog.get_by_label("Nama lengkap").fill("Wati Baru")
    dialog.get_by_label("Peran").select_option(label="Penyelia")
    dialog.get_by_role("button", name="Simpan").click()
    link = page.locator(".told code").inner_text()
    assert link.startswith(f"{console.url}/masuk/tautan/")
    fresh = open_page(None)
    fresh.goto(link)
    expect(fresh.locator(".qr")).to_be_visible()
    give_code(console, fresh, "wati")
    expect(fresh.get_by_role("heading", name="Buat kata sandi")).to_be_visible()
    expect(fresh.get_by_label("Kata sandi sekarang")).to_have_count(0)
    fresh.get_by_label("Kata sandi baru (paling sedikit 10 huruf)").fill(PASSWORD)
    fresh.get_by_label("Ulangi kata sandi baru").fill(PASSWORD)
    fresh.get_by_role("button", name="Simpan kata sandi").click()
    expect(fresh.get_by_role("status")).to_contain_text("Kata sandi disimpan")
    expect(fresh.get_by_label("Kata sandi sekarang")).to_be_visible()
    fresh.request.post("/keluar")
    log_in(console, fresh, "wati")
    expect(fresh.get_by_role("heading", name="Percakapan")).to_be_visible()
    again = open_page(None)
    again.goto(link)
    expect(again.get_by_role("alert")).to_contain_text("sudah dipakai")
