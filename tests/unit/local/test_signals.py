"""Stop signals interrupt where they may, and wait where they may not."""

import signal

import pytest

from local.signals import STOP_SIGNALS, Stopped, stopping_by_exception, undisturbed


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_each_stop_signal_raises(number: signal.Signals) -> None:
    with pytest.raises(Stopped), stopping_by_exception():
        signal.raise_signal(number)


def test_a_signal_waits_for_the_end_of_an_undisturbed_block() -> None:
    steps = []

    def critical() -> None:
        with undisturbed():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            steps.append("finished")
        steps.append("never")

    with pytest.raises(Stopped), stopping_by_exception():
        critical()

    assert steps == ["finished"]


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in STOP_SIGNALS]

    with stopping_by_exception(), undisturbed():
        pass

    assert [signal.getsignal(number) for number in STOP_SIGNALS] == before
