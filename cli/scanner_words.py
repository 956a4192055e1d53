"""A scanner's profile in words."""

from __future__ import annotations

from models.scanner_profile import Choice, Rate, ScannerProfile


def profile_lines(profile: ScannerProfile) -> list[str]:
    """Return what a profile says, a line each."""
    benign, recall = profile.benign, profile.recall
    lines = [
        f"  scanner {profile.scanner}, {profile.model}, palette {profile.palette}, made {profile.created_at}",
        f"  alarms from score {profile.threshold_told:g} (network output {profile.threshold:g})",
        f"  false alarms {_rate(profile.false_alarms)}, wanted {profile.wanted:.1%}",
        f"  set on {benign.used} benign pictures: {benign.files} files less {benign.unreadable} unreadable ones and "
        f"{benign.duplicates} near-duplicates",
    ]
    if recall is not None:
        lines.append(f"  recall {_rate(recall.rate)} on {recall.rate.count} pictures of {recall.bags} bags")
        if recall.checked is not None:
            checked = f"  false alarms on labelled pictures without a part {_rate(recall.checked)}"
            lines.append(f"{checked}, {recall.checked.count} pictures")
    lines += [_choice(one) for one in profile.choices if one.wanted != profile.wanted]
    return [*lines, *(f"  note: {note}" for note in profile.notes)]


def _choice(one: Choice) -> str:
    recall = "" if one.recall is None else f", recall {one.recall:.1%}"
    return f"  at {one.wanted:.0%} false alarms: from score {one.threshold:g}{recall}"


def _rate(rate: Rate) -> str:
    return f"{rate.value:.1%} ({rate.low:.1%} to {rate.high:.1%})"
