"""SIGTERM and SIGINT are heard whatever the main thread is at."""

import os
import signal
import threading

import pytest
from service_kit.stop_signals import stop_signals

from tests.waiting import PATIENCE_S, wait_for


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_called_may_wait_for_what_the_main_thread_holds(number: signal.Signals) -> None:
    held, stopped = threading.Lock(), threading.Event()

    def stop() -> None:
        with held:
            stopped.set()

    with stop_signals(stop):
        with held:
            os.kill(os.getpid(), number)
            assert not stopped.wait(0.05)
        assert stopped.wait(PATIENCE_S)


def test_a_signal_that_another_thread_gets_wakes_a_main_thread_that_sleeps() -> None:
    stopped = threading.Event()
    with stop_signals(stopped.set):
        other = threading.Thread(
            target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        )
        other.start()
        assert stopped.wait(PATIENCE_S)
        other.join()


def test_every_signal_counts_and_no_other_one_does() -> None:
    times: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda _number, _frame: None)
    try:
        with stop_signals(lambda: times.append(1)):
            for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
                os.kill(os.getpid(), number)
            wait_for(lambda: len(times) == 2)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert len(times) == 2


def test_afterwards_signals_do_what_they_did() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    open_before = os.listdir("/proc/self/fd")
    with stop_signals(lambda: None):
        assert signal.getsignal(signal.SIGTERM) != before[signal.SIGTERM]
    assert {number: signal.getsignal(number) for number in before} == before
    assert os.listdir("/proc/self/fd") == open_before
