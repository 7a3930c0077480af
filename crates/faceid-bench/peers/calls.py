"""A call with requests: `calls.py URL THREADS COUNT`. Prints processor time and calls a second as JSON."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter

import sign

url, threads, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
session = requests.Session()
# Else it keeps ten connections, and makes the others anew each time.
session.mount("http://", HTTPAdapter(pool_maxsize=threads))


def call(_):
    # Without a file name each is a plain field, and the form is multipart.
    form = {
        "sign": (None, sign.sign_now()),
        "sign_version": (None, "hmac_sha1"),
        "liveness_id": (None, "fake-scene"),
        "uuid": (None, "fake-user-0123456789"),
    }
    answer = session.post(f"{url}/faceid/v5/sdk/get_biz_token", files=form, timeout=10)
    answer.raise_for_status()
    return answer.json()["biz_token"]


with ThreadPoolExecutor(threads) as pool:
    list(pool.map(call, range(max(50, threads))))
    started, cpu = time.perf_counter(), time.process_time()
    list(pool.map(call, range(count)))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
print(json.dumps({"per_second": count / seconds, "cpu_us": cpu / count * 1e6}))
