"""How people say what a scene shows: synonyms for each attribute, the stock of the caption grammar."""

from typing import Final

PHRASES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "kind": {
        "sea": ("the sea", "a quiet beach", "the ocean shore", "gentle waves on the sand", "a calm sea", "the coast"),
        "lake": (
            "a lake",
            "a still lake",
            "a mountain lake",
            "a quiet lake with a jetty",
            "a lake and its reflections",
        ),
        "river": ("a river", "a winding river", "a slow stream", "a river through meadows", "a brook"),
        "forest": (
            "a forest",
            "a quiet wood",
            "tall trees",
            "a woodland",
            "light between the trees",
            "a forest clearing",
        ),
        "meadow": ("a meadow", "a flower meadow", "a field of wildflowers", "an open meadow", "rolling grassland"),
        "mountains": ("mountains", "a mountain range", "layered mountains", "distant peaks", "a mountain valley"),
        "garden": ("a garden", "a garden walk", "a flower garden", "a garden with flower beds", "blooming borders"),
        "path": (
            "a path",
            "a country path",
            "a winding path through fields",
            "a footpath to the hills",
            "a track with trees",
        ),
        "night_sky": (
            "a starry sky",
            "the night sky",
            "the milky way",
            "countless stars over hills",
            "a sky full of stars",
        ),
        "desert": ("a desert", "sand dunes", "dunes", "a quiet desert", "soft dunes of sand"),
        "room": ("a room with a window", "a cosy room", "a window with a view", "a warm interior", "a sunlit room"),
        "town": ("a small town", "a village", "rooftops", "houses of a town", "old houses on a hill", "a harbour town"),
    },
    "time": {
        "dawn": ("at dawn", "in the early morning", "at sunrise", "at daybreak", "in first light"),
        "day": ("by day", "at noon", "in daylight", "in the middle of the day", "on a bright day"),
        "golden": ("in golden light", "in the golden hour", "in late afternoon sun", "in warm evening sun"),
        "dusk": ("at dusk", "at sunset", "at nightfall", "in the evening", "in twilight"),
        "night": ("at night", "by moonlight", "under the moon", "in the night"),
    },
    "weather": {
        "clear": ("clear sky", "clear weather", "a cloudless sky", "fair weather"),
        "cloudy": ("soft clouds", "a cloudy sky", "drifting clouds", "clouds"),
        "misty": ("light mist", "mist", "morning fog", "a misty haze", "soft fog"),
        "rain": ("gentle rain", "rain", "a soft drizzle", "light rain falling"),
        "snow": ("snow", "falling snow", "snowflakes", "fresh snow"),
    },
    "season": {
        "spring": ("in spring", "spring blossom", "fresh spring green"),
        "summer": ("in summer", "lush summer green", "summer"),
        "autumn": ("in autumn", "autumn leaves", "autumn colours"),
        "winter": ("in winter", "bare winter land", "winter"),
    },
    "palette": {
        "natural": ("natural colours", "true colours"),
        "warm": ("warm colours", "warm tones", "amber tones"),
        "cool": ("cool colours", "cool blue tones", "cool tones"),
        "pastel": ("pastel colours", "pale pastel tones", "soft pastels"),
        "earth": ("earthy colours", "muted earth tones", "muted colours"),
    },
    "style": {
        "photo": ("soft photograph", "photo", "photograph"),
        "watercolour": ("watercolour", "watercolour painting", "loose watercolour on paper"),
        "gouache": ("gouache", "gouache painting", "painted in gouache"),
        "ink": ("ink wash", "ink drawing", "monochrome ink on paper"),
        "paper": ("layered paper", "paper collage", "layered paper art"),
    },
}

CALM: Final = ("calm", "peaceful", "quiet", "gentle", "serene", "still", "soft", "hopeful", "safe", "tranquil")

# Further single words that point to an attribute; they stand in captions too, so that the painter knows them.
HINTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "kind": {
        "sea": ("ocean", "waves", "seaside", "shore", "shoreline", "bay", "sailboat", "horizon"),
        "lake": ("pond", "lakeside", "jetty"),
        "river": ("stream", "creek", "bridge", "waterfall"),
        "forest": ("woods", "trees", "grove", "pines"),
        "meadow": ("wildflowers", "grass", "field", "fields", "tree", "hill", "hills"),
        "mountains": ("mountain", "peaks", "valley", "summit", "cliff"),
        "garden": ("flowers", "roses", "blossoms", "lavender", "bench"),
        "path": ("trail", "road", "footpath", "way", "steps"),
        "night_sky": ("stars", "starry", "galaxy"),
        "desert": ("dune", "sand"),
        "room": ("window", "interior", "home", "indoors", "armchair", "lamp", "table", "candle"),
        "town": ("houses", "village", "street", "rooftops", "city", "harbour", "cafe"),
    },
    "time": {
        "dawn": ("sunrise", "morning", "daybreak"),
        "day": ("noon", "daylight", "sunny", "bright"),
        "golden": ("golden", "afternoon", "sunlit", "sunlight"),
        "dusk": ("sunset", "twilight", "evening", "nightfall"),
        "night": ("moonlight", "moonlit", "moon", "nighttime"),
    },
    "weather": {
        "clear": ("cloudless", "clear"),
        "cloudy": ("clouds", "overcast", "cloudy"),
        "misty": ("fog", "haze", "hazy", "foggy", "misty"),
        "rain": ("drizzle", "rainy", "storm"),
        "snow": ("snowy", "snowfall", "frost"),
    },
    "season": {
        "spring": ("springtime", "blossom"),
        "summer": ("summertime",),
        "autumn": ("fall",),
        "winter": ("wintry",),
    },
    "palette": {
        "natural": ("natural",),
        "warm": ("amber", "warm"),
        "cool": ("blue", "cool"),
        "pastel": ("pale", "pastels"),
        "earth": ("muted", "earthy", "ochre"),
    },
    "style": {
        "photo": ("photographic",),
        "watercolour": ("watercolor", "aquarelle"),
        "gouache": ("painted",),
        "ink": ("monochrome", "sumi"),
        "paper": ("collage", "papercut"),
    },
}
