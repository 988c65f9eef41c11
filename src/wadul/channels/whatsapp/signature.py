"""Was this webhook signed by Twilio? The official validator over the raw body's fields."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator


def is_signed(auth_token: str, url: str, body: bytes, content_type: str, signature: str) -> bool:
    """`url` is the public one that Twilio was given, with its query. Blank and unknown fields
    count; a JSON body is checked by the `bodySHA256` in the query."""
    if not signature:
        return False
    validator = RequestValidator(auth_token)
    if content_type.startswith("application/json"):
        return bool(validator.validate(url, body.decode("utf-8", "replace"), signature))
    form = body.decode("utf-8", "surrogateescape")
    pairs = parse_qsl(form, keep_blank_values=True, errors="surrogateescape")
    try:
        return bool(validator.validate(url, ImmutableMultiDict(pairs), signature))
    except UnicodeEncodeError:
        return _is_signed_bytes(auth_token, url, pairs, signature)


def _is_signed_bytes(
    auth_token: str, url: str, pairs: list[tuple[str, str]], signature: str
) -> bool:
    """The same rule over bytes, for fields that are no UTF-8: the validator cannot encode them."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    digest = hmac.new(auth_token.encode(), text.encode("utf-8", "surrogateescape"), hashlib.sha1)
    expected = base64.b64encode(digest.digest())
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))
