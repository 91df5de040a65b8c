"""The words by which people say what is bad: in the keys of a finding, and in its sentences."""

from __future__ import annotations

import re
from typing import Literal

Aspect = Literal[
    "setting",
    "code",
    "input",
    "run",
    "weights",
    "baseline",
    "metric",
    "score",
    "below",
    "above",
    "tolerance",
    "seed",
    "actor",
    "outcome",
    "committed",
    "since",
    "until",
    "words",
    "finder",
    "time",
]

_SOUND = """
    fixed fix fixes good sound clean correct corrected right repaired patched mended healthy unaffected valid safe
    replacement new current latest proper expected intended correct control reference trivial restored original
    reverted fallback rollback
"""
_BAD = "bad broken faulty false invalid buggy affected poisoned corrupt corrupted leaked leaky lost noop"
_MISSING = "missing without absent lacking unset omitted"
_STALE_KEY = "stale outdated old older superseded replaced obsolete previous former"
_GONE = "lost missing uncommitted gone unreproducible irreproducible unrecoverable"
_FROM = """
    since from start started begin began introduced after changed switched became merged deployed broken broke
"""
_TO = "until till to end ended before fixed repaired resolved reverted restored mended"
_TOLD = "at date when time discovered found reported detected noticed"

_SUBJECT: dict[Aspect, str] = {  # the first that a key has a word of is what it is about
    "tolerance": "tolerance tol epsilon eps atol margin within",
    "committed": "committed uncommitted",
    "baseline": "baseline against compared",
    "weights": """
        checkpoint ckpt weight parent ancestor init initial initialisation initialization pretrained teacher backbone
        warmstart
    """,
    "setting": """
        flag param parameter setting config configuration option hyperparameter argument arg variable switch knob
        default
    """,
    "input": "input data dataset source digest sha256 split file corpus checksum artifact",
    "code": "code commit revision branch version tree hash sha build script merge patch",
    "seed": "seed",
    "outcome": "status outcome state",
    "actor": "agent user author actor owner student worker person who",
    "run": "run experiment trial job model duplicate copy twin record",
    "metric": "metric measure",
    "score": "score value result actual used observed",
    "below": "below under less smaller lower maximum",
    "above": "above over more greater larger higher minimum exceeding",
    "words": """
        signal what story why description reason summary note title text symptom evidence how explanation comment
        detail kind type name
    """,
}

SOUND, BAD, MISSING = frozenset(_SOUND.split()), frozenset(_BAD.split()), frozenset(_MISSING.split())
STALE, GONE = frozenset(_STALE_KEY.split()), frozenset(_GONE.split())
FROM, TO, TOLD = frozenset(_FROM.split()), frozenset(_TO.split()), frozenset(_TOLD.split())
SUBJECT = {aspect: frozenset(words.split()) for aspect, words in _SUBJECT.items()}
OURS = frozenset(["by"]).union(*SUBJECT.values(), SOUND, BAD, MISSING, FROM, TO, TOLD)

_ENDS = {
    "failed": "crash crashed failed failure error oom timeout invalid diverged",
    "succeeded": "finished succeeded success done complete completed",
    "cancelled": "cancelled canceled stopped aborted interrupted killed",
    "lost": "lost preempted killed",
}
ENDS = {
    said: [end for end, words in _ENDS.items() if said in words.split()] for said in " ".join(_ENDS.values()).split()
}

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words_of(key: str) -> list[str]:
    """The words of a key, in the singular: badFlags and bad_flags are ["bad", "flag"]."""
    glued = re.sub(r"(?i)sha[-_]?256", " sha256 ", key)
    found = ["sha256" if part == "sha256" else word for part in glued.split() for word in _split(part)]
    plain = ("ss", "us", "is")
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(plain) else word for word in found]


def _split(part: str) -> list[str]:
    return [part] if part == "sha256" else [word.lower() for word in _WORD.findall(part)]


_STALE = re.compile(
    r"""\b(?:stale|outdated|old|older|wrong|superseded|replaced|previous|obsolete)\s+baselines?\b
    |\bcompared?\s+(?:with|against|to)\s+(?:an?\s+|the\s+)?(?:stale|outdated|old|older|wrong|superseded|obsolete)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_REPLACED = re.compile(
    r"""\b(?:stale|outdated|old|older|superseded|replaced|previous|obsolete|former|newer)\b[^.;]{0,30}\bbaselines?\b
    |\bbaselines?\b[^.;]{0,60}\b(?:stale|outdated|obsolete|superseded|replaced|no\s+longer\s+(?:the|current|in\s+force|best|valid)|out\s+of\s+date|newer|older
        |(?:was|were|is|are)\s+not\s+(?:the\s+)?(?:current|latest)|(?:had\s+)?(?:already\s+)?moved\s+on)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b(?:crash(?:ed|es)?|diverged?|timed[\s-]+out|time-?outs?|out\s+of\s+memory|oom|failed\s+runs?|runs?\s+(?:that\s+)?failed)\b",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"""\b(?:(?:did|do|does|had|has|have|were|was|is|are)\s*(?:not|n't)\s+(?:run\s+)?(?:finish(?:ed)?|complete[d]?)
    |(?:didn|don|hadn|weren|wasn)'t\s+(?:finish|complete)(?:e?d)?|never\s+(?:finished|completed)|unfinished|incomplete\s+runs?
    |(?:stopped|ended|cut|killed|interrupted|terminated)\s+(?:early|short|before)|killed|interrupted|aborted|preempted
    |stopped\s+runs?)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = r"([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
_TOLERANCE = re.compile(rf"(?:within|tolerance(?:\s+of)?|±|\+/?-|up\s+to)\s*{_NUMBER}", re.IGNORECASE)
_EQUALS = re.compile(
    rf"(?:equals?(?:\s+to)?|exactly|==?|is\s+always|all\s+(?:score|came\s+to))\s*{_NUMBER}", re.IGNORECASE
)
_NOISE = re.compile(
    r"\b(?:noise|noisy|spread|variance|deviation|lucky|luck|chance|insignificant|error\s+bars?|scatter)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\b(?:gains?|improvements?|differences?|wins?|better|claims?|effects?|deltas?)\b", re.IGNORECASE
)
_GAIN = re.compile(r"\b(?:gains?|improvements?|wins?|better)\b", re.IGNORECASE)
_LOST = re.compile(
    r"""\b(?:(?:never|not|un)[\s-]*(?:been\s+)?(?:committed|pushed|checked\s+in|saved|versioned)
    |(?:code|commit|branch|patch|diff|implementation|changes)\b[^.;]{0,40}\b(?:lost|missing|gone|empty|absent
        |unrecoverable|deleted|nowhere|not\s+in)
    |(?:lost|missing|empty|deleted)\s+(?:merge\s+)?(?:code|commit|merge|branch|implementation)
    |(?:commit|merge|branch|tree)\b[^.;]{0,40}\b(?:same\s+tree|no\s+changes?|changes?\s+nothing|nothing|no\s+diff
        |(?:same|identical|equals?)\b[^.;]{0,20}\bparent)
    |only\s+in\s+(?:a|the)\s+(?:dirty\s+)?(?:working|local)\s+(?:tree|copy|directory))\b""",
    re.VERBOSE | re.IGNORECASE,
)
_TWINS = re.compile(
    r"""\b(?:identical|exactly\s+(?:the\s+same|equal)|bit[- ]for[- ]bit|to\s+the\s+last\s+digit|duplicated?)\b
    [^.;]{0,40}\b(?:metrics?|scores?|results?|values?|numbers?|loss(?:es)?|curves?)\b
    |\b(?:metrics?|scores?|results?|values?|numbers?|loss(?:es)?|curves?)\b[^.;]{0,40}
    \b(?:identical|exactly\s+(?:the\s+same|equal)|bit[- ]for[- ]bit|to\s+the\s+last\s+digit)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_WEIGHTS = re.compile(
    r"""\b(?:checkpoints?|weights?|initiali[sz]ed|warm[-\s]?start\w*|pre-?trained|fine-?tun\w*|inherit\w*|descend\w*
    |child(?:ren)?|offspring|buil[dt]s?\s+on|parents?)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def tolerance_in(text: str) -> float | None:
    """How far a value may be from another, as a sentence says: within 0.0005."""
    found = _TOLERANCE.search(text)
    return float(found[1]) if found else None


def value_in(text: str) -> float | None:
    """The value that something came to, as a sentence says: equals 0.1."""
    found = _EQUALS.search(text)
    return float(found[1]) if found else None


def tells_of_noise(text: str) -> Literal["gain", "difference"] | None:
    """Whether a sentence says that differences are no more than noise: those that are gains, or any."""
    if not (_NOISE.search(text) and _DIFFERENCE.search(text)):
        return None
    return "gain" if _GAIN.search(text) else "difference"


def tells_of_lost_code(text: str) -> bool:
    """Whether a sentence says that code was never committed, or is gone."""
    return _LOST.search(text) is not None


def tells_of_twins(text: str) -> bool:
    """Whether a sentence says that different runs came to the same values."""
    return _TWINS.search(text) is not None


def tells_of_wrong_baseline(text: str) -> bool:
    """Whether a sentence says that something was compared with what it should not have been compared with."""
    return _STALE.search(text) is not None


def tells_of_replaced_baseline(text: str) -> bool:
    """Whether a sentence says that something was compared with what was no longer the baseline."""
    return _REPLACED.search(text) is not None


def ends_in(text: str) -> list[str]:
    """The ways of ending that a sentence tells of as bad: of runs that crashed, or did not finish."""
    if _UNFINISHED.search(text):
        return ["failed", "cancelled", "lost"]
    return ["failed"] if _FAILED.search(text) else []


def tells_of_weights(text: str) -> bool:
    """Whether a sentence says that runs went on with what others had trained; a commit has parents of another kind."""
    return _WEIGHTS.search(text) is not None and not tells_of_lost_code(text)
