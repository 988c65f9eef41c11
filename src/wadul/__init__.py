"""Wadul: a WhatsApp front desk for Indonesian sub-district offices."""
