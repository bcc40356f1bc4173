"""The words of the toy grammar, each with its inflection in English and in French.

A *kind* (``person``, ``food``, ...) is the semantic class of a noun; verbs and adjectives list the kinds that they
combine with. A *person* is a column of every conjugation: ``SG1`` (I), ``SG3``, ``PL1``, ``PL2`` (you), ``PL3``.
Regular inflection is by rule; the tables list only irregular forms.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SG1, SG3, PL1, PL2, PL3 = range(5)
Forms = dict[str, tuple[str, ...]]  # tense label -> one finite form per person
_BEFORE_VOWEL = r"(?=[aeiouhéêœ])(?!huit|onze)"  # every other h of the lexicon is mute
_IMPERFECT, _FUTURE = ("ais", "ait", "ions", "iez", "aient"), ("ai", "a", "ons", "ez", "ont")
_CONTRACTED = {"à le": "au", "à les": "aux", "de le": "du", "de les": "des"}


class Noun(NamedTuple):
    """A noun; ``english`` and ``french`` are (singular, plural)."""

    english: tuple[str, str]
    french: tuple[str, str]
    feminine: bool
    kind: str


class Modifier(NamedTuple):
    """An adjective or a determiner.

    ``english`` is (singular, plural); ``french`` is (masculine, masculine before a vowel as ``vieil``, feminine,
    feminine before a vowel as ``mon``, masculine plural, feminine plural).
    """

    english: tuple[str, ...]
    french: tuple[str, ...]
    before_noun: bool = True
    kinds: tuple[str, ...] = ()

    def agree(self, feminine: bool, plural: bool, following: str = "") -> str:
        """The French form; ``following`` are the next words of the same noun phrase."""
        return self.french[4 + feminine if plural else 2 * feminine + bool(re.match(_BEFORE_VOWEL, following))]


class Verb(NamedTuple):
    """A verb in both languages; ``english`` and ``french`` are its finite forms.

    The French past of être and avoir is the imperfect; other verbs have no finite past and form it with the
    ``participle``. ``particle`` is, for instance, the ``for`` of ``wait for``, ``tail`` the ``de`` of ``jouer de``.
    """

    base: str
    english: Forms
    participle: str
    french: Forms
    with_etre: bool = False
    particle: str = ""
    tail: str = ""
    subjects: tuple[str, ...] = ("person",)
    objects: tuple[str, ...] = ()
    determiners: str = ""


def elide_and_contract(french: str) -> str:
    """The words as written: ``à le enfant`` -> ``à l' enfant``, ``à le garçon`` -> ``au garçon``."""
    eliding = rf"(?<!\S)(je|me|le|la|ne|de|que) {_BEFORE_VOWEL}"
    french = re.sub(eliding, lambda match: f"{match[1][:-1]}' ", french, flags=re.IGNORECASE)
    return re.sub(r"(?<!\S)(à|de) les?(?!\S)", lambda match: _CONTRACTED[match[0]], french)


def french_plural(singular: str) -> str:
    """The plural of a French noun, adjective or participle."""
    if singular.endswith(("s", "x")):
        return singular
    if singular.endswith("al"):
        return singular[:-2] + "aux"
    return singular + ("x" if singular.endswith("eau") else "s")


def _add_s(english: str) -> str:
    return english + ("es" if english.endswith(("s", "x", "ch", "go", "do")) else "s")


def _noun(entry: str, kind: str) -> Noun:
    english, french, gender = entry.split()
    singular, _, plural = english.partition("/")
    return Noun((singular, plural or _add_s(singular)), (french, french_plural(french)), gender == "f", kind)


def _adjective(row: str) -> Modifier:
    english, masculine, feminine, place, *kinds = row.split()
    masculine, _, prevocalic = masculine.partition("/")
    french = (masculine, prevocalic or masculine, feminine, feminine, french_plural(masculine), french_plural(feminine))
    return Modifier((english, english), french, place == "<", tuple(kinds))


def _english_finite(base: str, past: str) -> Forms:
    third = "has" if base == "have" else _add_s(base)
    return {"pres": (base, third, base, base, base), "past": (past,) * 5, "fut": (base,) * 5}


def _french_forms(infinitive: str) -> tuple[str, Forms]:
    stem, imperfect = infinitive[:-2], {"être": "ét", "avoir": "av"}.get(infinitive)
    regular = f"{stem}e {stem}e {stem}ons {stem}ez {stem}ent {stem}é {infinitive}".split()
    *present, participle, future = _IRREGULAR.get(infinitive, regular)
    past = tuple(imperfect + end for end in _IMPERFECT) if imperfect else ()
    return participle, {"pres": tuple(present), "past": past, "fut": tuple(future + end for end in _FUTURE)}


def _verb(row: str) -> Verb:
    english, french, *selection = (column.strip() for column in row.split("|"))
    base_past, _, particle = english.partition(" ")
    base, _, past = base_past.partition("/")
    infinitive, _, tail = french.partition(" ")
    subjects, objects = (tuple(kinds.split()) for kinds in selection[:2])
    with_etre = infinitive in ("aller", "arriver", "partir", "rester", "venir")
    forms = (base, _english_finite(base, past or base + "ed"), *_french_forms(infinitive))
    return Verb(*forms, with_etre, particle, tail, subjects, objects, *selection[2:])


def _pairs(text: str) -> dict[str, str]:
    return {english: french for english, french in (pair.split() for pair in text.split(","))}


_NOUNS = """
person: man/men homme m, woman/women femme f, girl fille f, boy garçon m, child/children enfant m, friend ami m,
  teacher professeur m, student étudiant m, doctor médecin m, cook cuisinier m, neighbour voisin m, nurse infirmière f
animal: dog chien m, cat chat m, horse cheval m, bird oiseau m, cow vache f, mouse/mice souris f
food: apple pomme f, egg œuf m, cake gâteau m, orange orange f, tomato/tomatoes tomate f
dish: bread pain m, cheese fromage m, soup soupe f
drink: water eau f, milk lait m, coffee café m, tea thé m
thing: book livre m, letter lettre f, newspaper journal m, bag sac m, key clé f, hat chapeau m, watch montre f,
  knife/knives couteau m
opening: door porte f, window fenêtre f, box boîte f
vehicle: car voiture f, bicycle vélo m
transport: train train m, bus bus m, plane avion m
instrument: piano piano m, guitar guitare f, violin violon m
building: school école f, station gare f, hotel hôtel m, museum musée m, library/libraries bibliothèque f,
  restaurant restaurant m, theatre théâtre m, airport aéroport m
area: park parc m, village village m, castle château m
room: garden jardin m, kitchen cuisine f, forest forêt f
shore: beach plage f"""
_KINDS = (line.split(":") for line in _NOUNS.replace(",\n", ",").split("\n")[1:])
NOUNS = {kind: tuple(_noun(entry, kind) for entry in entries.split(",")) for kind, entries in _KINDS}
UNOWNED, YOUNG, UNCOUNTED = NOUNS["person"][:4], NOUNS["person"][2:5], ("dish", "drink", "instrument")
# English `at`; French `at` and `to` before the definite article; French before any other determiner.
_PLACES = "building at à à dans, area in dans à dans, room in dans dans dans, shore on sur à sur"
PLACES = {row.split()[0]: row.split()[1:] for row in _PLACES.split(",")}
TOWNS = {"Paris": "à Paris", "London": "à Londres", "Italy": "en Italie", "France": "en France", "Japan": "à le Japon"}
NAMES = _pairs("Paul m, Thomas m, Antoine m, Nicolas m, Marie f, Sophie f, Alice f, Emma f")

_ADJECTIVES = """
old vieux/vieil vieille < person animal thing vehicle building area opening
new nouveau/nouvel nouvelle < thing vehicle building
beautiful beau/bel belle < person animal building area room shore
big grand grande < animal vehicle opening building area room shore
big gros grosse < food
small petit petite < animal food thing vehicle opening building area room shore
young jeune jeune < person animal
good bon bonne < food dish drink
red rouge rouge > thing vehicle opening
white blanc blanche > animal thing vehicle opening
happy heureux heureuse > person
tired fatigué fatiguée > person animal
sick malade malade > person animal
expensive cher chère > food thing vehicle
fresh frais fraîche > food
cold froid froide > dish drink
open ouvert ouverte > opening building"""
UNGRADED = ("red", "white", "open")  # by `very` and `too`
TEMPORARY = ("happy", "tired", "sick", "expensive", "cold", "open")
ADJECTIVES = tuple(_adjective(row) for row in _ADJECTIVES.split("\n")[1:])
PREDICATIVE = tuple(row.english[0] for row in ADJECTIVES if row.english[0] != "new")  # that would be `neuf`

_DETERMINERS = """the the le le la la les les, a - un un une une - -, this these ce cet cette cette ces ces,
my my mon mon ma mon mes mes, his his son son sa son ses ses, her her son son sa son ses ses,
our our notre notre notre notre nos nos, your your votre votre votre votre vos vos,
their their leur leur leur leur leurs leurs, no - aucun aucun aucune aucune - -"""
_ROWS = (tuple(row.split()) for row in _DETERMINERS.split(","))
DETERMINERS = {row[0]: Modifier(row[:2], row[2:]) for row in _ROWS}
POSSESSIVES = ("my", "your", "his", "her", "our", "their")
# English subject and object, French subject and clitic object.
_PRONOUNS = "I me je me, you you vous vous, he him il le, she her elle la, we us nous nous, they them ils les"
PRONOUNS = {row.split()[0]: tuple(row.split()) for row in _PRONOUNS.split(",")}
PERSONS = {"I": SG1, "you": PL2, "he": SG3, "she": SG3, "we": PL1, "they": PL3}

# Infinitive, the five persons of the present, past participle, stem of the future.
_IRREGULAR_VERBS = """être suis est sommes êtes sont été ser, avoir ai a avons avez ont eu aur,
acheter achète achète achetons achetez achètent acheté achèter, aller vais va allons allez vont allé ir,
attendre attends attend attendons attendez attendent attendu attendr, boire bois boit buvons buvez boivent bu boir,
dormir dors dort dormons dormez dorment dormi dormir, manger mange mange mangeons mangez mangent mangé manger,
ouvrir ouvre ouvre ouvrons ouvrez ouvrent ouvert ouvrir, partir pars part partons partez partent parti partir,
savoir sais sait savons savez savent su saur, venir viens vient venons venez viennent venu viendr,
voir vois voit voyons voyez voient vu verr"""
_IRREGULAR = {row.split()[0]: row.split()[1:] for row in _IRREGULAR_VERBS.split(",")}
_VERBS = {  # English | French | kinds of the subject | kinds of the object or the place | determiners of the object
    "transitive": """eat/ate | manger | person animal | food dish
        drink/drank | boire | person | drink
        buy/bought | acheter | person | food dish thing vehicle
        see/saw | voir | person | person animal thing vehicle building
        open/opened | ouvrir | person | opening
        watch | regarder | person animal | person animal
        visit | visiter | person | building area | the this a
        leave/left | quitter | person | building area | the this
        play | jouer de | person | instrument | the
        wait for | attendre | person | person transport | the the a this my #
        have/had | avoir | person | animal thing vehicle | a a - # #""",
    "giving": "give/gave | donner | person | thing food",
    "activity": """sleep/slept | dormir | person animal | room building area
        work | travailler | person | room building area
        sing/sang | chanter | person | room building area shore
        play | jouer | person animal | room area shore
        stay | rester | person | room building area shore""",
    "motion": """go/went to | aller | person | room building area shore
        come/came to | venir | person | room building area shore
        arrive/arrived | arriver | person | building
        leave/left | partir | person | """,
    "reporting": "know/knew | savoir | person | ",
}
VERBS = {frame: tuple(_verb(row) for row in rows.split("\n")) for frame, rows in _VERBS.items()}
HAVE = VERBS["transitive"][-1]
DO = _english_finite("do", "did")
_AM, _WAS = ("am", "is", "are", "are", "are"), ("was", "was", "were", "were", "were")
BE = Verb("be", {"pres": _AM, "past": _WAS, "fut": ("be",) * 5}, *_french_forms("être"))

NUMERALS = _pairs("""two deux, three trois, four quatre, five cinq, six six, seven sept, eight huit, nine neuf, ten dix,
eleven onze, twelve douze, 15 15, 20 20, 30 30, 40 40, 60 60, 100 100""")
DATES = ("2", "4", "7", "12", "15", "20", "24", "28")
MONTHS = _pairs("""January janvier, February février, March mars, April avril, May mai, June juin, July juillet,
August août, September septembre, October octobre, November novembre, December décembre""")
WEEKDAYS = _pairs("""Monday lundi, Tuesday mardi, Wednesday mercredi, Thursday jeudi, Friday vendredi, Saturday samedi,
Sunday dimanche""")
MIDDLE_ADVERBS = {"often": "souvent", "always": "toujours", "sometimes": "parfois"}
# Templates of the time expressions that go with a tense, or with a habit whatever its tense.
_TIMES = """
habit | in/ADP {month}/PROPN/sing | en {month}
habit | in/ADP the/DET/sing morning/NOUN/sing | le matin
pres | on/ADP {day}s/PROPN/plur | le {day}
pres | every/DET/sing day/NOUN/sing | tous les jours
past fut | on/ADP {day}/PROPN/sing | {day}
past fut | on/ADP {date}/NUM {month}/PROPN/sing | le {date} {month}
past pres fut | today/ADV | aujourd' hui
past | yesterday/ADV | hier
past | last/ADJ week/NOUN/sing | la semaine dernière
past | {number}/NUM days/NOUN/plur ago/ADV | il y a {number} jours
fut | tomorrow/ADV | demain
fut | next/ADJ week/NOUN/sing | la semaine prochaine
fut | in/ADP {number}/NUM weeks/NOUN/plur | dans {number} semaines"""
TIMES = tuple(tuple(column.strip() for column in row.split("|")) for row in _TIMES.split("\n")[1:])
