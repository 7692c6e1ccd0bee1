"""Rules of spelling: each word of the glossary and of the places has the letters of its language.

Kyrgyz and Kazakh, or Uzbek and Turkmen, look alike; a word of the neighbour slips in easily.
"""

import re
from collections.abc import Iterator

from tools.author.rules import Table, Tables, list_rules
from tools.author.rules_of_readme import Fault

RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
#: The letters of each language, in lower case.
ALPHABETS = {
    "Russian": set(RUSSIAN),
    "Kazakh": set(RUSSIAN + "әғқңөұүһі"),
    "Kyrgyz": set(RUSSIAN + "ңөү"),
    "Tajik": set("абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя"),
    "Ukrainian": set("абвгґдеєжзиіїйклмнопрстуфхцчшщьюяʼ"),
    "Uzbek": set("abcdefghijklmnopqrstuvxyzʻʼ"),
    "Turkmen": set("abçdeäfghijžklmnňoöprsştuüwyýz"),
    "Uyghur": set("ئاەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي"),
}
#: The columns with words of one language.
COLUMNS = {
    "glossary": {"ru": "Russian", "kk_cyrl": "Kazakh", "uz": "Uzbek"},
    "places": {"name_ru": "Russian", "name_kk": "Kazakh", "name_uz": "Uzbek"},
}
#: The column of a table that has the Russian word for the Kazakh one.
RUSSIAN_COLUMN = {"glossary": "ru", "places": "name_ru"}
#: In Kazakh и stands before a consonant in words that came through Russian, and Russian has it there, too.
BEFORE_CONSONANT = re.compile(r"(?<=\w)и[бвгғджзкқлмнңпрстфхһцчшщ]")
#: Kazakh words with an и before a consonant that the Russian word of their row does not have there.
KNOWN = ("экономикалық", "оқиғасы", "атлантика")


def split_words(text: str) -> list[str]:
    """Return the words of a text, in lower case, apostrophes inside them kept.

    >>> split_words("Oʻzbekiston (SHHT), 2021")
    ['oʻzbekiston', 'shht']
    """
    return re.findall(r"(?:[^\W\d_]|[ʻʼ])+", text.lower())


def find_strange_letters(word: str, language: str) -> str:
    """Return the letters of a word that its language does not have; in Uzbek, c stands in ch alone.

    >>> find_strange_letters("қырғызстан", "Kyrgyz"), find_strange_letters("chegara", "Uzbek")
    ('ғқ', '')
    """
    strange = {*word} - ALPHABETS[language]
    if language == "Uzbek" and re.search("c(?!h)", word):
        strange.add("c")
    return "".join(sorted(strange))


def find_kyrgyz_i(word: str, russian: str) -> bool:
    """Return whether an и before a consonant is in a Kazakh word that did not come through Russian.

    >>> find_kyrgyz_i("немис", "Немецкая волна"), find_kyrgyz_i("статистика", "статистика")
    (True, False)
    """
    if word in KNOWN:
        return False
    found = BEFORE_CONSONANT.finditer(word)
    return any(word[one.start() - 1 : one.end()] not in russian.lower() for one in found)


def _language_of(table: Table, column: str, row: dict[str, str]) -> str:
    """Return the language of a cell's word; empty if it has none of ours."""
    if column == "local":
        return row["local_language"]
    return COLUMNS[table.name].get(column, "")


def letters_of_the_language(tables: Tables) -> Iterator[Fault]:
    """Require letters of the language; a name may stand beside it as the English term has it."""
    for name in COLUMNS:
        table = tables[name]
        for line, row in table.numbered():
            english = split_words(row.get("term", ""))
            for column in table.header:
                language = _language_of(table, column, row)
                for word in split_words(row[column]) if language else ():
                    strange = find_strange_letters(word, language)
                    if strange and word not in english:
                        yield table, line, column, f"{language} has no letter {', '.join(strange)}: {word}."


def kazakh_is_not_kyrgyz(tables: Tables) -> Iterator[Fault]:
    """Require that a Kazakh и before a consonant came through Russian: in Kyrgyz it is everywhere."""
    for name, russian in RUSSIAN_COLUMN.items():
        column = "kk_cyrl" if name == "glossary" else "name_kk"
        table = tables[name]
        for line, row in table.numbered():
            for word in split_words(row[column]):
                if find_kyrgyz_i(word, row[russian]):
                    says = f"{word} has и before a consonant, and the Russian word has not: is it Kyrgyz?"
                    yield table, line, column, says


RULES = list_rules(globals())
