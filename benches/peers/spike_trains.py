"""Rates and irregularity of recorded spikes, as `spikeloom run` defines them."""

import numpy as np

MIN_SPIKES = 5


def summary(times_ms, cells, populations, start_ms, stop_ms):
    """{population: rate_hz, cv_isi} of the spikes after `start_ms` up to `stop_ms`; `populations`: name to (first cell, size)."""
    inside = (times_ms > start_ms + 1e-6) & (times_ms <= stop_ms + 1e-6)
    order = np.lexsort((times_ms[inside], cells[inside]))
    times_ms, cells = times_ms[inside][order], cells[inside][order]
    return {
        name: one_population(times_ms, cells, first, size, (stop_ms - start_ms) / 1000)
        for name, (first, size) in populations.items()
    }


def one_population(times_ms, cells, first, size, seconds):
    low, high = np.searchsorted(cells, [first, first + size])
    times_ms, cells = times_ms[low:high], cells[low:high] - first
    spikes = np.bincount(cells, minlength=size)
    same_cell = np.diff(cells) == 0
    intervals, owners = np.diff(times_ms)[same_cell], cells[1:][same_cell]
    regular_enough = spikes >= MIN_SPIKES
    number = np.maximum(spikes - 1, 1)
    mean = np.bincount(owners, intervals, size) / number
    variance = np.maximum(np.bincount(owners, intervals**2, size) / number - mean**2, 0)
    cv = np.sqrt(variance[regular_enough]) / mean[regular_enough]
    return {"rate_hz": float(spikes.sum() / size / seconds), "cv_isi": float(cv.mean()) if len(cv) else None}
