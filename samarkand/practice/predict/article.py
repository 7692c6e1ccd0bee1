"""What the predictions of lesson 02 come to."""

from __future__ import annotations

from samarkand import data

EXPERTS = ("Niva Yau", "Bradley Jardine", "Chien-yu Shih")
#: The day on which the leaders met.
MET = "2022-09-15"


def _voices() -> float:
    quoted = data.load("blocks").groupby("quoted_speaker")["quoted_words"].sum()
    experts = quoted[list(EXPERTS)]
    return float(100 * experts.max() / experts.sum())


def _officials() -> int:
    return int(data.load("claims")["speaker_country"].isin(["Kazakhstan", "Uzbekistan"]).sum())


def _hedged() -> str:
    claims = data.load("claims")
    return str(claims["hedge"].notna().groupby(claims["type"]).mean().idxmax())


def _later() -> int:
    return int((data.load("claims")["verdict_day"] > MET).sum())


TRUTHS = {"02.voices": _voices, "02.officials": _officials, "02.hedged": _hedged, "02.later": _later}
