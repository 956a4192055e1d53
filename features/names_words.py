"""Words of names that say little about who is meant: legal forms, titles, particles, everyday company words, numbers.

All in the Latin letters that `names_script.romanise` gives. Facts of common knowledge, written down here; none comes
from a list of names, and no word here says where a person is from.
"""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a list written as one text; `-` stands for nothing."""
    return tuple("" if word == "-" else word for word in text.split())


_LEGAL = {
    "llc": "llc|ooo|tov|too|mchj|limited liability company|limited liability corporation|ltd liability co|"
           "obshchestvo s ogranichennoi otvetstvennostyu|tovarystvo z obmezhenoyu vidpovidalnistyu",
    "ltd": "ltd|limited|pty ltd|pty limited|pte ltd|pte limited|pvt ltd|pvt limited|private limited|co ltd|"
           "company limited|co limited|sdn bhd|yugen gaisha|youxian gongsi",
    "plc": "plc|public limited company|public ltd company",
    "jsc": "jsc|ojsc|cjsc|pjsc|ao|oao|zao|pao|at|pat|prat|joint stock company|open joint stock company|"
           "public joint stock company|closed joint stock company|aktsionernoe obshchestvo|"
           "otkrytoe aktsionernoe obshchestvo|publichnoe aktsionernoe obshchestvo|zakrytoe aktsionernoe obshchestvo",
    "corp": "corp|corporation|co|company|and co|cie|compagnie|inc|incorporated|na",
    "ag": "ag|aktiengesellschaft", "se": "se|societas europaea",
    "kg": "kg|kommanditgesellschaft|gmbh and co kg|and co kg",
    "gmbh": "gmbh|mbh|ggmbh|gesellschaft mit beschrankter haftung|gesellschaft mit beschraenkter haftung",
    "ug": "ug|ug haftungsbeschrankt", "ohg": "ohg", "ev": "ev",
    "sa": "sa|s a|sociedad anonima|societe anonyme|sociedade anonima|sa de cv|sapi de cv|anonim sirketi",
    "sarl": "sarl|societe a responsabilite limitee", "sas": "sas|sasu", "sci": "sci", "eurl": "eurl",
    "srl": "srl|s de rl|s de rl de cv|societa a responsabilita limitata|societatea cu raspundere limitata|"
           "sociedad de responsabilidad limitada",
    "spa": "spa|societa per azioni", "sl": "sl|slu|sociedad limitada", "lda": "lda|limitada|ltda",
    "bv": "bv|besloten vennootschap", "nv": "nv|naamloze vennootschap", "bvba": "bvba", "cv": "cv", "vof": "vof",
    "ab": "ab|aktiebolag", "as": "as|asa|aksjeselskap|a s", "aps": "aps|anpartsselskab", "oy": "oy|oyj|osakeyhtio",
    "spzoo": "sp z oo|sp z o o|spolka z ograniczona odpowiedzialnoscia", "doo": "doo|d o o", "dd": "dd", "ad": "ad",
    "sro": "sro|spol s ro|s r o", "kft": "kft", "zrt": "zrt|nyrt|rt", "ood": "ood|eood", "ehf": "ehf|hf",
    "kk": "kk|kabushiki kaisha|kabushiki gaisha|gaofen youxian gongsi|jusikhoesa", "pt": "pt tbk|tbk",
    "lp": "lp|limited partnership", "llp": "llp|limited liability partnership", "epe": "epe", "ike": "ike",
    "fzco": "fzco|fze|fz llc|fzc",
}  # fmt: skip
LEGAL_FORMS: dict[tuple[str, ...], str] = {
    tuple(phrase.split()): form for form, phrases in _LEGAL.items() for phrase in phrases.split("|")
}
"""Words of a legal form to the form they stand for: ("limited", "liability", "company") is llc."""
LONGEST_FORM = max(map(len, LEGAL_FORMS))
HAN_FORMS = listed("股份有限公司 有限责任公司 有限公司 株式会社 有限会社 合同会社 주식회사 유한회사 公司")

TITLES = frozenset(
    listed(
        "mr mrs ms miss mx dr drs prof professor sir dame lord lady madam madame mme mlle monsieur herr frau fr sr "
        "sra srta senor senora senhor senhora signor signora dott ing eng engr rev capt captain col colonel gen "
        "general lt sgt major maj adm pan pani gospodin gospozha grazhdanin sheikh shaikh shaykh sheik cheikh haji "
        "hajji hadji hajj mullah mulla maulvi mawlawi qari hafiz imam ustad ustaz hon judge phd md esq jr snr jnr "
        "dipl"
    )
)
WEAK_TITLES = frozenset(listed("sayed sayyid sayyed syed said akhund agha khan bey pasha effendi don dona"))
"""Titles that many people bear as a name: little weight, never left out."""

PARTICLES = {
    **dict.fromkeys(listed("al el ul ur as ar ad an ash"), "al"),
    **dict.fromkeys(listed("bin ben ibn ibnu"), "bin"), **dict.fromkeys(listed("bint binti binte"), "bint"),
    **dict.fromkeys(listed("abu abou abo"), "abu"), **dict.fromkeys(listed("van von vom vander"), "van"),
    **dict.fromkeys(listed("de di da do du del della degli des dos das"), "de"),
    **dict.fromkeys(listed("der den ter ten te"), "der"), **dict.fromkeys(listed("la le lo las los les"), "la"),
    **dict.fromkeys(["and", "und", "et", "y", "e", "i", "og", "och", "va", "wa"], "and"),
    **dict.fromkeys(listed("the of for in zu zur mac mc st saint san santa"), ""),
}  # fmt: skip
"""Small words to the form that their spellings share; "" where each stands for itself."""
PATRONYMIC = frozenset({"bin", "bint"})
"""Child of: whose child a person is depends on which name follows."""
LINKING = frozenset(listed("the and of for in"))

GENERIC = frozenset(
    listed(
        "group groupe gruppe gruppo grupo holding holdings international intl global worldwide trading trade "
        "enterprise enterprises industries industrial industry services service solutions systems technologies "
        "technology tech management partners associates import export general commercial logistics shop store "
        "firma firm"
    )
)
"""Everyday words of companies: that one is missing says little, that one stands for another says a lot."""

UNITS = dict(
    zip(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        ),
        range(20),
        strict=True,
    )
)
TENS = dict(zip(listed("twenty thirty forty fifty sixty seventy eighty ninety"), range(20, 100, 10), strict=True))
ORDINALS = dict(
    zip(listed("first second third fourth fifth sixth seventh eighth ninth tenth"), range(1, 11), strict=True)
)
ROMAN = {
    numeral: number
    for number, numeral in enumerate(
        listed("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii xxiii xxiv xxv"),
        start=1,
    )
}
NAMELIKE_ROMAN = frozenset(listed("i v x vi xi ix xv xx"))
"""Roman numerals that are also initials or names of people."""

_VARIANTS = (
    "muhammad mohammed mohammad mohamed mohamad muhammed muhamad muhamed mohamud mochammad mochamad mukhammad magomed "
    "maxamed mehmed",
    "ahmad ahmed akhmad akhmed axmed", "abdallah abdullah abdulla abdalla abdoullah",
    "abdul abd abdel abdal abdoul", "husayn hussein hussain husein husain hossein hossain hussien khusein",
    "hasan hassan khasan", "yusuf youssef yousef yusef yousuf", "umar omar omer", "uthman othman osman usman",
    "ibrahim ebrahim ibragim", "khalid khaled chalid", "sharif sherif cherif", "said saeed saiid",
    "kim gim", "lee ri yi rhee", "pak park bak", "choe choi", "jong jeong chung jung", "cho jo",
    "aleksandr alexander aleksander alexandr olexandr oleksandr", "sergei sergey sergej serguei serhii serhiy",
    "iurii yuri yury yuriy iurij juri", "evgenii evgeny yevgeny evgeniy jewgeni",
)  # fmt: skip
VARIANTS = {word: family.split()[0] for family in _VARIANTS for word in family.split()}
"""Frequent spellings of one name that no rule of sound brings together."""
