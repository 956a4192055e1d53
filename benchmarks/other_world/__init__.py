"""A second, independent generator of labelled parcels: somebody else's world, to see how far a trained model travels.

It shares no table, name, route or frequency with `training.parcels` and was written without reading it, from the
manifest's contract, from common knowledge of postal and courier traffic, and from what public studies say of how
firearms, parts and ammunition are sent: UNODC, Global Study on Firearms Trafficking 2020 (concealment in other goods,
parts sent apart, false declarations, convertible alarm weapons); UNODC Study on Firearms 2015 (post and courier);
Small Arms Survey, Dribs and Drabs 2017 (many small consignments, straw senders, hidden in household goods); press
notices of customs administrations (small parts declared as pins or toys, suppressors as cleaning kits). All people,
firms and places are made of syllables. Its figures (frequencies, weights, prices) are invented, not measured.
"""
