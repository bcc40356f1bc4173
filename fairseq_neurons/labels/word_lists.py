"""Word lists of months, cardinal numbers and negations in English, French and German."""

from __future__ import annotations

import re

LANGUAGES = ("en", "fr", "de")

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "fr": """janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre
        decembre""",
    "de": "januar jänner februar feber märz april mai juni juli august september oktober november dezember",
}
MONTHS = {language: frozenset(words.split()) for language, words in _MONTHS.items()}
# The only spelling in which these words are months: compare "she may", "an august man", the planet Mars.
AMBIGUOUS_MONTHS: dict[str, dict[str, str]] = {
    "en": {"may": "May", "march": "March", "august": "August"},
    "fr": {"mars": "mars"},
    "de": {},
}

NEGATIONS = {
    "en": re.compile(r"not|.*n't|'nt|'t|never|no|none|nobody|no-one|nothing|nowhere|neither|nor|cannot"),
    "fr": re.compile(r"ne|n'|non|pas|jamais|rien|aucune?s?|nul|nulle|ni|guère|nullement"),
    "de": re.compile(r"nichts?|nie|niemals|niemand(e[mns])?|kein.*|nirgend.*|weder|nein"),
}

_DIGITS = r"[+\-−]?[$€£¥]?\d+(?:[.,:/'\-]\d+)*[%$€£¥]?"
# Numerals, and words that are part of a number only inside a compound: articles and conjunctions.
_NUMERALS = {
    "en": (
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
        billion trillion""",
        "and",
    ),
    "fr": (
        """zéro deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingts? trente
        quarante cinquante soixante septante huitante octante nonante cents? mille millions? milliards?""",
        "un une et",
    ),
    "de": (
        """null eins zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf sechzehn siebzehn zwanzig dreißig
        dreissig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend million(?:en)? milliarden?""",
        "ein und",
    ),
}


def _number_pattern(numerals: str, links: str) -> re.Pattern[str]:
    numeral, link = "|".join(numerals.split()), "|".join(links.split())
    return re.compile(f"{_DIGITS}|(?:(?:{link})-?)*(?:{numeral})(?:-?(?:{link}|{numeral}))*")


NUMBERS = {language: _number_pattern(*words) for language, words in _NUMERALS.items()}
