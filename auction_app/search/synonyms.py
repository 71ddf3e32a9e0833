"""Words that mean the same thing, in both languages: who looks for one finds the others too."""

from functools import cache

from auction_app.search.words import Word, words_in

_ALIKE = (
    "bike bicycle cycle fahrrad velo",
    "motorcycle motorbike motorrad",
    "locomotive lokomotive lok",
    "car auto",
    "sofa couch",
    "armchair sessel",
    "chair stuhl",
    "table tisch",
    "bookcase bookshelf bücherregal",
    "shelf regal",
    "wardrobe kleiderschrank",
    "rug carpet teppich",
    "mirror spiegel",
    "lamp lampe leuchte",
    "clock uhr",
    "watch armbanduhr",
    "fridge refrigerator kühlschrank",
    "oven herd",
    "television tv fernseher",
    "headphones earphones kopfhörer",
    "loudspeaker speaker lautsprecher",
    "phone telephone telefon",
    "smartphone handy",
    "computer rechner",
    "laptop notebook",
    "camera kamera fotoapparat",
    "lens objektiv",
    "binoculars feldstecher fernglas",
    "microscope mikroskop",
    "painting gemälde",
    "drawing zeichnung",
    "record lp schallplatte",
    "book buch",
    "stamp briefmarke",
    "coin münze",
    "toy spielzeug",
    "doll puppe",
    "guitar gitarre",
    "piano klavier",
    "violin fiddle geige violine",
    "trumpet trompete",
    "necklace halskette",
    "bracelet armband",
    "earring ohrring",
    "shoe schuh",
    "jacket jacke",
    "jumper sweater pullover",
    "trousers hose",
    "dress kleid",
    "pram stroller kinderwagen",
)


def others(word: Word) -> tuple[Word, ...]:
    """What else the same thing is called."""
    found = (other for stem in word.stems for other in _by_stem().get(stem, ()))
    return tuple(dict.fromkeys(it for it in found if it.stems != word.stems))


@cache
def _by_stem() -> dict[str, tuple[Word, ...]]:
    groups = [words_in(names) for names in _ALIKE]
    return {stem: group for group in groups for word in group for stem in word.stems}
