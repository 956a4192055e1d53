"""The term lists in further languages: Portuguese, Italian, Dutch, Polish, Turkish, Serbo-Croatian, Russian, Ukrainian.

Shorter than the lists of the five main languages, and reviewed by their readers least of all: a site adds its own
(`features.indicators.site`).
"""

from __future__ import annotations

from collections.abc import Mapping

Terms = Mapping[str, tuple[str, ...]]

VAGUE_MORE: Terms = {
    "pt": (
        "acessorio", "amostra", "amostra sem valor", "artigo", "artigos", "bens pessoais", "coisas", "diversos",
        "equipamento", "ferramenta", "lembranca", "mercadoria", "objetos pessoais", "outros", "pacote", "peca",
        "pecas", "prenda", "presente", "produto", "roupa", "sem valor", "sem valor comercial", "sobressalente",
        "uso pessoal", "ver fatura",
    ),
    "it": (
        "accessori", "accessorio", "articoli", "attrezzi", "attrezzo", "campione", "campioni",
        "campione senza valore", "effetti personali", "materiale", "merce", "merci", "oggetti", "oggetti personali",
        "pacco", "pezzi", "pezzo", "pezzi di ricambio", "prodotti", "prodotto", "regali", "regalo", "ricambi",
        "ricambio", "roba", "senza valore", "uso personale", "varie", "vedi fattura", "vestiti",
    ),
    "nl": (
        "accessoire", "cadeau", "diversen", "eigen gebruik", "gereedschap", "goed", "goederen", "kleding", "monster",
        "monsters", "monster zonder waarde", "onderdeel", "onderdelen", "pakket", "persoonlijke eigendommen",
        "persoonlijke spullen", "product", "producten", "reserveonderdeel", "reserveonderdelen", "spullen",
        "zie factuur", "zonder waarde",
    ),
    "pl": (
        "akcesoria", "artykuły", "bez wartości", "części", "część", "części zamienne", "drobiazgi", "inne",
        "narzędzia", "narzędzie", "odzież", "paczka", "podarunek", "prezent", "próbka", "próbki", "produkt",
        "produkty", "rzeczy", "rzeczy osobiste", "różne", "towar", "towary", "ubrania", "upominek", "użytek własny",
    ),
    "tr": (
        "aksesuar", "alet", "bedelsiz", "bedelsiz numune", "çeşitli", "diğer", "esya", "eşya", "giysi", "hediye",
        "hediyelik", "kişisel eşya", "malzeme", "numune", "paket", "parça", "ticari değeri yok", "urun", "ürün",
        "yedek parça",
    ),
    "sr-hr-bs": (
        "alat", "bez vrednosti", "bez vrijednosti", "delovi", "dijelovi", "lične stvari", "odeća", "odjeća",
        "osobne stvari", "paket", "poklon", "pribor", "proizvod", "razno", "rezervni delovi", "rezervni dijelovi",
        "roba", "stvari", "uzorak", "uzorci", "алат", "делови", "личне ствари", "поклон", "разно", "резервни делови",
        "роба", "узорак",
    ),
    "ru": (
        "аксессуары", "без ценности", "вещи", "детали", "запчасти", "инструменты", "личные вещи", "материал",
        "оборудование", "образец", "образцы", "одежда", "подарок", "подарки", "посылка", "разное", "сувенир",
        "товар", "товары", "хозтовары",
    ),
    "uk": (
        "аксесуари", "деталі", "запчастини", "зразок", "зразки", "інструменти", "одяг", "особисті речі", "подарунок",
        "посилка", "різне", "речі", "товар", "товари",
    ),
}  # fmt: skip
FIREARM_MORE: Terms = {
    "pt": (
        "arma de fogo", "armas de fogo", "armeiro", "cano de pistola", "caçadeira", "carregador de pistola",
        "espingarda", "metralhadora", "municao", "municoes", "percussor", "pistola", "revolver", "fuzil",
    ),
    "it": (
        "arma da fuoco", "armi da fuoco", "armeria", "armaiolo", "canna di pistola", "caricatore di pistola",
        "carrello otturatore", "doppietta", "fucile", "fucili", "mitragliatrice", "munizioni", "percussore",
        "pistole", "proiettili", "rivoltella",
    ),
    "nl": (
        "geweer*", "jachtgeweer*", "machinegeweer", "munitie", "patroonhouder", "pistoolloop", "pistoolonderdelen",
        "pistool", "slagpin", "vuurwapen*", "wapenonderdelen", "wapens",
    ),
    "pl": (
        "amunicja", "broń", "broni palnej", "części broni", "karabin*", "lufa karabinu", "lufa pistoletu", "magazynek",
        "pistolet*", "rewolwer*", "strzelba", "strzelby", "szkielet pistoletu", "zamek pistoletu",
    ),
    "tr": (
        "ateşli silah*", "av tüfeği", "fişek", "mermi", "mermiler", "namlu", "silah", "silah parçası", "şarjör",
        "tabanca*", "tüfek*",
    ),
    "sr-hr-bs": (
        "automatska puška", "cev pištolja", "cijev pištolja", "municija", "oružje", "pištolj*", "puška", "puške",
        "puščani", "revolver", "streljivo", "udarna igla", "vatreno oružje", "муниција", "оружје", "пиштољ*", "пушка",
        "ватрено оружје",
    ),
    "ru": (
        "автомат калашникова", "боеприпасы", "винтовка", "винтовки", "глушитель для оружия", "карабин нарезной",
        "огнестрельное*", "оружие", "оружия", "пистолет*", "револьвер*", "ружье", "ружья", "ударник затвора",
    ),
    "uk": (
        "боєприпаси", "вогнепальна*", "гвинтівка", "зброя", "зброї", "набої", "пістолет*", "револьвер*", "рушниця",
    ),
}  # fmt: skip
EXCLUSIONS_MORE: Terms = {
    "pt": (
        "pistola de agua", "pistola de brinquedo", "pistola de calor", "pistola de cola", "pistola de cola quente",
        "pistola de massagem", "pistola de pintura", "pistola de rega", "pistola de silicone",
    ),
    "it": (
        "pistola ad acqua", "pistola a caldo", "pistola a spruzzo", "pistola giocattolo", "pistola massaggiante",
        "pistola per colla", "pistola per silicone", "pistola per verniciare", "pistola termica",
        "pistole ad acqua",
    ),
    "nl": ("waterpistool", "lijmpistool", "verfpistool", "heteluchtpistool", "speelgoed pistool"),
    "pl": (
        "pistolet do kleju", "pistolet do malowania", "pistolet do masażu", "pistolet do silikonu",
        "pistolet do piany", "pistolet natryskowy", "pistolet na wodę", "pistolet zabawka", "karabinek wspinaczkowy",
        "karabińczyk*",
    ),
    "tr": (
        "boya tabanca*", "masaj tabanca*", "mum tabanca*", "oyuncak tabanca*", "silikon tabanca*", "su tabanca*",
        "sıcak hava tabanca*",
    ),
    "sr-hr-bs": (
        "pištolj igračka", "pištolj na vodu", "pištolj za bojenje", "pištolj za farbanje", "pištolj za lepak",
        "pištolj za ljepilo", "pištolj za masažu", "pištolj za silikon",
    ),
    "ru": (
        "водяной пистолет", "игрушечный пистолет", "клеевой пистолет", "массажный пистолет", "монтажный пистолет",
        "пистолет для герметика", "пистолет для пены", "пистолет игрушечный", "термоклеевой пистолет",
    ),
    "uk": ("водяний пістолет", "іграшковий пістолет", "клейовий пістолет", "пістолет для піни", "пістолет для клею"),
}  # fmt: skip
CONVERTIBLE_MORE: Terms = {
    "pt": ("arma de alarme", "arma de salva", "pistola de alarme", "pistola de partida", "pistola de sinalizacao"),
    "it": ("arma a salve", "pistola a salve", "pistola da segnalazione", "replica softair", "pistola lanciarazzi"),
    "nl": ("alarmpistool", "gaspistool", "luchtbuks", "luchtdrukgeweer", "startpistool", "seinpistool"),
    "pl": ("broń hukowa", "hukowy", "pistolet alarmowy", "pistolet gazowy", "pistolet hukowy", "wiatrówka"),
    "tr": ("kuru sıkı*", "kurusıkı*", "kuru siki*", "kurusiki*", "ses tabanca*", "havalı tüfek", "işaret tabanca*"),
    "sr-hr-bs": ("gasni pištolj", "plinski pištolj", "signalni pištolj", "startni pištolj", "vazdušna puška",
                 "zračna puška", "гасни пиштољ", "стартни пиштољ"),
    "ru": ("газовый пистолет", "пневматическая винтовка", "пневматический пистолет", "сигнальный пистолет",
           "стартовый пистолет", "охолощенный*", "травматический пистолет"),
    "uk": ("газовий пістолет", "пневматична гвинтівка", "сигнальний пістолет", "стартовий пістолет"),
}  # fmt: skip
PLACEHOLDERS_MORE: Terms = {
    "pt": ("anonimo", "cliente", "desconhecido", "destinatario", "remetente", "sem nome"),
    "it": ("anonimo", "cliente", "destinatario", "mittente", "nome", "privato", "sconosciuto", "senza nome"),
    "nl": ("afzender", "anoniem", "geen naam", "klant", "onbekend", "ontvanger", "particulier"),
    "pl": ("anonim", "klient", "nadawca", "nieznany", "odbiorca", "osoba prywatna"),
    "tr": ("alıcı", "gönderen", "bilinmiyor", "isimsiz", "musteri", "müşteri"),
    "sr-hr-bs": ("kupac", "nepoznat", "nepoznato", "pošiljalac", "pošiljatelj", "primalac", "primatelj"),
    "ru": ("аноним", "клиент", "неизвестно", "отправитель", "покупатель", "получатель", "частное лицо"),
    "uk": ("анонім", "відправник", "клієнт", "невідомо", "одержувач", "покупець"),
}  # fmt: skip
