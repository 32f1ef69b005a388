"""Which salespeople a form of the website may name: those that its page says, and not
whoever fills it. As Odoo signs the addresses that a form writes to."""

from lxml import etree

from odoo.tools.misc import consteq, hmac

#: the field under which Odoo's forms send a signature; its editor drops it on saving
SIGNATURE = "website_form_signature"
SCOPE = "lead_distribution_website_form"

_NAMED = './/input[@name="user_id"]/@value | .//select[@name="user_id"]//option/@value'


def sign_forms(fragment, env):
    """Put the signature into the forms that make leads and name their salesperson, or
    let visitors choose one.

    :param fragment: ``lxml`` element, of a page that is about to be shown
    :param env: as superuser
    """
    for form in fragment.iter("form"):
        if "/website/form/" not in form.get("action", ""):
            continue
        if form.get("data-model_name") != "crm.lead":
            continue
        for old in form.xpath(f'.//input[@name="{SIGNATURE}"]'):
            old.getparent().remove(old)
        named = sorted({str(value) for value in form.xpath(_NAMED) if value.strip()})
        if not named:
            continue
        attributes = {
            "type": "hidden",
            "class": "form-control s_website_form_input s_website_form_custom",
            "name": SIGNATURE,
            "value": signed(env, named),
        }
        field = form.xpath('.//*[@name="user_id"]')[0]
        field.addnext(etree.Element("input", attributes))


def signed(env, user_ids):
    """:param user_ids: ``[str, ...]``
    :returns: the ids with what proves that the website wrote them"""
    text = ",".join(user_ids)
    return f"{text}:{hmac(env, SCOPE, text)}"


def is_signed(env, user_id, signature):
    """:param signature: what came with the form
    :returns: whether the form's page names this salesperson"""
    if not isinstance(signature, str):
        return False
    text, _colon, proof = signature.rpartition(":")
    return str(user_id) in text.split(",") and consteq(proof, hmac(env, SCOPE, text))
