"""The pages of the door: sign in, activate an account with the code on a slip, sign up."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterhub.handlers import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from tornado.web import HTTPError

from courses.school.joining import JoiningError, NotYoursError, WrongCodeError
from courses.school.logins import LoginError, login_of, phone_number
from hub_config import people
from hub_config.people import Form, WaitingError
from hub_config.signin.throttle import address_of, is_from_cell

LONGEST = 200  # nobody types more; argon2 need not see it
_SHOWN = 64
WAITING = "dang-cho"  # what a proof of somebody who waits is signed for
WAITED = "Trang này để đã lâu nên không dùng được nữa. Bạn đăng nhập lại, rồi nhập mã lớp."
_HALF_AN_HOUR = 1 / 48  # in days
TOO_LONG = f"Mật khẩu dài nhất là {LONGEST} ký tự. Bạn hãy chọn mật khẩu ngắn hơn."
NOT_ALIKE = "Hai lần nhập mật khẩu chưa giống nhau. Bạn hãy nhập lại."
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng. Bạn hãy xem lại từng chữ, thong thả nhập lại."
TRY_AGAIN = "Chưa đăng nhập được. Bạn hãy thử lại."
ENOUGH_ASKED = (
    "Nhiều người vừa đăng ký từ mạng này. Bạn chờ 15 phút rồi thử lại, hoặc xin huấn luyện viên mã lớp."
)


class TooManyError(Exception):
    """Too many wrong tries; ``minutes`` until the next one."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"Vừa có nhiều lần nhập chưa đúng, nên trang tạm nghỉ để giữ an toàn cho tài khoản. "
            f"Bạn chờ {minutes} phút rồi thử lại; quên mật khẩu thì xin huấn luyện viên mã mới."
        )


class DoorPage(BaseHandler):  # type: ignore[misc]  # JupyterHub has no types
    """A page of the door: knows where a request comes from, and shows forms that say what to mend."""

    def prepare_door(self) -> None:
        """Answer "no such page" where the site has no accounts of its own; and refuse programs in cells.

        Nobody signs in from there, and wrong tries at another's name would make that person wait.
        """
        if is_from_cell(self.request):
            raise HTTPError(403)
        if not self.authenticator.has_accounts:
            raise HTTPError(404)

    def typed(self, name: str, *, strip: bool = True) -> str:
        """Return one field of the form."""
        return str(self.get_body_argument(name, "", strip=strip))

    async def show(self, template: str, status: int, **values: object) -> None:
        """Answer with a page of the hub."""
        self.set_status(status)
        token = self.xsrf_token.decode("ascii")
        self.finish(await self.render_template(template, xsrf=token, **values))

    async def show_waiting(self, login: str, status: int = 200, refusal: str | None = None) -> None:
        """Tell somebody that a trainer has to let them in first, unless they have a class's code by now.

        Args:
            login: what they have just proven to be theirs; the page's form brings it back, signed.
            status: of the answer.
            refusal: why a code that they typed was refused.
        """
        proof = self.create_signed_value(WAITING, login).decode()
        await self.show("waiting.html", status, proof=proof, refusal=refusal)

    async def show_told(self, status: int, sentence: str, *, back: bool = True) -> None:
        """Show a page with one sentence, and the way back to the sign-in page where that is a way."""
        await self.show("told.html", status, sentence=sentence, back=back)


def repeated(typed: str) -> str:
    """Return what a form shows again of a typed name: never a phone number, for phones are passed around."""
    return "" if phone_number(typed) or typed.isdecimal() else typed[:_SHOWN]


class LoginPage(DoorPage, LoginHandler):  # type: ignore[misc]  # JupyterHub has no types
    """``/hub/login``. What was typed never reaches the log: people sign in by phone number."""

    def _render(self, login_error: str | None = None, username: str | None = None, **values: object) -> Any:  # noqa: ANN401 - JupyterHub's own signature
        return super()._render(login_error=login_error, username=repeated(username or ""), **values)

    async def post(self) -> None:
        """Sign in with name and password."""
        self.prepare_door()
        typed = self.typed("username")
        try:
            user = await self.login_user({"typed": typed, "password": self.typed("password", strip=False)})
        except WaitingError as waiting:
            await self.show_waiting(waiting.login)
            return
        except TooManyError as error:
            await self._refuse(429, str(error), typed)
            return
        if user is None:
            await self._refuse(403, WRONG, typed)
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    async def _refuse(self, status: int, said: str, typed: str) -> None:
        self.set_status(status)
        self.finish(await self._render(login_error=said, username=typed))


class ActivationPage(DoorPage):
    """``/hub/kich-hoat``: user name, the code on the paper, a new password; then straight in."""

    async def get(self) -> None:
        """Show the form."""
        self.prepare_door()
        await self.show("activate.html", 200, username="", refusal=None)

    async def post(self) -> None:
        """Use the code, then sign the person in."""
        self.prepare_door()
        typed, password = self.typed("username"), self.typed("password", strip=False)
        try:
            refusal = await self._activate(typed, self.typed("code"), password)
        except TooManyError as error:
            await self.show("activate.html", 429, username=repeated(typed), refusal=str(error))
            return
        if refusal is None and await self.login_user({"typed": typed, "password": password}):
            self.redirect(self.settings["default_url"])
            return
        await self.show("activate.html", 403, username=repeated(typed), refusal=refusal or TRY_AGAIN)

    async def _activate(self, typed: str, code: str, password: str) -> str | None:
        if password != self.typed("again", strip=False):
            return NOT_ALIKE
        if max(len(typed), len(code), len(password)) > LONGEST:
            return TOO_LONG
        door = self.authenticator
        login = login_of(typed, door.seal)
        fault = await asyncio.to_thread(people.password_fault, password, typed)
        return fault or await door.attempt(
            self.request,
            login,
            lambda: people.activate(door.url, login, code, password),
            lambda refusal: refusal is not None,
        )


class SignUpPage(DoorPage):
    """``/hub/dang-ky``: join with the code of a class, or ask and wait."""

    async def get(self) -> None:
        """Show the form; ``?ma=`` brings the code along, so that a trainer can hand out a link."""
        self.prepare_door()
        code = self.get_query_argument("ma", "")[:_SHOWN]
        await self._show(
            200, Form(code=code, display_name="", login="", password="", target="citizen", group="")
        )

    async def post(self) -> None:
        """Take the newcomer in, or put them on the list, or say what to mend."""
        self.prepare_door()
        fields = ("code", "display_name", "login", "target", "group")
        form = Form(
            password=self.typed("password", strip=False), **{name: self.typed(name) for name in fields}
        )
        try:
            joined = await self._join(form)
        except (JoiningError, LoginError) as refusal:
            await self._show(403, form, str(refusal))
        except TooManyError as error:
            await self._show(429, form, str(error))
        else:
            await self._welcome(form, joined=joined)

    async def _join(self, form: Form) -> bool:
        if form.password != self.typed("again", strip=False):
            raise JoiningError(NOT_ALIKE)
        if max(map(len, form.model_dump().values())) > LONGEST:
            raise JoiningError(TOO_LONG)
        door = self.authenticator
        if not form.code and not door.throttle.may_ask(address_of(self.request)):
            raise JoiningError(ENOUGH_ASKED)

        def join() -> bool | JoiningError:
            try:
                return people.sign_up(door.url, form, door.seal)
            except (WrongCodeError, NotYoursError) as error:
                return error

        login = login_of(form.login, door.seal) if form.code else ""
        result = await door.attempt(self.request, login, join, lambda got: isinstance(got, JoiningError))
        if isinstance(result, JoiningError):
            raise result
        return bool(result)

    async def _welcome(self, form: Form, *, joined: bool) -> None:
        if not joined:
            await self.show_waiting(login_of(form.login, self.authenticator.seal))
        elif await self.login_user({"typed": form.login, "password": form.password}):
            self.redirect(self.settings["default_url"])
        else:
            raise HTTPError(500)

    async def _show(self, status: int, form: Form, refusal: str | None = None) -> None:
        groups = await asyncio.to_thread(people.groups, self.authenticator.url)
        shown = form.model_copy(update={"password": "", "login": repeated(form.login)})
        await self.show("sign_up.html", status, form=shown, groups=groups, refusal=refusal)


class ClassCodePage(DoorPage):
    """``/hub/ma-lop``: somebody who waits, by whichever door they came, was given a class's code."""

    async def post(self) -> None:
        """Take them in, or say what to mend."""
        proof = self.get_signed_cookie(WAITING, value=self.typed("proof"), max_age_days=_HALF_AN_HOUR)
        if proof is None:
            await self.show_told(403, WAITED)
            return
        login = proof.decode()
        try:
            user = await self.login_user({"waiting": login, "code": self.typed("code")[:LONGEST]})
        except JoiningError as refusal:
            await self.show_waiting(login, 403, str(refusal))
        except TooManyError as error:
            await self.show_waiting(login, 429, str(error))
        else:
            self.redirect(self.settings["default_url"] if user else self.settings["login_url"])
