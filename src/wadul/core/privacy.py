"""Hiding people: for those whose role does not need to know them."""

from __future__ import annotations


def mask_address(address: str) -> str:
    """`whatsapp:+6281234567890` → `whatsapp:+628•••890`; ids of hidden numbers likewise."""
    channel, _, rest = address.rpartition(":")
    shown = f"{rest[:4]}•••{rest[-3:]}" if len(rest) > 8 else "•••"
    return f"{channel}:{shown}" if channel else shown
