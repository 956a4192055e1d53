"""Vague words in the languages in which the goods of the synthetic world have no names."""

from __future__ import annotations

from collections.abc import Mapping

VAGUE_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "it": ("ricambi", "campioni", "accessori", "regalo", "merce", "effetti personali", "varie", "pezzi", "attrezzi"),
    "pt": ("peças", "amostras", "acessórios", "presente", "mercadoria", "objetos pessoais", "diversos", "ferramentas"),
    "nl": (
        "onderdelen",
        "monsters",
        "accessoires",
        "cadeau",
        "goederen",
        "persoonlijke spullen",
        "diversen",
        "spullen",
    ),
    "pl": ("części", "próbki", "akcesoria", "prezent", "towar", "rzeczy osobiste", "różne", "narzędzia", "upominek"),
    "tr": ("yedek parça", "numune", "aksesuar", "hediye", "eşya", "kişisel eşya", "çeşitli", "parça", "alet"),
    "uk": ("запчастини", "зразки", "подарунок", "товар", "особисті речі", "різне", "інструменти"),
    "kk": ("запчасти", "образцы", "подарок", "товар", "личные вещи", "разное", "инструменты"),
    "ar": ("قطع غيار", "عينات", "هدية", "بضاعة", "أغراض شخصية", "متنوع", "أدوات"),
    "ja": ("部品", "サンプル", "ギフト", "雑貨", "アクセサリー", "日用品"),
    "ko": ("부품", "샘플", "선물", "잡화", "개인 물품", "공구"),
    "vi": ("phụ tùng", "hàng mẫu", "quà tặng", "hàng hóa", "đồ dùng cá nhân", "dụng cụ"),
    "id": ("suku cadang", "contoh", "hadiah", "barang", "barang pribadi", "perkakas"),
    "ms": ("alat ganti", "sampel", "hadiah", "barangan", "barang peribadi"),
    "sv": ("reservdelar", "prover", "tillbehör", "present", "varor", "personliga tillhörigheter", "diverse"),
    "da": ("reservedele", "prøver", "tilbehør", "gave", "varer", "personlige ejendele", "diverse"),
    "no": ("reservedeler", "prøver", "tilbehør", "gave", "varer", "personlige eiendeler", "diverse"),
    "cs": ("náhradní díly", "vzorky", "příslušenství", "dárek", "zboží", "osobní věci", "různé"),
    "hu": ("alkatrészek", "minták", "ajándék", "áru", "személyes holmi", "vegyes"),
    "ro": ("piese de schimb", "mostre", "accesorii", "cadou", "marfă", "obiecte personale", "diverse"),
    "sr": ("delovi", "uzorci", "poklon", "roba", "lične stvari", "razno", "alat"),
    "hr": ("dijelovi", "uzorci", "poklon", "roba", "osobne stvari", "razno", "alat"),
    "bs": ("dijelovi", "poklon", "roba", "lične stvari", "razno", "alat"),
    "sq": ("pjesë këmbimi", "dhuratë", "mall", "sende personale", "të ndryshme"),
}
