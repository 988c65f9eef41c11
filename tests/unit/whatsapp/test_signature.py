from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote_plus, urlencode

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from wadul.channels.whatsapp.signature import is_signed

TOKEN = "a-token-for-tests"
URL = "https://wadul.example.id/webhooks/twilio/whatsapp"
FORM = "application/x-www-form-urlencoded"

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
forms = st.dictionaries(words.filter(bool), words, max_size=8)


def sign(form: dict[str, str], url: str = URL, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form))


@given(forms)
def test_every_signed_form_is_accepted(form: dict[str, str]) -> None:
    body = urlencode(form).encode()
    assert is_signed(TOKEN, URL, body, FORM, sign(form))


@given(forms, st.data())
def test_any_change_is_noticed(form: dict[str, str], data: st.DataObject) -> None:
    changed = dict(form)
    if form and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(form)))
        changed[name] = form[name] + "x"
    else:
        changed["ZzzNew"] = "1"
    assert not is_signed(TOKEN, URL, urlencode(changed).encode(), FORM, sign(form))


@given(forms)
def test_other_tokens_and_addresses_are_refused(form: dict[str, str]) -> None:
    body = urlencode(form).encode()
    assert not is_signed(TOKEN, URL, body, FORM, sign(form, token="another"))
    assert not is_signed(TOKEN, URL, body, FORM, sign(form, url=URL + "?x=1"))


@given(st.text(max_size=60))
def test_a_guess_is_refused(signature: str) -> None:
    assert not is_signed(TOKEN, URL, b"Body=halo", FORM, signature)


def test_a_blank_field_counts() -> None:
    form = {"Body": "", "NumMedia": "1"}
    assert is_signed(TOKEN, URL, b"Body=&NumMedia=1", FORM, sign(form))
    assert not is_signed(TOKEN, URL, b"NumMedia=1", FORM, sign(form))


def test_bytes_that_are_no_utf8() -> None:
    raw = b"\xff\xfehalo"
    text = URL.encode() + b"Body" + raw
    digest = hmac.new(TOKEN.encode(), text, hashlib.sha1).digest()
    body = f"Body={quote_plus(raw)}".encode()
    assert is_signed(TOKEN, URL, body, FORM, base64.b64encode(digest).decode())
    assert not is_signed(TOKEN, URL, body + b"x", FORM, base64.b64encode(digest).decode())


def test_json_is_checked_by_its_hash() -> None:
    body = b'{"event":"x"}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = str(RequestValidator(TOKEN).compute_signature(url, {}))
    assert is_signed(TOKEN, url, body, "application/json", signature)
    assert not is_signed(TOKEN, url, body + b" ", "application/json", signature)
