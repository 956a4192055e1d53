"""What people and firms send in the other world: goods with weights, prices, packing densities and words for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# key | HS code | grams of one | its spread | US dollars of one | its spread | kg a litre packed | words by language.
# Spreads are standard deviations of the logarithm. Own, invented medians of the right order of magnitude.
TABLE = """
sweets|170490|400|.5|6|.5|.45|en:sweets/candy bag;es:dulces;tr:şekerleme;pl:cukierki;ru:конфеты;ar:حلويات
tea|090240|250|.5|9|.6|.3|en:black tea/tea leaves;zh:茶叶;tr:çay;ru:чай;ar:شاي
coffee|090121|500|.4|12|.5|.4|en:roasted coffee/coffee beans;es:café molido;pt:café torrado;it:caffè
spices|091099|200|.6|7|.6|.4|en:spices mix/dried spices;tr:baharat;ar:بهارات;fr:épices
cereal|190410|600|.4|7|.4|.2|en:cereals/breakfast cereal;es:cereales;pt:cereal
cannedfood|160414|900|.6|10|.5|.9|en:canned food/tinned fish;es:conservas;pl:konserwy;ru:консервы
noodles|190230|800|.5|6|.5|.35|en:instant noodles/noodles and snacks;zh:方便面
tshirt|610910|180|.4|14|.7|.2|en:t-shirts/cotton t shirt/clothes;es:ropa/camisetas;zh:T恤;tr:tişört;fr:vêtements
dress|620442|350|.4|30|.7|.2|en:dress/ladies dress;zh:连衣裙;tr:elbise;fr:robe
jacket|620193|900|.4|55|.7|.18|en:jacket/winter coat/mens jacket;de:Jacke;pl:kurtka;ru:куртка
babyclothes|611120|150|.4|16|.6|.2|en:baby clothes;es:ropa de bebé;ar:ملابس اطفال
shoes|640399|1000|.3|48|.7|.22|en:shoes/pair of sneakers/used shoes;es:zapatos;zh:鞋子;tr:ayakkabı;ru:обувь
handbag|420221|700|.4|60|.9|.2|en:handbag/leather bag;it:borsa in pelle;zh:手提包
wallet|420231|120|.3|18|.7|.35|en:leather wallet/purse;tr:deri cüzdan
socks|611595|120|.5|8|.5|.25|en:socks/hosiery set;tr:çorap
cosmetics|330499|200|.6|22|.8|.5|en:cosmetics/face cream/beauty products;fr:cosmétiques;zh:化妆品;ar:مستحضرات تجميل
perfume|330300|280|.4|45|.7|.5|en:perfume/eau de toilette;fr:parfum;ar:عطر
wig|670419|250|.4|50|.8|.2|en:hair extension/wig;zh:假发
vitamins|210690|300|.5|25|.6|.5|en:food supplement/vitamins;de:Nahrungsergänzung
book|490199|450|.6|15|.6|.7|en:book/books used/novel;de:Bücher;fr:livres;ru:книга;es:libros
papers|490700|80|.7|1|.8|.4|en:documents/contract papers/certificates;es:documentos;pt:documentos;ar:وثائق;zh:文件
samples_fabric|590390|300|.6|5|.8|.25|en:fabric swatches/textile samples;tr:kumaş numunesi;it:campioni tessuto
phonecase|392690|45|.4|5|.6|.25|en:phone case/plastic cover/case;zh:手机壳
charger|850440|120|.5|11|.6|.5|en:charger/usb adapter/power adapter;zh:充电器;de:Netzteil
earphones|851830|60|.5|22|.9|.3|en:earphones/bluetooth headset;zh:耳机
phone|851713|350|.2|260|.7|.5|en:mobile phone/used smartphone;es:teléfono celular;ar:هاتف
tablet|847130|900|.4|280|.7|.5|en:tablet/laptop used;de:Notebook
keyboard|847160|800|.4|40|.7|.35|en:keyboard/mouse and keyboard
circuit|853400|90|.8|35|1.0|.4|en:printed circuit board/pcb assembly/module;zh:电路板;de:Leiterplatte
ledstrip|940542|350|.6|18|.7|.35|en:led lamp/led strip light;zh:LED灯
speaker|851822|2500|.6|90|.7|.4|en:loudspeaker/pair of speakers/used speaker;es:bocinas;pt:caixa de som
amplifier|851840|4200|.5|160|.8|.5|en:audio amplifier/receiver stereo;de:Verstärker
gameconsole|950450|2800|.3|240|.6|.4|en:game console/video game;es:consola de juegos;pt:videogame
blender|850940|2600|.3|45|.5|.3|en:blender/kitchen appliance;es:licuadora;pt:liquidificador
iron|851640|1300|.3|28|.5|.4|en:steam iron/electric iron;es:plancha
coffeemaker|851671|2400|.4|60|.6|.25|en:coffee machine/coffee maker;it:macchina caffè
drill|846721|2200|.4|85|.7|.6|en:cordless drill/power tool/electric drill;de:Bohrmaschine;es:taladro;pl:wiertarka
toolset|820600|1800|.8|35|.8|1.1|en:hand tools/tool set/wrench set;de:Werkzeug;es:juego de herramientas;zh:工具
drillbits|820750|350|.8|24|.9|1.5|en:drill bits/cutting tools/end mill;zh:钻头;de:Bohrer
bolts|731815|500|1.0|12|.9|1.8|en:screws/bolts and nuts/fasteners;de:Schrauben;zh:螺丝;pl:śruby
springs|732020|150|1.0|14|.9|1.2|en:springs/compression springs set;de:Federn;zh:弹簧
pipefitting|730792|450|.9|22|.8|1.3|en:pipe fitting/threaded adapter/coupling;zh:管件;it:raccordi
steeltube|730640|900|.8|30|.8|1.6|en:steel tube/stainless pipe/metal tube;de:Stahlrohr;zh:不锈钢管
alublock|761699|700|.9|38|.9|1.1|en:aluminium parts/machined part/cnc part;de:Aluminiumteile;zh:铝件
bearing|848210|300|1.0|26|.9|2.0|en:ball bearings/bearing;de:Kugellager;zh:轴承;ru:подшипник
shaft|848310|1400|.8|75|.9|1.8|en:drive shaft/shaft/spindle;de:Welle;it:albero
valve|848180|600|.8|55|.9|1.2|en:valve/solenoid valve/hydraulic valve;de:Ventil;zh:阀门
pumpseal|848420|200|.9|48|.9|.9|en:mechanical seal/gasket set;de:Dichtung
carpart|870899|1500|1.0|70|.9|.7|en:car parts/auto parts/spare parts;de:Autoteile;es:repuestos;ru:запчасти;tr:yedek
brakepad|870830|1800|.5|42|.6|1.5|en:brake pads/brake kit;de:Bremsbeläge;es:pastillas de freno
fuelfilter|842123|600|.5|24|.6|.8|en:fuel filter/oil filter;zh:燃油滤清器;es:filtro de combustible
motopart|871410|900|.9|48|.9|.7|en:motorcycle parts/moto accessories;es:partes de moto;it:ricambi moto;pt:peças de moto
bikepart|871499|700|.9|60|.9|.6|en:bicycle parts/bike fork/bike crank;de:Fahrradteile;fr:pièces vélo;nl:fietsonderdelen
instrument|902680|500|.8|190|1.0|.5|en:pressure sensor/measuring instrument/sensor;de:Messgerät;zh:传感器
medicaldev|901890|400|.9|150|1.0|.4|en:medical device/dental instruments;de:Medizinprodukt;pt:instrumentos
toy|950300|400|.7|18|.8|.2|en:toys/plastic toy/toy car;zh:玩具;es:juguetes;pl:zabawki;ru:игрушки;tr:oyuncak
model|950300|900|.6|55|.8|.35|en:model kit/scale model/rc model;de:Modellbau;fr:maquette
figurine|392640|500|.6|40|.9|.4|en:figurine/decoration/resin statue;zh:摆件;fr:statuette
airsoft|950490|1700|.7|95|.7|.4|en:airsoft accessory/airsoft parts/toy gun bb;de:Softair Zubehör;pl:części asg
paintball|950699|1200|.6|90|.7|.4|en:paintball marker parts/paintball mask;pt:paintball
fishing|950730|500|.6|50|.8|.5|en:fishing reel/fishing gear;pl:kołowrotek;ru:катушка
camping|940490|1500|.6|50|.7|.2|en:camping gear/sleeping bag;de:Campingzubehör
knife|821192|350|.6|48|.9|.9|en:kitchen knife/knives/pocket knife;de:Messer;fr:couteaux
scope|901310|600|.4|150|.8|.6|en:telescopic sight/rifle scope/optic;de:Zielfernrohr;pl:luneta
holster|420500|300|.4|35|.6|.3|en:leather holster/tactical belt;it:fondina
camera|900659|900|.5|190|.9|.45|en:camera/used film camera/lens;de:Kamera;fr:appareil photo
watch|910211|180|.5|120|1.1|.4|en:wrist watch/watch;zh:手表;ru:часы
jewellery|711790|60|.7|20|1.0|.3|en:fashion jewelry/bracelet/jewelry;zh:饰品;tr:bijuteri
coins|970529|200|1.0|80|1.2|1.2|en:collectable coins/old coins/collectibles;de:Sammlermünzen
antique|970690|1600|.9|140|1.1|.7|en:antique/old decorative item/collectible;fr:objet ancien;it:oggetto antico
curtain|630392|900|.5|30|.6|.25|en:curtains/home textiles/bed linen;tr:perde;ar:ستائر
potware|732393|1800|.5|35|.6|.3|en:cooking pots/kitchenware/stainless utensils;tr:tencere;zh:厨具
mug|691110|450|.4|12|.6|.35|en:mug/ceramic cup;de:Tassen
guitarpart|920994|600|.7|60|.9|.4|en:guitar parts/music accessories;es:accesorios musicales
printerpart|844399|700|.9|50|.9|.4|en:3d printer part/toner cartridge/printer parts;zh:打印机配件
filament|391690|1000|.2|22|.4|.6|en:3d printing filament;zh:打印耗材
petitem|420100|300|.6|16|.6|.25|en:pet supplies/dog collar
gymitem|950691|2500|.8|40|.7|.9|en:fitness equipment/gym accessories;de:Fitnessgerät
hookah|961400|1800|.5|38|.6|.4|en:hookah set/smoking accessories;ar:شيشة;tr:nargile
effects|980400|6000|.7|90|.9|.22|en:personal effects/used household goods;es:efectos personales;ru:личные вещи
"""


@dataclass(frozen=True, slots=True)
class Good:
    """A kind of goods: medians of one piece, log spreads, density when packed, and words by language."""

    key: str
    hs: str
    grams: float
    grams_spread: float
    usd: float
    usd_spread: float
    density: float
    words: dict[str, tuple[str, ...]]


@cache
def goods() -> dict[str, Good]:
    """Return all goods by key."""
    return {good.key: good for good in map(_read, TABLE.strip().splitlines())}


def _read(row: str) -> Good:
    key, hs, *figures, words = row.split("|")
    grams, grams_spread, usd, usd_spread, density = map(float, figures)
    by_language = dict(part.split(":", 1) for part in words.split(";"))
    named = {language: tuple(text.split("/")) for language, text in by_language.items()}
    return Good(key, hs, grams, grams_spread, usd, usd_spread, density, named)


def some(keys: str) -> tuple[Good, ...]:
    """Return the goods of a blank-separated list of keys."""
    return tuple(goods()[key] for key in keys.split())


FOOD = some("sweets tea coffee spices cereal cannedfood noodles vitamins")
WEAR = some("tshirt dress jacket babyclothes shoes handbag wallet socks curtain jewellery perfume cosmetics wig")
GADGETS = some("phonecase charger earphones ledstrip keyboard phone tablet watch circuit printerpart filament speaker")
CLUTTER = some("toy model figurine mug petitem gymitem camping fishing hookah potware knife book curtain")
APPLIANCES = some("speaker amplifier gameconsole blender iron coffeemaker drill gymitem potware")
ENGINEERING = some("bolts springs pipefitting steeltube alublock bearing shaft valve pumpseal drillbits instrument")
VEHICLE = some("carpart brakepad fuelfilter motopart bikepart")
PASTIME = some("airsoft paintball fishing knife camera watch coins antique guitarpart bikepart model motopart")
SPORT = some("scope holster airsoft paintball camping fishing knife")
FAMILY = FOOD + WEAR + some("toy book tea effects medicaldev vitamins phone potware")
RETURNED = WEAR + GADGETS + some("drill instrument camera coffeemaker carpart valve")
SAMPLES = some("samples_fabric circuit alublock cosmetics valve shoes instrument mug printerpart")
PAPERS = some("papers papers papers book samples_fabric")
