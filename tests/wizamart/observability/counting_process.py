"""One of several processes that count: counts one toggle and prints the sum over all."""

from wizamart.observability.metrics import Metrics

if __name__ == "__main__":
    metrics = Metrics()
    metrics.toggles.labels("market", "billing", "enabled").inc()
    lines = metrics.counted().decode().splitlines()
    print(next(line for line in lines if line.startswith("wizamart_module_toggles_total{")))  # noqa: T201
