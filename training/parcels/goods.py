# ruff: noqa: E501 - a table with one line a good is easier to check than a wrapped one.
"""What the synthetic world sends: goods with their HS codes, weights, prices and words in five languages.

Weights and prices are broad guesses of ours, good enough to make ratios meaningful; they describe no real market.
"""

from __future__ import annotations

from training.parcels.good import Family, Good
from training.parcels.good import make_good as _good
from training.parcels.goods_more import MORE_GOODS

GOODS: tuple[Good, ...] = (
    *MORE_GOODS,
    _good("731815", "metalware", (18, 9, 0.9, 60), "steel screws|tornillos de acero|vis en acier|stahlschrauben|钢螺丝"),
    _good("732690", "metalware", (320, 11, 0.6, 6), "steel brackets|soportes de acero|supports en acier|stahlhalter|钢支架"),
    _good("730799", "metalware", (140, 14, 0.7, 12), "pipe fittings|accesorios de tubería|raccords de tuyau|rohrverbinder|管接头"),
    _good("732020", "metalware", (60, 16, 0.6, 20), "coil springs|muelles helicoidales|ressorts|schraubenfedern|弹簧"),
    _good("830140", "metalware", (260, 22, 0.7, 4), "door locks|cerraduras|serrures|türschlösser|门锁"),
    _good("761699", "metalware", (180, 18, 0.4, 8), "aluminium profiles|perfiles de aluminio|profilés aluminium|aluminiumprofile|铝型材"),
    _good("848790", "machine", (420, 26, 0.6, 4), "machine parts|piezas de máquina|pièces de machine|maschinenteile|机械零件"),
    _good("848210", "machine", (150, 24, 0.9, 8), "ball bearings|rodamientos|roulements à billes|kugellager|轴承"),
    _good("848340", "machine", (600, 28, 0.8, 3), "gear wheels|engranajes|engrenages|zahnräder|齿轮"),
    _good("842199", "machine", (280, 30, 0.3, 4), "filter housings|carcasas de filtro|boîtiers de filtre|filtergehäuse|过滤器外壳"),
    _good("846693", "machine", (350, 45, 0.6, 4), "lathe accessories|accesorios de torno|accessoires de tour|drehbankzubehör|车床配件"),
    _good("848180", "machine", (300, 25, 0.7, 4), "brass valves|válvulas de latón|vannes en laiton|messingventile|黄铜阀门"),
    _good("841330", "machine", (900, 24, 0.5, 2), "fuel pump|bomba de combustible|pompe à carburant|kraftstoffpumpe|燃油泵"),
    _good("820720", "tool", (400, 40, 0.8, 3), "drawing dies|hileras de trefilar|filières|ziehwerkzeuge|拉丝模具"),
    _good("820750", "tool", (90, 42, 0.8, 10), "drill bits|brocas|forets|bohrer|钻头"),
    _good("820559", "tool", (450, 17, 0.5, 3), "hand tools|herramientas de mano|outils à main|handwerkzeuge|手工工具"),
    _good("820411", "tool", (300, 16, 0.7, 4), "wrench set|juego de llaves|jeu de clés|schraubenschlüsselsatz|扳手套装"),
    _good("820320", "tool", (220, 19, 0.6, 4), "pliers|alicates|pinces|zangen|钳子"),
    _good("846729", "tool", (1500, 22, 0.4, 1), "electric sander|lijadora eléctrica|ponceuse électrique|schleifmaschine|电动砂光机"),
    _good("870899", "car", (700, 15, 0.4, 2), "car parts|repuestos de coche|pièces auto|autoteile|汽车配件"),
    _good("871410", "car", (450, 20, 0.4, 3), "motorcycle parts|piezas de moto|pièces de moto|motorradteile|摩托车配件"),
    _good("871499", "sport", (330, 38, 0.3, 3), "bicycle parts|piezas de bicicleta|pièces de vélo|fahrradteile|自行车配件"),
    _good("950300", "toy", (260, 17, 0.15, 4), "toy cars|coches de juguete|petites voitures|spielzeugautos|玩具车"),
    _good("950300", "toy", (420, 24, 0.25, 2), "model kit|maqueta|maquette|modellbausatz|模型套件"),
    _good("950490", "toy", (500, 21, 0.3, 2), "board game|juego de mesa|jeu de société|brettspiel|棋盘游戏"),
    _good("950691", "sport", (800, 12, 0.5, 2), "fitness equipment|equipo de gimnasia|appareil de fitness|fitnessgerät|健身器材"),
    _good("950710", "sport", (400, 45, 0.2, 2), "fishing rod|caña de pescar|canne à pêche|angelrute|钓鱼竿"),
    _good("950730", "sport", (280, 52, 0.5, 2), "fishing reel|carrete de pesca|moulinet de pêche|angelrolle|渔线轮"),
    _good("950699", "sport", (350, 27, 0.25, 2), "camping gear|material de camping|matériel de camping|campingzubehör|露营装备"),
    _good("732393", "household", (500, 14, 0.3, 3), "kitchen pots|ollas de cocina|casseroles|kochtöpfe|厨房锅具"),
    _good("821599", "household", (60, 20, 0.5, 16), "cutlery set|cubertería|couverts|besteck|餐具"),
    _good("940540", "household", (450, 19, 0.2, 2), "desk lamp|lámpara de mesa|lampe de bureau|schreibtischlampe|台灯"),
    _good("392410", "household", (120, 9, 0.12, 8), "plastic boxes|cajas de plástico|boîtes en plastique|kunststoffdosen|塑料盒"),
    _good("691110", "household", (350, 11, 0.35, 6), "porcelain cups|tazas de porcelana|tasses en porcelaine|porzellantassen|瓷杯"),
    _good("851762", "electronics", (240, 90, 0.3, 2), "wifi router|enrutador wifi|routeur wifi|wlan router|无线路由器"),
    _good("850440", "electronics", (160, 45, 0.4, 4), "power adapter|adaptador de corriente|adaptateur secteur|netzteil|电源适配器"),
    _good("851830", "electronics", (110, 120, 0.2, 2), "headphones|auriculares|écouteurs|kopfhörer|耳机"),
    _good("847330", "electronics", (300, 140, 0.3, 2), "computer parts|piezas de ordenador|pièces informatiques|computerteile|电脑配件"),
    _good("850760", "electronics", (200, 40, 0.8, 3), "battery pack|batería|batterie|akku|电池组"),
    _good("900211", "optics", (380, 160, 0.4, 1), "camera lens|objetivo fotográfico|objectif photo|kameraobjektiv|相机镜头"),
    _good("900510", "optics", (550, 85, 0.35, 1), "binoculars|prismáticos|jumelles|fernglas|双筒望远镜"),
    _good("610910", "clothing", (170, 28, 0.15, 6), "cotton t-shirt|camiseta de algodón|t-shirt coton|baumwoll t-shirt|棉T恤"),
    _good("620462", "clothing", (450, 26, 0.18, 3), "trousers|pantalones|pantalon|hose|裤子"),
    _good("640399", "clothing", (900, 32, 0.16, 2), "leather shoes|zapatos de cuero|chaussures en cuir|lederschuhe|皮鞋"),
    _good("420292", "clothing", (600, 24, 0.1, 2), "backpack|mochila|sac à dos|rucksack|背包"),
    _good("490199", "paper", (420, 16, 0.7, 4), "books|libros|livres|bücher|书籍"),
    _good("491110", "paper", (150, 8, 0.6, 10), "brochures|folletos|brochures|prospekte|宣传册"),
    _good("180690", "food", (200, 14, 0.4, 8), "chocolate|chocolate|chocolat|schokolade|巧克力"),
    _good("090121", "food", (500, 18, 0.4, 4), "roasted coffee|café tostado|café torréfié|röstkaffee|咖啡"),
    _good("210690", "food", (250, 38, 0.4, 4), "food supplement|suplemento alimenticio|complément alimentaire|nahrungsergänzung|营养品"),
    _good("330499", "beauty", (120, 60, 0.5, 6), "face cream|crema facial|crème visage|gesichtscreme|面霜"),
    _good("330300", "beauty", (200, 130, 0.5, 3), "perfume|perfume|parfum|parfüm|香水"),
)  # fmt: skip

HOBBY_ARMS: tuple[Good, ...] = (
    _good("950300", "hobby_arms", (900, 40, 0.2, 1), "airsoft pistol replica|pistola airsoft réplica|réplique airsoft|softair pistole|气枪玩具"),
    _good("930400", "hobby_arms", (1400, 55, 0.25, 1), "air rifle|rifle de aire|carabine à air|luftgewehr|气步枪"),
    _good("420292", "hobby_arms", (350, 45, 0.2, 2), "holster|funda de pistola|étui de pistolet|pistolenholster|枪套"),
    _good("900580", "hobby_arms", (420, 150, 0.4, 1), "rifle scope mount|montura para visor|montage de lunette|zielfernrohrmontage|瞄准镜支架"),
    _good("950699", "hobby_arms", (250, 30, 0.4, 4), "paintball marker parts|piezas de paintball|pièces de paintball|paintball teile|彩弹枪配件"),
)  # fmt: skip
LICENSED_ARMS: tuple[Good, ...] = (
    _good("930520", "licensed_arms", (700, 190, 0.5, 1), "hunting rifle stock|culata de rifle de caza|crosse de fusil de chasse|jagdgewehrschaft|猎枪枪托"),
    _good("930510", "licensed_arms", (160, 240, 0.6, 2), "sports pistol grip|empuñadura de pistola deportiva|crosse de pistolet de sport|sportpistolengriff|运动手枪握把"),
    _good("930599", "licensed_arms", (120, 200, 0.5, 2), "gunsmith spare parts|repuestos de armería|pièces d'armurier|büchsenmacher ersatzteile|枪械维修零件"),
)  # fmt: skip

# Under which families illicit goods are usually declared, with weights that each study shifts; the same goods are sent
# honestly far more often.
COVER_FAMILIES: tuple[tuple[Family, float], ...] = (
    ("machine", 0.20), ("tool", 0.15), ("metalware", 0.14), ("toy", 0.11), ("car", 0.11), ("sport", 0.09),
    ("household", 0.06), ("electronics", 0.05), ("optics", 0.03), ("clothing", 0.02), ("hobby", 0.02), ("food", 0.01),
    ("paper", 0.01),
)  # fmt: skip

# Wording shared by the harmless and the illicit, in the order of LANGUAGES.
VAGUE: tuple[tuple[str, ...], ...] = (
    ("spare parts", "samples", "accessories", "metal parts", "goods", "gift", "parts", "tools", "personal items", "sample no value"),
    ("repuestos", "muestras", "accesorios", "piezas metálicas", "mercancía", "regalo", "piezas", "herramientas", "efectos personales", "muestra sin valor"),
    ("pièces détachées", "échantillons", "accessoires", "pièces métalliques", "marchandise", "cadeau", "pièces", "outils", "effets personnels", "échantillon sans valeur"),
    ("ersatzteile", "muster", "zubehör", "metallteile", "waren", "geschenk", "teile", "werkzeug", "persönliche gegenstände", "muster ohne wert"),
    ("零件", "样品", "配件", "金属零件", "货物", "礼物", "peijian", "工具", "个人物品", "yangpin"),
)  # fmt: skip
COLOURS = ("black", "silver", "blue", "grey", "red", "matt", "new", "pro", "set", "mini")
# How careless smugglers and honest hobbyists alike put it.
CARELESS = (
    "pistol parts", "airsoft parts kit", "slide assembly", "gun parts", "magazine spring set", "rifle accessories",
    "piezas de pistola", "pièces de carabine", "pistolen teile", "枪配件", "9mm parts", "shotgun choke",
    "AR lower parts kit", "firearm accessories", "hunting parts", "solvent trap kit", "barrel blank", "gunsmith parts",
)  # fmt: skip
# Ordinary goods that sound like arms.
ARMS_LIKE = (
    "glue gun", "heat gun", "nerf gun", "water pistol", "magazine subscription", "grease gun", "caulking gun",
    "bullet journal", "barrel bag", "photo frame", "trigger point ball", "rifle green jacket", "gun metal ring",
    "massage gun", "pistola de silicona", "pistolet à colle", "heißklebepistole", "game controller trigger",
)  # fmt: skip
CONVERTIBLE_LIKE = (
    "airsoft replica", "starting pistol for races", "deactivated rifle for display", "blank firing prop for film",
    "replica revolver, decoration", "flare gun for boats", "paintball marker", "pistola de fogueo",
)  # fmt: skip
PARTS_FOR_CONVERSION = (
    "blank firing pistol", "airsoft pistol metal", "deactivated pistol", "signal pistol", "gas alarm pistol",
    "replica pistol", "starter pistol", "schreckschusspistole", "pistola detonadora", "pistolet d'alarme",
)  # fmt: skip
