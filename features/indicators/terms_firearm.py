"""Words for firearms, their parts and ammunition, for convertible and blank-firing weapons, and their harmless twins.

Three kinds of words. TERMS count wherever they stand. PARTS are everyday words (barrel, magazine, bolt) that count
only beside a CONTEXT. EXCLUSIONS are phrases cut out before anything is looked for: a glue gun is no gun.
"""

from __future__ import annotations

from datetime import date

from features.indicators.terms import TermList
from features.indicators.terms_more import CONVERTIBLE_MORE, EXCLUSIONS_MORE, FIREARM_MORE

REVIEWED = date(2026, 11, 20)
SOURCE = (
    "Own list, after the definitions of firearm, parts and components, and ammunition in article 3 of the UN Firearms "
    "Protocol and the terms used in the UNODC Global Study on Firearms Trafficking 2020"
)

FIREARM_TERMS = TermList(
    name="Firearms, parts and ammunition",
    version="2",
    reviewed=REVIEWED,
    source=SOURCE,
    terms={
        "en": (
            "80 lower", "ak 47", "ak47", "ammo", "ammunition", "ar 15", "ar15", "assault rifle", "auto sear",
            "barrel blank", "bolt action", "bolt carrier", "breech block", "bullet", "carbine", "charging handle",
            "chamber reamer", "drop in auto sear", "firearm", "firing pin", "flash hider", "forend", "gas block",
            "glock", "gun", "gunsmith", "gunsmithing", "handgun", "hollow point", "lower parts kit",
            "lower receiver", "m16", "m4 carbine", "machine gun", "magazine catch", "magazine follower",
            "magazine loader", "mag release", "mag spring", "magazine release", "magazine spring", "muzzle brake",
            "pistol", "primer pocket", "recoil spring", "revolver", "rifle", "rifled barrel", "rifling button",
            "round magazine", "rounds magazine", "shotgun", "slide assembly", "slide stop lever", "small arms",
            "solvent trap", "stripped lower", "submachine gun", "threaded barrel", "trigger group", "trigger guard",
            "trigger shoe", "upper receiver", "weapon", "weapons", "9mm barrel", "barrel 9mm", "9mm magazine",
            "9mm rounds", "9mm ammo", "9x18", "9x19", "9x21", "7 62x25", "7 62x39", "7 62x51", "5 56x45", "5 45x39",
            "5 56 magazine", "7 62 magazine", "308 magazine", "223 magazine", "22lr", "22 lr", "45 acp", "380 acp",
            "40 s w", "357 magnum", "38 special", "223 rem", "308 win",
        ),
        "es": (
            "aguja percutora", "ametralladora", "arma de fuego", "armas de fuego", "armas cortas",
            "cacha de pistola", "cargador de pistola", "carabina", "cartuchos de escopeta", "cañon de pistola",
            "cañon de fusil", "cañon estriado", "corredera de pistola", "escopeta", "fusil de asalto", "fusil",
            "fusiles", "municion", "municiones", "percutor", "pistola", "repuestos de armeria", "armeria",
            "revolver", "revolveres", "rifle", "silenciador de arma", "subfusil",
        ),
        "fr": (
            "arme a feu", "armes a feu", "arme de poing", "armes de poing", "armurier", "armurerie",
            "balles de pistolet", "canon de fusil", "canon de pistolet", "canon raye", "carabine",
            "cartouche de chasse", "chargeur de pistolet", "culasse mobile", "fusil", "fusil d assaut",
            "mitraillette", "mitrailleuse", "munition", "percuteur", "pistolet", "pistolet mitrailleur",
            "queue de detente", "revolver",
        ),
        "de": (
            "abzugseinheit", "abzugsgruppe", "buchsenmacher", "faustfeuerwaffe", "feuerwaffe*", "flinte", "gewehr*",
            "gewehrlauf", "griffstuck", "handfeuerwaffe*", "jagdgewehr*", "jagdwaffe*", "karabiner", "langwaffe*",
            "kurzwaffe*", "maschinengewehr", "maschinenpistole", "munition*", "patronenlager", "pistole", "pistolen",
            "pistolengriff", "pistolenlauf", "pistolenmagazin*", "pistolenteile", "pistolenverschluss",
            "schlagbolzen", "schlagstuck", "schrotflinte", "schusswaffe*", "sportpistole*", "sturmgewehr*",
            "revolver", "waffenteil*", "waffe", "waffen", "wechselsystem", "zundhutchen",
        ),
        "zh": (
            "左轮", "左輪", "冲锋枪", "衝鋒槍", "弹夹", "彈夾", "弹匣", "彈匣", "弹药", "彈藥", "步枪", "步槍",
            "手枪", "手槍", "枪管", "槍管", "枪机", "槍機", "枪托", "枪支", "槍支", "枪械", "槍械", "枪配件", "猎枪",
            "獵槍", "机枪", "機槍", "军火", "子弹", "子彈", "霰弹枪", "霰彈槍", "气枪", "氣槍", "撞针", "击针",
            "狙击枪", "枪用", "消声器枪", "散弹枪",
        ),
        "zh-latn": (
            "bu qiang", "buqiang", "chongfengqiang", "danjia", "danxia", "danyao", "lie qiang", "lieqiang",
            "qiangguan", "qiangji", "qiangpeijian", "qiangtuo", "qiangxie", "qiangzhi", "shou qiang", "shouqiang",
            "zidan", "zuolun",
        ),
        **FIREARM_MORE,
    },
)  # fmt: skip

PART_TERMS = TermList(
    name="Everyday words for parts",
    version="1",
    reviewed=REVIEWED,
    source=SOURCE,
    terms={
        "en": (
            "barrel", "bolt", "buttstock", "buffer tube", "compensator", "cylinder", "extractor", "ejector", "frame",
            "grip", "hammer", "handguard", "mag", "magazine", "muzzle", "receiver", "sear", "silencer", "slide",
            "suppressor", "trigger", "cartridge",
        ),
        "es": (
            "armazon", "bala", "cañon", "cargador", "cartucho", "cerrojo", "corredera", "culata", "disparador",
            "empuñadura", "gatillo", "silenciador", "tambor",
        ),
        "fr": (
            "balle", "barillet", "canon", "carcasse", "cartouche", "chargeur", "crosse", "culasse", "detente",
            "glissiere", "silencieux",
        ),
        "de": (
            "abzug", "hulse", "kugel", "lauf", "magazin", "patrone", "patronen", "rahmen", "schaft", "schalldampfer",
            "schlitten", "trommel", "verschluss",
        ),
        "zh": ("扳机", "消音器", "套筒", "瞄准镜"),
        "zh-latn": ("banji", "xiaoyinqi", "taotong"),
    },
)  # fmt: skip

CONTEXT_TERMS = TermList(
    name="Context that makes a part's word count",
    version="1",
    reviewed=REVIEWED,
    source="Own list: calibres and words of shooting",
    terms={
        "en": (
            "12 gauge", "20 gauge", "12ga", "45 cal", "50 cal", "9 mm para", "blank kit", "caliber", "calibre",
            "cal 22", "cal 45", "luger", "parabellum", "picatinny", "rounds", "semi auto", "semi automatic",
            "tactical",
        ),
        "es": ("calibre", "de tiro", "tactica", "tactico"),
        "fr": ("calibre", "de tir", "tactique"),
        "de": ("kaliber", "schiess*", "taktisch*"),
        "zh": ("口径", "射击", "战术"),
    },
)  # fmt: skip

EXCLUSIONS = TermList(
    name="Harmless neighbours",
    version="2",
    reviewed=REVIEWED,
    source="Own list, grown from what the terms above found in descriptions of ordinary goods",
    terms={
        "en": (
            "air blow gun", "air blower gun", "airbrush gun", "bar code gun", "barcode gun", "blow gun",
            "bubble gun", "bolt action pen", "bullet journal", "bullet point", "bullet train", "bullet vibrator",
            "cable gun", "camera rifle strap", "cap gun", "car wash gun", "caulk gun", "caulking gun",
            "cleaning gun", "confetti gun", "cookie gun", "cotton candy gun", "deep tissue gun", "duster gun",
            "electron gun", "engraving gun", "fascia gun", "flocking gun", "foam gun", "fuel gun", "glue gun",
            "glue gun stick", "glue stick gun", "grease gun", "guns n roses", "gun metal", "hair dryer gun",
            "heat gun", "hot air gun", "hot melt gun", "icing gun", "impact gun", "infrared gun", "ink gun",
            "label gun", "laser tag gun", "magic bullet", "massage gun", "massager gun", "mortar gun", "muscle gun",
            "nail gun", "nerf gun", "oil gun", "paint gun", "pin gun", "pistol drill", "pistol grip drill",
            "pistol grip nozzle", "pistol grip screwdriver", "pistol grip hose", "plaster gun", "powder coating gun",
            "pressure washer gun", "price gun", "price label gun", "price tag gun", "radar gun", "revolver punch",
            "revolving punch", "rivet gun", "riveting gun", "rubber band gun", "sandblast gun", "sandblasting gun",
            "scan gun", "scanner gun", "scanning gun", "screw gun", "sealant gun", "shot gun microphone",
            "shotgun mic", "shotgun microphone", "shower gun", "silicone gun", "silver bullet blender", "solder gun",
            "soldering gun", "speed gun", "spray gun", "sprayer gun", "staple gun", "stapler gun",
            "starting gun record", "steam gun", "sugar gun", "tag gun", "tagging gun", "tattoo gun",
            "temperature gun", "texture gun", "thermometer gun", "top gun", "toy gun", "toy pistol", "toy rifle",
            "tufting gun", "wash gun", "washing gun", "water gun", "water pistol", "watering gun", "welding gun",
            "gun powder tea", "gunpowder tea", "gunpowder green tea", "sex pistols", "round magazine rack",
            "bullet lipstick", "bullet blender", "bullet bra", "bullet tip marker", "video game", "board game",
            "glue guns", "magazine subscription", "magazine rack", "magazine holder", "magazine file", "frame slide",
            "drawer slide", "slide projector", "ink cartridge", "toner cartridge", "printer cartridge",
            "filter cartridge", "label cartridge", "tape cartridge", "shower cartridge", "faucet cartridge",
            "surge suppressor", "weapons of the spirit", "secret weapon",
        ),
        "es": (
            "pistola de agua", "pistola de aire caliente", "pistola de calor", "pistola de juguete",
            "pistola de masaje", "pistola de pintura", "pistola de pintar", "pistola de pegamento",
            "pistola de silicona", "pistola de soldar", "pistola de riego", "pistola de engrase",
            "pistola de clavos", "pistola de grapas", "pistola masajeadora", "pistola de lavado",
            "pistola selladora", "pistola termofusible", "pistola etiquetadora", "cartucho de tinta",
            "cartucho de toner", "cargador de movil", "cargador de bateria", "pistola pulverizadora",
            "pistola de inyeccion", "pistola para silicona", "pistola para pintar",
        ),
        "fr": (
            "pistolet a air chaud", "pistolet a clous", "pistolet a colle", "pistolet a eau", "pistolet a graisse",
            "pistolet a peinture", "pistolet a silicone", "pistolet a souder", "pistolet arroseur",
            "pistolet d arrosage", "pistolet de lavage", "pistolet de massage", "pistolet peinture",
            "pistolet pulverisateur", "pistolet thermique", "pistolet agrafeur", "pistolet a mastic",
            "fusil a aiguiser", "fusil aiguiseur", "cartouche d encre", "cartouche de toner", "chargeur de batterie",
            "pistolet jouet", "pistolet a bulles", "fusil a eau", "pistolet de pulverisation",
        ),
        "de": (
            "revolver lochzange", "revolver drehmaschine", "toner patrone", "tinten patrone", "pistole fur silikon",
        ),
        "zh": (
            "玩具枪", "玩具槍", "玩具手枪", "水枪", "水槍", "胶枪", "膠槍", "喷枪", "噴槍", "手枪钻", "手槍鑽",
            "焊枪", "筋膜枪", "按摩枪", "射钉枪", "打钉枪", "扫码枪", "扫描枪", "测温枪", "额温枪", "洗车枪",
            "标价枪", "打标枪", "热风枪", "泡泡枪", "子弹头", "子弹杯", "子弹口红", "子弹笔", "黄油枪", "吹气枪",
            "气动枪头", "风枪",
        ),
        "zh-latn": ("jiaoqiang", "penqiang", "shuiqiang", "jinmoqiang", "wanju qiang"),
        **EXCLUSIONS_MORE,
    },
)  # fmt: skip

CONVERTIBLE_TERMS = TermList(
    name="Convertible, blank-firing and imitation weapons",
    version="2",
    reviewed=REVIEWED,
    source="Own list, after the passages on converted and imitation firearms in the UNODC Global Study on Firearms "
    "Trafficking 2020",
    terms={
        "en": (
            "air gun", "air pistol", "air rifle", "airgun", "airsoft", "alarm gun", "alarm pistol", "bb gun",
            "8mm blank", "9mm pak", "9mm p a k", "blank ammunition", "blank cartridge", "blank firing", "blank gun",
            "blank pistol", "blank rounds", "deactivated", "flare gun", "flare pistol", "flobert",
            "gas alarm pistol", "gas pistol", "gel blaster", "imitation firearm", "pak blank", "pellet gun",
            "pellet rifle", "prop gun", "prop pistol", "replica gun", "replica pistol", "replica revolver",
            "replica rifle", "signal gun", "signal pistol", "starter gun", "starter pistol", "starting pistol",
            "top venting", "front venting", "traumatic pistol", "zoraki", "front firing blank",
        ),
        "es": (
            "aire comprimido pistola", "arma detonadora", "arma de fogueo", "balines", "carabina de aire",
            "cartuchos de fogueo", "detonadora", "fogueo", "pistola de alarma", "pistola de aire",
            "pistola de salva", "pistola de señales", "pistola detonadora", "pistola airsoft", "replica de arma",
            "rifle de aire",
        ),
        "fr": (
            "arme d alarme", "arme a blanc", "balles a blanc", "carabine a air", "carabine a plomb",
            "cartouches a blanc", "pistolet d alarme", "pistolet a blanc", "pistolet a plomb", "pistolet de depart",
            "pistolet de signalisation", "pistolet lance fusee", "replique airsoft", "replique d arme",
            "tir a blanc", "arme neutralisee",
        ),
        "de": (
            "dekowaffe*", "druckluftwaffe*", "gaspistole*", "leuchtpistole*", "luftgewehr*", "luftpistole*",
            "platzpatrone*", "salutwaffe*", "schreckschuss*", "signalpistole*", "softair*", "startpistole*",
            "gasrevolver", "umbausatz pistole", "co2 pistole",
        ),
        "zh": (
            "仿真枪", "仿真槍", "发令枪", "發令槍", "信号枪", "信號槍", "气枪", "氣槍", "空包弹", "空包彈", "软弹枪",
            "水弹枪", "气步枪", "汽枪", "模型枪", "發火槍", "气手枪",
        ),
        "zh-latn": ("fangzhenqiang", "falingqiang", "qiqiang", "xinhaoqiang", "shuidanqiang"),
        **CONVERTIBLE_MORE,
    },
)  # fmt: skip
