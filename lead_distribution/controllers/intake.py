"""Webhooks: where other programs deliver leads."""

from odoo.http import Controller, request, route

from ..models.intake.intake_delivery import Delivery

#: bytes of a delivery
LARGEST_BODY = 256 * 1024
URL = "/lead_distribution/intake/<string:token>"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class IntakeController(Controller):
    """Takes leads for who has the address. To everybody else it says nothing: what is
    forged, replaced and switched off is answered alike."""

    @route(
        URL,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the address is the right, and senders have no session
        save_session=False,
        sitemap=False,
        max_content_length=LARGEST_BODY,
    )
    def receive(self, token, **_values):
        intake = request.env["lead.distribution.intake.source"]._from_token(token)
        if not intake:
            return self._answer(404, {})
        http = request.httprequest
        delivery = Delivery(
            charset=http.mimetype_params.get("charset") or "utf-8",
            headers=http.headers,
        )
        if http.mimetype in FORMS:
            delivery.form = {
                name: found[0] if len(found) == 1 else found
                for name, found in http.form.to_dict(flat=False).items()
            }
            for name, file in http.files.items():
                delivery.form.setdefault(name, file.filename)
        else:
            delivery.body = http.get_data()
        return self._answer(*intake._receive(delivery))

    @route(
        URL,
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
        sitemap=False,
    )
    def verify(self, token, **values):
        """Answer what Meta asks before it sends anything to an address."""
        intake = request.env["lead.distribution.intake.source"]._from_token(token)
        challenge = values.get("hub.challenge")
        if (
            not intake
            or values.get("hub.mode") != "subscribe"
            or not intake._is_challenge(challenge)
            or not intake._verify(values.get("hub.verify_token"))
        ):
            return self._answer(404, {})
        return request.make_response(
            challenge,
            [("Content-Type", "text/plain"), ("X-Content-Type-Options", "nosniff")],
        )

    def _answer(self, status, values):
        headers = [("Cache-Control", "no-store")]
        if status == 429:
            headers.append(("Retry-After", "60"))
        return request.make_json_response(values, headers, status=status)
