"""Kinds of goods: by which words people declare them, and in which HS chapters they are classified.

Used twice: to ask whether a description fits its HS code, and to say what the declared contents should look like. The
chapters are generous on purpose (a camera stands in 85 and 90, a belt in 39, 42 and 62): what is asked is whether the
two belong together at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from features.indicators.terms import TermList

REVIEWED = date(2026, 11, 20)
SOURCE = "Own list: everyday names of goods in English, Spanish, French, German and Chinese"


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of goods.

    Attributes:
        name: In plain words, as it stands in a sentence: "declared as textiles".
        code: As it stands in codes: DENSE_METAL_IN_TEXTILES.
        home: The chapters that are nothing but this kind.
        chapters: All chapters in which goods of these words may honestly be declared.
        words: The words.
    """

    name: str
    code: str
    home: frozenset[int]
    chapters: frozenset[int]
    words: TermList


def _kind(
    code: str, name: str, home: Iterable[int], also: Iterable[int], en: str, es: str, fr: str, de: str, zh: str
) -> Kind:
    languages = zip(("en", "es", "fr", "de", "zh"), (en, es, fr, de, zh), strict=True)
    terms = {language: tuple(term.strip() for term in terms.split(",")) for language, terms in languages}
    own = frozenset(home)
    return Kind(name, code, own, own | frozenset(also), TermList(name, "1", REVIEWED, SOURCE, terms))


KINDS: tuple[Kind, ...] = (
    _kind(
        "TEXTILES", "textiles and clothing", (*range(50, 64), 65), (39, 40, 42, 43, 48, 64, 67, 94, 95, 96),
        "apron, bed sheet, bedding, blanket, blouse, bra, cap, cardigan, carpet, coat, cotton, curtain, dress, "
        "dresses, fabric, glove, gloves, handkerchief, hat, hoodie, jacket, jeans, jersey, jumper, leggings, linen, "
        "nightgown, pants, pyjamas, pajamas, scarf, shawl, shirt, shorts, silk, skirt, socks, stocking, suit, "
        "sweater, sweatshirt, swimsuit, t shirt, tshirt, tie, towel, trousers, underwear, uniform, vest, wool, "
        "yarn, polyester",
        "abrigo, alfombra, algodon, bata, blusa, bufanda, calcetines, calzoncillos, camisa, camiseta, cortina, "
        "falda, gorra, guantes, jersey, lana, manta, pantalon, pantalones, ropa interior, sabanas, sombrero, "
        "sueter, tela, toalla, vaqueros, vestido",
        "bonnet, chapeau, chaussettes, chemise, coton, couverture, drap, echarpe, gants, jupe, laine, maillot, "
        "manteau, pantalon, pull, rideau, robe, serviette de bain, sous vetements, tapis, tissu, veste",
        "baumwolle, bettwasche, bluse, decke, handschuhe, handtuch, hemd, hose, hosen, hut, jacke, jeans, kleid, "
        "kleider, mantel, mutze, pullover, schal, schlafanzug, socken, stoff, teppich, unterwasche, vorhang, wolle",
        "衬衫, 恤, 裤子, 牛仔裤, 裙子, 连衣裙, 外套, 夹克, 毛衣, 内衣, 袜子, 围巾, 手套, 帽子, 毛巾, 床单, 毯子, "
        "窗帘, 布料, 棉布, 羽绒服, 童装, 女装, 男装, 地毯, 服饰",
    ),
    _kind(
        "PAPER", "paper and printed matter", (48, 49), (37, 39, 42, 44, 85, 95, 96, 97),
        "book, booklet, brochure, calendar, cardboard, catalogue, catalog, comic, diary, envelope, flyer, "
        "greeting card, leaflet, letter, manual, map, newspaper, notebook paper, novel, paper, photograph, "
        "postcard, poster, printed matter, sticker, textbook, wallpaper",
        "calendario, carta, cartel, catalogo, cuaderno, folleto, libro, libros, papel, periodico, postal, revista, "
        "sobre",
        "affiche, brochure, cahier, calendrier, carte postale, catalogue, enveloppe, journal, lettre, livre, "
        "papier, prospectus, revue",
        "briefe, broschure, buch, bucher, drucksachen, heft, kalender, katalog, papier, plakat, postkarte, "
        "prospekt, prospekte, umschlag, zeitschrift, zeitung",
        "书, 书籍, 图书, 日历, 明信片, 海报, 纸, 宣传册, 贴纸, 笔记本子, 信件, 杂志, 画册",
    ),
    _kind(
        "FOOD", "food and drink", range(1, 24), (30, 33, 24),
        "almond, biscuit, bread, candy, candies, cereal, cheese, chocolate, coffee, cookie, dried fruit, flour, "
        "food, food supplement, green tea, honey, jam, meat, noodle, olive oil, pasta, protein powder, rice, sauce, "
        "seasoning, seeds, snack, spice, sugar, sweets, syrup, tea, vitamin, wine, whisky",
        "aceite de oliva, arroz, azucar, cafe, caramelos, chocolate, dulces, especias, galletas, harina, miel, "
        "queso, salsa, suplemento alimenticio, te verde, vino",
        "biscuit, bonbon, cafe, chocolat, complement alimentaire, confiture, epices, farine, fromage, "
        "huile d olive, miel, riz, sucre, the vert, vin",
        "bonbons, gewurze, honig, kaffee, kase, keks, kekse, lebensmittel, marmelade, mehl, nahrungserganzung, "
        "olivenol, reis, rostkaffee, schokolade, sussigkeiten, tee, wein, zucker",
        "茶叶, 茶, 咖啡, 巧克力, 糖果, 饼干, 零食, 大米, 面条, 蜂蜜, 调料, 坚果, 营养品, 保健品, 食品",
    ),
    _kind(
        "PLASTICS", "plastic goods", (39,), (40, 42, 48, 63, 67, 84, 85, 87, 94, 95, 96),
        "lunch box, phone case, phone cover, plastic bag, plastic bottle, plastic box, plastic container, "
        "plastic cup, plastic film, plastic folder, silicone case, silicone mould, tupperware",
        "bolsa de plastico, caja de plastico, cajas de plastico, envase de plastico, funda de movil, "
        "botella de plastico",
        "boite en plastique, boites en plastique, bouteille plastique, coque de telephone, sac plastique",
        "handyhulle, kunststoffbox, kunststoffdose, kunststoffdosen, plastikbox, plastiktute, plastikflasche",
        "塑料盒, 塑料袋, 塑料瓶, 手机壳, 收纳盒, 硅胶套",
    ),
    _kind(
        "FOOTWEAR", "footwear", (64,), (40, 61, 63, 95),
        "boot, boots, flip flop, footwear, heels, insole, loafers, sandal, shoe, shoes, slipper, sneaker, trainers",
        "botas, calzado, chanclas, pantuflas, sandalias, zapatillas, zapato, zapatos",
        "baskets chaussures, bottes, chaussons, chaussure, chaussures, pantoufles, sandales",
        "hausschuhe, lederschuhe, sandalen, schuh, schuhe, stiefel, turnschuhe",
        "鞋, 鞋子, 皮鞋, 运动鞋, 靴子, 凉鞋, 拖鞋",
    ),
    _kind(
        "LEATHER", "leather goods and bags", (41, 42, 43), (39, 46, 48, 61, 62, 63, 71, 85),
        "backpack, bag, belt, briefcase, handbag, leather, luggage, purse, rucksack, suitcase, travel bag, wallet",
        "billetera, bolso, cartera, cinturon, cuero, maleta, mochila",
        "ceinture, cuir, portefeuille, sac a dos, sac a main, valise",
        "brieftasche, geldborse, gurtel, handtasche, koffer, leder, rucksack, tasche",
        "背包, 书包, 手提包, 钱包, 皮带, 行李箱, 皮革, 包包",
    ),
    _kind(
        "COSMETICS", "cosmetics and soap", (33, 34), (12, 13, 15, 21, 29, 30, 35, 38, 39, 84, 85, 96, 67),
        "body lotion, candle, cosmetic, cream, deodorant, essential oil, eyeliner, face cream, face mask, hair dye, "
        "lipstick, lotion, makeup, mascara, nail polish, perfume, shampoo, soap, sunscreen, toothpaste",
        "champu, cosmeticos, crema, crema facial, esmalte de unas, jabon, maquillaje, perfume, vela",
        "bougie, cosmetique, creme visage, maquillage, parfum, rouge a levres, savon, shampooing",
        "duschgel, gesichtscreme, kerze, kosmetik, lippenstift, nagellack, parfum, seife, shampoo",
        "化妆品, 口红, 面膜, 面霜, 香水, 洗发水, 肥皂, 护肤品, 指甲油, 蜡烛",
    ),
    _kind(
        "MEDICINES", "medicines and health goods", (30,), (21, 22, 28, 29, 33, 38, 39, 90, 40, 63),
        "antibiotic, bandage, capsule medicine, medicine, medication, ointment, painkiller, tablets medicine, "
        "traditional medicine",
        "medicamento, medicina, pomada, vendas",
        "medicament, pansement, pommade",
        "arzneimittel, medikament, salbe, verband",
        "药品, 药膏, 中药, 感冒药",
    ),
    _kind(
        "WOOD", "wooden goods", (44, 45, 46), (42, 82, 92, 94, 95, 96, 97, 48),
        "bamboo, chopsticks, wicker, wood carving, wooden",
        "de madera, madera, mimbre",
        "bois, en bois, osier",
        "holz, holzfigur, korb",
        "木制, 木雕, 竹, 筷子",
    ),
    _kind(
        "CERAMICS", "glass and ceramics", (68, 69, 70), (73, 82, 85, 90, 91, 94, 95, 96, 97, 39, 71, 33, 44),
        "ceramic, cup, cups, glass bottle, glassware, mug, porcelain, teapot, vase, wine glass",
        "ceramica, copa, jarron, plato, porcelana, taza, vidrio",
        "assiette, ceramique, porcelaine, tasse, vase, verre",
        "glas, keramik, porzellan, porzellantassen, tasse, teller, vase",
        "陶瓷, 瓷杯, 杯子, 玻璃, 花瓶, 茶壶, 盘子",
    ),
    _kind(
        "TOYS", "toys, games and sports goods", (95,), (39, 40, 42, 44, 48, 49, 61, 63, 64, 65, 73, 84, 85, 87, 90, 92),
        "action figure, ball, board game, building block, camping gear, doll, dolls, fishing reel, fishing rod, "
        "fitness equipment, jigsaw, lego, model kit, plush, puzzle, stuffed animal, teddy, tennis racket, toy, "
        "toy car, yoga mat",
        "cana de pescar, caña de pescar, juego de mesa, juguete, juguetes, muneca, munecas, pelota, peluche, "
        "rompecabezas",
        "canne a peche, jeu de societe, jouet, jouets, maquette, peluche, poupee, puzzle",
        "angelrute, angelrolle, brettspiel, modellbausatz, plusch, puppe, puzzle, spielzeug, spielzeugauto, "
        "spielzeugautos",
        "玩具, 娃娃, 拼图, 积木, 毛绒, 模型套件, 棋盘游戏, 钓鱼竿, 渔线轮, 桌游",
    ),
    _kind(
        "ELECTRONICS", "electronic goods", (85,), (37, 39, 42, 49, 63, 73, 83, 84, 87, 88, 90, 91, 92, 94, 95, 96),
        "adapter, battery, batteries, bluetooth, camera, charger, circuit board, computer, earphone, electronic, "
        "game console, gps, graphics card, hard disk, headphone, keyboard, laptop, led, loudspeaker, memory card, "
        "microphone, mobile phone, monitor, motherboard, phone, power bank, power supply, printer, radio, "
        "remote control, router, sensor, smartphone, smartwatch, speaker, tablet pc, television, usb, webcam",
        "adaptador, altavoz, auriculares, bateria, baterias, camara, cargador, computadora, enrutador, impresora, "
        "ordenador, pantalla led, telefono, teclado",
        "adaptateur secteur, appareil photo, batterie, casque audio, chargeur, clavier, ecouteurs, haut parleur, "
        "imprimante, ordinateur, routeur, telephone",
        "akku, computer, drucker, fernseher, handy, kamera, kopfhorer, ladegerat, lautsprecher, netzteil, router, "
        "tastatur, telefon",
        "手机, 耳机, 充电器, 电池, 电脑, 数据线, 路由器, 键盘, 鼠标, 相机, 音箱, 显卡, 主板, 传感器, 电源适配器, "
        "平板",
    ),
    _kind(
        "MACHINERY", "machinery and its parts", (84,), (39, 40, 73, 74, 76, 82, 83, 85, 86, 87, 88, 89, 90, 68, 72, 59),
        "ball bearing, bearing, compressor, conveyor, engine, filter housing, fuel pump, gear, gear wheel, gearbox, "
        "hydraulic, injector, lathe, milling cutter, motor, pump, sewing machine, spindle, turbine, valve",
        "bomba de agua, bomba de combustible, engranaje, engranajes, maquina de coser, motor, rodamiento, "
        "rodamientos, torno, valvula, valvulas",
        "engrenage, engrenages, moteur, pompe, roulement, roulements, roulements a billes, soupape, tour a metaux, "
        "vanne, vannes",
        "drehbank, drehbankzubehor, getriebe, kugellager, lager, motor, pumpe, ventil, ventile, zahnrad, zahnrader",
        "轴承, 齿轮, 水泵, 电机, 阀门, 车床, 压缩机, 发动机, 机床",
    ),
    _kind(
        "VEHICLE_PARTS", "vehicle parts", (86, 87, 88, 89),
        (39, 40, 42, 59, 68, 70, 73, 76, 82, 83, 84, 85, 90, 94, 95, 63),
        "axle, bicycle, bike, brake, brake pad, bumper, car door, clutch, drone, exhaust, fender, headlight, "
        "motorbike, motorcycle, rim, scooter, shock absorber, steering wheel, tyre, windscreen, wiper",
        "amortiguador, bicicleta, embrague, freno, frenos, moto, motocicleta, neumatico, volante",
        "amortisseur, embrayage, frein, moto, pare chocs, pneu, velo, volant",
        "auspuff, bremse, bremsbelag, fahrrad, fahrradteile, kupplung, motorrad, motorradteile, reifen, "
        "stossdampfer",
        "刹车, 摩托车, 自行车, 轮胎, 离合器, 减震器, 保险杠",
    ),
    _kind(
        "METALWARE", "metal goods", (72, 73, 74, 75, 76, 78, 79, 80, 81, 83),
        (39, 44, 71, 82, 84, 85, 87, 90, 94, 95, 96),
        "aluminium, aluminum, bracket, brass, chain, coil spring, copper, hinge, iron, lock, metal rod, metal tube, "
        "nail, nut and bolt, pipe fitting, screw, stainless steel, steel, wire mesh, washer, padlock",
        "acero, alambre, aluminio, bisagra, candado, cerradura, cerraduras, cobre, hierro, laton, muelle, muelles, "
        "tornillo, tornillos, tubo de acero, tuerca",
        "acier, aluminium, charniere, cuivre, ecrou, fer, laiton, ressort, ressorts, serrure, serrures, tube acier, "
        "vis",
        "aluminium, draht, edelstahl, eisen, federn, kupfer, messing, nagel, schloss, schlosser, schraube, "
        "schrauben, stahl, stahlhalter, stahlrohr, stahlschrauben, turschlosser",
        "不锈钢, 钢, 铁, 铝, 铜, 螺丝, 螺栓, 螺母, 弹簧, 门锁, 管接头, 钢管, 铝型材",
    ),
    _kind(
        "TOOLS", "tools and cutlery", (82,), (39, 44, 46, 63, 68, 69, 70, 73, 83, 84, 85, 90, 95, 96, 42, 71),
        "axe, chisel, cutlery, drill, drill bit, file set, fork, knife, knives, pliers, saw blade, scissors, "
        "screwdriver, spanner, spoon, wrench, wrenches, torque wrench, hand tool, tap and die",
        "alicates, brocas, cubiertos, cuchillo, destornillador, juego de llaves, llave inglesa, tijeras",
        "ciseaux, cle anglaise, couteau, couverts, foret, forets, pince, pinces, tournevis",
        "besteck, bohrer, messer, schere, schraubendreher, schraubenschlussel, schraubenschlusselsatz, zange, "
        "zangen",
        "扳手, 螺丝刀, 钳子, 钻头, 剪刀, 刀具, 餐具, 手工工具",
    ),
    _kind(
        "JEWELLERY", "jewellery and watches", (71, 91), (39, 42, 73, 74, 83, 85, 96, 97),
        "bracelet, earring, gemstone, gold ring, jewellery, jewelry, necklace, pendant, wristwatch, watch",
        "anillo, collar, joyeria, pendientes, pulsera, reloj",
        "bague, bijou, bijoux, bracelet, collier, montre",
        "armband, armbanduhr, halskette, ohrringe, schmuck",
        "项链, 耳环, 手链, 戒指, 手表, 首饰, 珠宝",
    ),
    _kind(
        "INSTRUMENTS", "optical and medical instruments", (90,), (37, 39, 42, 70, 73, 82, 84, 85, 91, 94, 95, 96),
        "binoculars, camera lens, dental, eyeglasses, magnifier, microscope, oscilloscope, spectacles, stethoscope, "
        "sunglasses, syringe, telescope, thermometer, vernier caliper",
        "gafas, microscopio, objetivo fotografico, prismaticos, telescopio, termometro",
        "jumelles, lunettes, microscope, objectif photo, telescope, thermometre",
        "brille, fernglas, kameraobjektiv, mikroskop, sonnenbrille, teleskop, thermometer",
        "眼镜, 显微镜, 望远镜, 镜头, 温度计, 太阳镜",
    ),
    _kind(
        "FURNITURE", "furniture and lamps", (94,), (39, 44, 46, 63, 70, 73, 83, 85, 76, 69, 40),
        "chair, cushion, desk lamp, furniture, lamp, lampshade, mattress, pillow, shelf, sofa, table lamp",
        "almohada, cojin, lampara, mesa, muebles, silla",
        "chaise, coussin, lampe, lampe de bureau, meuble, oreiller",
        "kissen, lampe, mobel, schreibtischlampe, stuhl",
        "台灯, 枕头, 家具, 椅子, 灯具",
    ),
    _kind(
        "MUSIC", "musical instruments", (92,), (42, 49, 85, 95, 39, 44, 73),
        "flute, guitar, harmonica, piano, saxophone, trumpet, ukulele, violin",
        "flauta, guitarra, trompeta, violin",
        "flute, guitare, trompette, violon",
        "flote, geige, gitarre, trompete",
        "吉他, 小提琴, 口琴, 长笛",
    ),
)  # fmt: skip
