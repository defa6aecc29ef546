"""The e-mail channel: plain text and HTML over SMTP."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import unquote

from backfin.clock import Clock, SystemClock
from backfin.errors import ConfigError, NotConfigured, NotifierUnavailable, RecipientGone
from backfin.models import Alert, Digest, Receipt
from backfin.notifications.addresses import bad_address, mask, scheme_of
from backfin.notifications.channels.list_headers import WIRE, Unsubscribing
from backfin.notifications.clean import one_line
from backfin.notifications.render import Rendered, render, render_digest
from backfin.settings import SmtpSettings

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\?&]+@[^\s@<>,;:\"()\[\]\\?&.]+(\.[^\s@<>,;:\"()\[\]\\?&.]+)*")

#: Port on which TLS starts at once instead of by STARTTLS.
_TLS_PORT = 465

#: The server's answer to DATA that asks for the text.
_GO_ON = 354

#: A dot that begins a line, which SMTP wants doubled.
_LINE_DOT = re.compile(rb"^\.", re.MULTILINE)


class EmailNotifier:
    """Mails alerts, one address a message.

    SMTP knows no token: when the connection breaks after the text was sent, nobody can tell whether the
    server took it. Such a ``NotifierUnavailable`` carries ``maybe_sent=True``.
    """

    name = "email"
    schemes: tuple[str, ...] = ("mailto",)
    accepts_token = False

    def __init__(
        self,
        settings: SmtpSettings,
        clock: Clock | None = None,
        *,
        unsubscribing: Unsubscribing | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._unsubscribing = unsubscribing or Unsubscribing()

    def check(self, address: str) -> None:
        """Refuses what is not ``mailto:`` and one plain address.

        Raises:
            ConfigError: With a sentence that shows good addresses.
            NotConfigured: The address is good, but no mail server or sender is set.
        """
        recipient_of(address)
        self._sender()

    def reach(self) -> None:
        """Greets the server and logs in, and sends nothing.

        Raises:
            NotConfigured: No mail server is set.
            ConfigError: The server refuses our name or password.
            NotifierUnavailable: The server is away.
        """
        self._sender()
        self._connection().close()

    def send(self, alert: Alert, address: str) -> Receipt:
        """Mails the alert.

        Raises:
            NotConfigured: No mail server or sender is set.
            ConfigError: The server refuses our name, password or sender.
            NotifierUnavailable: The server is away or refuses for now.
            RecipientGone: It refuses the address for good.
        """
        names = alert.watch_names or (alert.watch_name,)
        return self._mail(self._message(render(alert), alert.delivery_id, names, address), address)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Mails the digest likewise."""
        message = self._message(render_digest(digest), digest.delivery_id, digest.watches, address)
        return self._mail(message, address)

    def _mail(self, message: EmailMessage, address: str) -> Receipt:
        content = message.as_bytes(policy=WIRE)
        with self._connection() as smtp:
            _deliver(smtp, self._sender(), recipient_of(address), content, mask(address))
        return Receipt(provider_id=message["Message-ID"])

    def _message(
        self, rendered: Rendered, delivery_id: str, watches: Sequence[str], address: str
    ) -> EmailMessage:
        sender = self._sender()
        message = EmailMessage(policy=WIRE)
        message["From"] = formataddr(
            (one_line(parseaddr(self._settings.sender or "")[0]) or "backfin", sender)
        )
        message["To"] = recipient_of(address)
        message["Subject"] = one_line(rendered.subject)
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{delivery_id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        self._unsubscribing.add_to(message, sender, address, watches)
        message.set_content(rendered.text)
        message.add_alternative(rendered.html, subtype="html")
        return message

    def _sender(self) -> str:
        settings = self._settings
        if not settings.host:
            raise NotConfigured(
                "E-mail is off until BACKFIN_NOTIFICATIONS__SMTP__HOST and BACKFIN_NOTIFICATIONS__SMTP__SENDER are set."
            )
        sender = parseaddr(settings.sender or settings.username or "")[1]
        if not _ADDRESS.fullmatch(sender):
            raise NotConfigured(
                "E-mail is off until BACKFIN_NOTIFICATIONS__SMTP__SENDER is the address that mails come from."
            )
        return sender

    def _connection(self) -> smtplib.SMTP:
        settings = self._settings
        host = settings.host or ""
        try:
            if settings.port == _TLS_PORT:
                context = ssl.create_default_context()
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, settings.port, timeout=settings.timeout, context=context
                )
            else:
                smtp = smtplib.SMTP(host, settings.port, timeout=settings.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise _away(error) from error
        try:
            self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        settings = self._settings
        try:
            if settings.starttls and settings.port != _TLS_PORT:
                smtp.starttls(context=ssl.create_default_context())
            if settings.username and settings.password:
                smtp.login(settings.username, settings.password.get_secret_value())
        except smtplib.SMTPNotSupportedError as error:
            raise ConfigError(
                f"The mail server lacks what the settings ask for ({error}); "
                "BACKFIN_NOTIFICATIONS__SMTP__STARTTLS=false turns encryption off."
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise _away(error) from error
            raise ConfigError(
                "The mail server refuses the name or password; correct BACKFIN_NOTIFICATIONS__SMTP__USERNAME "
                "and BACKFIN_NOTIFICATIONS__SMTP__PASSWORD."
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise _away(error) from error


def recipient_of(address: str) -> str:
    """The mailbox of a ``mailto:`` address.

    Raises:
        ConfigError: It is not one plain mailbox.
    """
    recipient = unquote(address.partition(":")[2]) if scheme_of(address) == "mailto" else ""
    if not _ADDRESS.fullmatch(recipient) or one_line(recipient) != recipient or len(recipient) > 254:
        raise bad_address(address, "is not mailto: and one plain address")
    return recipient


def _deliver(smtp: smtplib.SMTP, sender: str, recipient: str, content: bytes, shown: str) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        options = _options(smtp, sender, recipient, shown)
        _expect(smtp.mail(sender, options), ConfigError, f"the sender {sender}")
        _expect(smtp.rcpt(recipient), RecipientGone, shown)
    except (OSError, smtplib.SMTPException) as error:
        raise _away(error) from error
    what = f"the message to {shown}"
    # In two steps: until the server asks for the text, a broken connection leaves no doubt.
    try:
        status, text = smtp.docmd("DATA")
    except (OSError, smtplib.SMTPException) as error:
        raise _away(error) from error
    if status != _GO_ON:
        _expect((max(status, 400), text), RecipientGone, what)
    try:
        smtp.send(_LINE_DOT.sub(b"..", content) + b".\r\n")
        answer = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise _away(error, maybe_sent=True) from error
    _expect(answer, RecipientGone, what)


def _options(smtp: smtplib.SMTP, sender: str, recipient: str, shown: str) -> list[str]:
    if sender.isascii() and recipient.isascii():
        return []
    if not smtp.has_extn("smtputf8"):
        raise RecipientGone(f"The mail server cannot write to {shown}: it takes ASCII addresses only.")
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _expect(answer: tuple[int, bytes], refusal: type[ConfigError] | type[RecipientGone], what: str) -> None:
    """Accepts a 2xx answer; 5xx is a refusal for good, everything else one for now."""
    status, text = answer
    if 200 <= status < 300:
        return
    said = one_line(text.decode(errors="replace"))[:200]
    if status >= 500:
        raise refusal(f"The mail server refuses {what} with {status} ({said}); correct it.", status=status)
    raise NotifierUnavailable(f"The mail server puts off {what} with {status} ({said}).", status=status)


def _away(error: Exception, *, maybe_sent: bool = False) -> NotifierUnavailable:
    said = one_line(str(error))[:200]
    return NotifierUnavailable(
        f"The mail server cannot be used ({type(error).__name__}: {said}); is it up?", maybe_sent=maybe_sent
    )
