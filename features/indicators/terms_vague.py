"""Words that say nothing about what lies in a parcel, in the languages most met on CN22 and CN23 forms.

A description is vague where nothing is left of it once these lists, numbers and units are taken out. Three lists: terms
(too general to name goods), qualifiers (true of almost anything: colours, materials, sizes) and fillers (grammar).
"""

from __future__ import annotations

from datetime import date

from features.indicators.terms import TermList
from features.indicators.terms_more import VAGUE_MORE

REVIEWED = date(2026, 11, 20)
SOURCE = (
    "Own seed list, after the idea of the European Commission's guidance on stop words for ICS2 goods descriptions and "
    "the WCO guidance on acceptable and unacceptable goods descriptions"
)

VAGUE_TERMS = TermList(
    name="Vague terms",
    version="2",
    reviewed=REVIEWED,
    source=SOURCE,
    terms={
        "en": (
            "accessory", "accessories", "apparel", "appliance", "article", "as agreed", "as per invoice",
            "as per list", "assorted", "belongings", "birthday gift", "bits", "bits and pieces", "car part",
            "auto part", "cargo", "clothes", "clothing", "commercial sample", "commodity", "commodities",
            "component", "consolidated", "consolidation", "consumer good", "content", "daily necessities", "device",
            "documents", "electronic goods", "electronics", "equipment", "fak", "freight", "freight of all kinds",
            "general", "general cargo", "general goods", "gift", "goods", "hardware", "hobby item",
            "household goods", "household item", "item", "kit", "machine", "machine part", "machinery", "material",
            "merchandise", "miscellaneous", "misc", "mixed goods", "n a", "na", "nil", "no commercial value",
            "no value", "none", "not specified", "object", "order", "others", "package", "parcel", "part", "parts",
            "personal effects", "personal item", "personal use", "piece", "present", "private", "product",
            "promotional item", "return", "returned goods", "said to contain", "sample", "see attached",
            "see invoice", "set", "shipment", "souvenir", "spare part", "spares", "stc", "stuff", "supplies",
            "surprise", "tbc", "tbd", "test", "thing", "tool", "tools", "toy", "toys", "unknown", "unspecified",
            "used goods", "various", "wares", "without value",
        ),
        "es": (
            "accesorio", "aparato", "articulo", "artículo", "bulto", "carga general", "componente", "cosas",
            "efectos personales", "enseres", "equipo", "equipos", "herramienta", "juguete", "maquinaria", "material",
            "materiales", "menaje", "mercancia", "mercancía", "mercaderia", "mercadería", "muestra",
            "muestra sin valor", "objeto", "objetos personales", "otros", "paquete", "pieza", "piezas", "producto",
            "ramo general", "recuerdo", "refaccion", "refacciones", "regalo", "repuesto", "ropa", "sin valor",
            "sin valor comercial", "surtido", "uso personal", "varios", "ver factura",
        ),
        "fr": (
            "accessoire", "affaires", "affaires personnelles", "appareil", "article", "articles divers", "autres",
            "cadeau", "cadeaux", "choses", "colis", "composant", "divers", "echantillon", "échantillon",
            "effets personnels", "equipement", "équipement", "fourniture", "jouet", "machine", "marchandise",
            "materiel", "matériel", "objet", "outil", "outillage", "paquet", "piece", "pièce", "pieces detachees",
            "pièces détachées", "produit", "sans valeur", "sans valeur commerciale", "souvenir", "usage personnel",
            "vetement", "vêtement", "voir facture",
        ),
        "de": (
            "allgemein", "artikel", "bauteil", "bauteile", "bekleidung", "diverse", "diverses", "einzelteile",
            "ersatzteil", "ersatzteile", "gegenstand", "gegenstande", "gegenstände", "gerat", "gerät", "gerate",
            "geräte", "geschenk", "geschenke", "geschenkartikel", "gemischte ware", "hausrat", "inhalt", "kleidung",
            "kleinteile", "laut rechnung", "maschine", "maschinen", "maschinenteil", "maschinenteile", "material",
            "metallteil", "metallteile", "muster", "muster ohne wert", "ohne wert", "paket", "persönliche sachen",
            "persönliche gegenstände", "privat", "produkt", "produkte", "sachen", "sammelgut", "siehe rechnung",
            "sonstiges", "spielzeug", "stück", "teil", "teile", "ware", "waren", "warenmuster", "werkzeug",
            "werkzeuge", "zeug", "zubehör", "zubehor",
        ),
        "zh": (
            "包裹", "产品", "東西", "东西", "服装", "个人物品", "個人物品", "工具", "货物", "貨物", "机械零件",
            "机器", "家居用品", "金属零件", "礼品", "禮品", "礼物", "禮物", "零件", "零配件", "配件", "其他",
            "日用品", "商品", "设备", "設備", "生活用品", "私人物品", "玩具", "未知", "无", "物品", "五金",
            "五金配件", "小礼品", "样本", "样品", "樣品", "杂货", "雜貨", "杂物", "附件", "赠品", "汽车配件",
            "电子产品", "電子產品", "衣服",
        ),
        "zh-latn": (
            "baoguo", "chanpin", "dongxi", "fujian", "geren wupin", "gongju", "huowu", "jiqi", "lingjian", "lipin",
            "liwu", "peijian", "qita", "riyongpin", "shangpin", "shebei", "wanju", "wujin", "wupin", "yangpin",
            "yifu", "zahuo", "zawu", "zengpin",
        ),
        **VAGUE_MORE,
    },
)  # fmt: skip

QUALIFIERS = TermList(
    name="Qualifiers",
    version="1",
    reviewed=REVIEWED,
    source="Own list: colours, materials, sizes and states that narrow nothing down by themselves",
    terms={
        "en": (
            "all", "alloy", "big", "black", "blue", "brand new", "cheap", "custom", "different", "family", "friend",
            "general", "good", "good quality", "green", "grey", "gray", "heavy", "high quality", "home", "household",
            "industrial", "large", "light", "mechanical", "metal", "metallic", "mini", "mixed", "my", "new", "nice",
            "old", "original", "other", "own", "personal", "plastic", "precision", "pro", "quality", "red", "repair",
            "replacement", "rubber", "second hand", "silver", "small", "some", "spare", "special", "standard",
            "steel part", "steel parts", "universal", "used", "white", "yellow",
        ),
        "es": (
            "azul", "blanco", "grande", "metal", "metalica", "metalicas", "metalico", "metalicos", "negro", "nuevo",
            "nueva", "pequeno", "pequena", "personal", "plastico", "plastica", "rojo", "usado", "usada", "verde",
        ),
        "fr": (
            "blanc", "bleu", "en metal", "grand", "metal", "metallique", "neuf", "neuve", "noir", "nouveau", "petit",
            "plastique", "rouge", "usage", "vert",
        ),
        "de": (
            "alt", "alte", "blau", "gebraucht", "gebrauchte", "gross", "grosse", "grun", "klein", "kleine",
            "kunststoff", "metall", "neu", "neue", "rot", "schwarz", "weiss",
        ),
        "zh": ("大", "多种", "各种", "黑色", "红色", "金属", "旧", "蓝色", "全新", "塑料", "小", "新", "一批", "一些"),
        "zh-latn": ("jinshu", "suliao", "xin"),
    },
)  # fmt: skip

FILLERS = TermList(
    name="Fillers",
    version="1",
    reviewed=REVIEWED,
    source="Own list: grammar, units and counting words",
    terms={
        "en": (
            "a", "an", "and", "as", "at", "by", "cm", "contains", "each", "etc", "for", "from", "g", "gr", "gram",
            "in", "inch", "is", "it", "kg", "kgs", "lot", "lots", "mm", "no", "nr", "of", "on", "only", "or", "pack",
            "pc", "pcs", "per", "pkg", "pkt", "qty", "ref", "the", "this", "to", "unit", "units", "use", "with", "x",
            "your",
        ),
        "es": ("a", "con", "de", "del", "el", "en", "la", "las", "los", "o", "para", "por", "sin", "su", "un", "una",
               "unidad", "unidades", "uso", "y"),
        "fr": ("a", "au", "avec", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "pour",
               "sans", "sur", "un", "une", "unite"),
        "de": ("am", "an", "auf", "aus", "das", "dem", "den", "der", "die", "ein", "eine", "fur", "im", "mit", "oder",
               "ohne", "st", "stk", "stuck", "und", "von", "zum", "zur"),
        "zh": ("的", "和", "及", "等", "用", "个", "件", "套", "只", "批", "箱", "包", "一", "二", "三"),
    },
)  # fmt: skip

# A description that ends so is the name of a file that somebody pasted, whatever the name says.
FILE_EXTENSIONS = (
    "bmp", "csv", "doc", "docx", "gif", "heic", "htm", "html", "jpeg", "jpg", "pdf", "png", "ppt", "pptx", "rar",
    "rtf", "svg", "tif", "tiff", "txt", "webp", "xls", "xlsx", "xml", "zip",
)  # fmt: skip
