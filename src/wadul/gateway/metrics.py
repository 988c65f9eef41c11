"""What the gateway counts (Prometheus)."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

WEBHOOKS = Counter("wadul_webhooks_total", "Verified webhooks.", ["endpoint", "outcome"])
REFUSED = Counter("wadul_webhooks_refused_total", "Webhooks refused.", ["endpoint", "reason"])
STORE_SECONDS = Histogram(
    "wadul_webhook_store_seconds",
    "Time to make a webhook safe.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
