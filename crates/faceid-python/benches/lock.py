"""What a call takes, beside what it takes to get the interpreter's lock back from a busy thread. Prints microseconds."""

import threading
import time
from statistics import median

from faceid_sign import Signer

KEY, SECRET = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q"
signer = Signer(KEY, SECRET)
sign = signer.sign(1530762118, "0799687066")


def duration(call):
    times = []
    for _ in range(200):
        started = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - started)
    return median(times) / 1000


calls = {
    "Signer": lambda: Signer(KEY, SECRET),
    "sign": lambda: signer.sign(1530762118, "0799687066"),
    "sign_now": lambda: signer.sign_now(),
    "verify": lambda: signer.verify(sign, now=1530762118),
    "diagnose": lambda: signer.diagnose(sign, now=1530762118),
    "diagnose, 16 KiB of nonsense": lambda: signer.diagnose("A" * 16 * 1024, now=1530762118),
}
for name, call in calls.items():
    print(f"{name}: {duration(call):.1f}")

busy = True


def work():
    while busy:
        pass


thread = threading.Thread(target=work)
thread.start()
# Lets go of the lock, and does nothing.
print(f"the lock, back from a busy thread: {duration(lambda: time.sleep(0)):.1f}")
busy = False
thread.join()
