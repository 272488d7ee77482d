"""Bar codes too blurred or too small for a decoder: the printed line that explains the profile best.

A decoder looks for edges; a blur of a module or a module of a pixel leaves none. But the profile of a code,
averaged over the height of its bars, is nearly free of noise, and it can only be one of the lines that the
symbology allows, blurred. So lines are drawn, blurred and compared: every symbol takes the pattern that fits
best beside its neighbours, position and blur follow by descent, and the check character has to hold. Reads
Code 128 with a blur of one module and at one pixel a module, where no decoder reads anything.

A wrong line does not fit: `Fit.misfit` is the share of the profile that stays unexplained (right lines 0.002
to
0.07), `Fit.margin` how much worse the next line is whose check character holds.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator
from dataclasses import astuple, dataclass, replace

from scanner.linedrawing import Drawing, Ints, Line, drawing_of, levels
from scanner.vision import Floats, np


@dataclass(frozen=True)
class Fit:
    """A line found in a profile."""

    line: Line
    choices: tuple[int, ...]
    misfit: float
    margin: float
    """By how many times the noise the next possible line is worse (half the difference of squares)."""
    start: float
    """Where the line begins and ends in the profile; `start` > `end` where it is read from right to left."""
    end: float

    def modules(self) -> Floats:
        """The line itself, 1 for a bar."""
        drawn = np.zeros(self.line.modules, np.float32)
        for (patterns, at), choice in zip(_symbols(self.line), self.choices, strict=True):
            drawn[at : at + patterns.shape[1]] = patterns[choice]
        return drawn


def _symbols(line: Line) -> Iterator[tuple[Floats, int]]:
    for slots in line.slots:
        for start in slots.starts:
            yield slots.patterns, start


@dataclass(frozen=True)
class _Pose:
    """Where the line lies in the profile and how it is blurred."""

    start: float
    end: float
    bulge: float
    """Pixels by which the middle lies beside the mean of the ends: perspective and round packs."""
    sigma: float
    """Blur of the lens, in modules."""
    smear: float
    """Length of the smear of motion, in modules."""
    growth: float
    """By how many modules bars are wider than they should be: ink spreads, light swamps."""


@dataclass(frozen=True)
class _Try:
    misfit: float
    pose: _Pose
    choices: list[Ints]
    costs: list[Floats]
    samples: Floats
    drawing: Drawing


def _try(profile: Floats, line: Line, pose: _Pose, rounds: int) -> _Try | None:
    drawing = drawing_of(
        line, round(pose.sigma * 20) / 20, round(pose.smear * 8) / 8, round(pose.growth * 16) / 16
    )
    u = drawing.positions
    x = pose.start + (pose.end - pose.start) * u + 4 * pose.bulge * u * (1 - u) - 0.5
    samples: Floats = np.interp(x, np.arange(profile.size), profile).astype(np.float32)
    choices: list[Ints] | None = None
    signal = drawing.signal(None)
    costs: list[Floats] = []
    for _ in range(rounds):
        base, depth = levels(drawing, samples, signal)
        residual = samples - base - depth * signal
        before, choices_now, costs = choices, [], []
        for index, (blurred, places) in enumerate(drawing.groups):
            drawn = blurred.mean(axis=0) if before is None else blurred[before[index]]
            here = depth[places]
            target = residual[places] + here * drawn
            # |target - depth * pattern|^2 for every symbol and pattern, the constant part included.
            weighted = (here * here) @ (blurred * blurred).T - 2 * (target * here) @ blurred.T
            costs.append(weighted + (target * target).sum(axis=1)[:, None])
            choices_now.append(weighted.argmin(axis=1))
        choices = choices_now
        if before is not None and all((a == b).all() for a, b in zip(before, choices, strict=True)):
            break
        signal = drawing.signal(choices)
    base, depth = levels(drawing, samples, signal)
    if choices is None or depth.max() >= 0:  # bars are darker than the ground: whoever asks has seen to that
        return None
    residual = samples - base - depth * signal
    spread = samples - samples.mean()
    return _Try(
        float(residual @ residual) / (float(spread @ spread) + 1e-6), pose, choices, costs, samples, drawing
    )


@dataclass(frozen=True, slots=True)
class Edge:
    """Where the profile darkens after a calm light stretch."""

    at: float
    calm: int
    """Pixels of the stretch."""


def edges(profile: Floats, most: int = 4) -> list[Edge]:
    """Where a code may begin, after the longest calm stretches first; for its end turn the profile round."""
    change = np.abs(np.diff(profile, prepend=profile[:1]))
    active = np.convolve(change, np.ones(9) / 9, "same")
    busy = active > 0.25 * np.percentile(active, 80)
    inside = profile[busy] if busy.any() else profile
    dark, light = (float(v) for v in np.percentile(inside, [3, 97]))
    found, run = [], 0
    for at, bar in enumerate(profile < light - 0.3 * (light - dark)):
        if bar:
            if run >= 6:
                found.append(Edge(float(at), run))
            run = 0
        else:
            run += 1
    return sorted(found, key=lambda edge: -edge.calm)[:most]


_CALM = 5
"""Modules of calm that a code has at both ends at least; inside a code no light stretch is longer than
four."""


def fit_line(profile: Floats, lines: tuple[Line, ...], *, keep: int = 4) -> Generator[None, None, list[Fit]]:
    """The lines that explain the profile best, the best one first; each one's check character holds.

    `lines` are tried in both directions at all likely places; about 50 ms for one, a second for forty of
    them. Yields after every few milliseconds, so that whoever asks can give up.
    """
    size = float(profile.size)
    turned = np.ascontiguousarray(profile[::-1])
    left, right = edges(profile), [Edge(size - edge.at, edge.calm) for edge in edges(turned)]
    coarse: list[tuple[float, bool, Line, _Pose]] = []
    for line in lines:
        for first in left:
            for last in right:
                module = (last.at - first.at) / line.modules
                if not 0.85 <= module <= 8 or min(first.calm, last.calm) < _CALM * module:
                    continue
                for misfit, pose in _coarse(profile, line, first.at, last.at):
                    coarse.append((misfit, False, line, pose))
                for misfit, pose in _coarse(turned, line, size - last.at, size - first.at):
                    coarse.append((misfit, True, line, pose))
                yield
    coarse.sort(key=lambda item: item[0])
    fits: list[Fit] = []
    tried: set[tuple[int, float, float, bool]] = set()
    for _, backwards, line, pose in coarse:
        key = (line.modules, pose.start, pose.end, backwards)
        if key in tried:
            continue
        if len(tried) == keep:
            break
        tried.add(key)
        best = yield from _descend(turned if backwards else profile, line, pose)
        fit = _checked(line, best) if best is not None else None
        if fit is not None:
            fits.append(replace(fit, start=size - fit.start, end=size - fit.end) if backwards else fit)
            if fit.misfit < 0.03 and fit.margin > 100:
                break
        yield
    return sorted(fits, key=lambda fit: fit.misfit)


def _coarse(profile: Floats, line: Line, start: float, end: float) -> Iterator[tuple[float, _Pose]]:
    for sigma in (0.3, 0.55, 0.9):
        attempt = _try(profile, line, _Pose(start, end, 0.0, sigma, 0.0, 0.0), 1)
        if attempt is not None:
            yield attempt.misfit, attempt.pose


_HOPELESS = (0.5, 0.25, 0.15, 0.1)
"""A misfit above which the descent is given up: after a first round, and each time its steps were halved."""


def _descend(profile: Floats, line: Line, pose: _Pose) -> Generator[None, None, _Try | None]:
    """Move ends, bulge and blur to where the misfit is least."""
    best = _try(profile, line, pose, 2)
    if best is None:
        return None
    module = (pose.end - pose.start) / line.modules
    steps, halved = [module, module, module, 0.2, 1.0, 0.25], 0
    while steps[0] > 0.1 * module:
        improved = False
        for which in range(6):
            yield
            for sign in (1, -1):
                values = list(astuple(best.pose))
                values[which] += sign * steps[which]
                if not (0.2 <= values[3] <= 1.6 and 0 <= values[4] <= 5 and abs(values[5]) <= 0.6):
                    continue
                attempt = _try(profile, line, _Pose(*values), 2)
                if attempt is not None and attempt.misfit < 0.999 * best.misfit:
                    best, improved = attempt, True
                    break
        if best.misfit > (_HOPELESS[halved] if not improved or halved == 0 else 1):
            return None
        if not improved:
            steps = [step / 2 for step in steps]
            halved = min(halved + 1, len(_HOPELESS) - 1)
    return best


def _checked(line: Line, best: _Try) -> Fit | None:
    """The best choice of patterns whose check character holds, and by how much it beats the next one."""
    found: list[tuple[float, tuple[int, ...]]] = []
    explored = 0.0
    for excess, choice in _nearest(best.costs, 300):
        explored = excess
        if line.holds(choice):
            found.append((_exact(line, best, choice), choice))
            if len(found) == 2:
                break
    if not found:
        return None
    found.sort()
    squares, choice = found[0]
    noise = squares / best.samples.size
    next_one = found[1][0] if len(found) > 1 else squares + explored
    spread = best.samples - best.samples.mean()
    misfit = squares / (float(spread @ spread) + 1e-6)
    margin = (next_one - squares) / (2 * max(noise, 0.05))
    return Fit(line, choice, misfit, margin, best.pose.start, best.pose.end)


def _exact(line: Line, best: _Try, choice: tuple[int, ...]) -> float:
    split, at = [], 0
    for slots in line.slots:
        split.append(np.array(choice[at : at + len(slots.starts)]))
        at += len(slots.starts)
    signal = best.drawing.signal(split)
    base, depth = levels(best.drawing, best.samples, signal)
    residual = best.samples - base - depth * signal
    return float(residual @ residual)


def _nearest(costs: list[Floats], most: int) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Choices of patterns in the order of their cost, as if symbols did not touch; cost above the best."""
    rows = [row for group in costs for row in group]
    ranks = [np.argsort(row)[:6] for row in rows]
    excess = [row[rank] - row[rank[0]] for row, rank in zip(rows, ranks, strict=True)]
    first = (0,) * len(rows)
    heap, seen = [(0.0, first)], {first}
    while heap and most:
        cost, places = heapq.heappop(heap)
        most -= 1
        yield cost, tuple(int(rank[place]) for rank, place in zip(ranks, places, strict=True))
        for at, place in enumerate(places):
            if place + 1 < len(ranks[at]):
                further = (*places[:at], place + 1, *places[at + 1 :])
                if further not in seen:
                    seen.add(further)
                    step = float(excess[at][place + 1] - excess[at][place])
                    heapq.heappush(heap, (cost + step, further))
