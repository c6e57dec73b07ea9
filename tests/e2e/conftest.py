"""One running service for all end-to-end tests: what `make run` runs, on ports of its own."""

from __future__ import annotations

import itertools
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from local.stack import Stack, settings_beside
from tests.browsers import launched
from tests.e2e.browsing import PATIENCE_MS
from tests.e2e.service import Service, Someone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

_NUMBERS = itertools.count(2000)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with Stack(settings_beside("e2e")) as running:
        yield running


@pytest.fixture(scope="session")
def service(stack: Stack) -> Iterator[Service]:
    with Service(stack) as made:
        yield made


@pytest.fixture
def someone(service: Service) -> Callable[[], Someone]:
    """Make users whom no other test knows, with an e-mail address and a phone number."""

    def make() -> Someone:
        name = f"user-{uuid.uuid4().hex[:12]}"
        user = Someone(name, f"{name}@example.com", f"+1415555{next(_NUMBERS)}")
        points = {"email": user.email, "phone": user.phone}
        assert service.put(f"/users/{name}", points).status_code == 200
        return user

    return make


@pytest.fixture
def user(someone: Callable[[], Someone]) -> Someone:
    return someone()


@pytest.fixture(scope="module")
def mailgun_alone(service: Service) -> Iterator[None]:
    """Let emails have no second provider. Retries show only where nothing takes over."""
    with configured(service, "DispatchFunction", EMAIL_PROVIDERS="mailgun"):
        yield


@contextmanager
def configured(service: Service, function: str, **variables: str) -> Iterator[None]:
    """Give a function other settings for a while."""
    client = service.client("lambda")
    name = service.stack.cloud.resources("AWS::Lambda::Function")[function]
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    other = {**before, **variables}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": other})
    yield
    client.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Make pages of one browser profile: tabs, say."""
    window: ViewportSize = {"width": 1280, "height": 900}
    # A zone that is not UTC: times have to be said in the reader's.
    with browser.new_context(viewport=window, timezone_id="Asia/Tokyo") as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    return new_page()
