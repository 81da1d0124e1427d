/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - fingerprints in a form that people read to each other
 *
 * The words were chosen for this list: 4 to 7 letters, no two with the same four first letters, none that differs from
 * another by fewer than three letters or only in its vowels, none that is commonly spelt in two ways.  The list is
 * sorted and frozen: a word's place is the byte it stands for, and fingerprints are printed on paper.
 */
#include "model/trust.h"

enum { WORDS = 256, WORDS_SHOWN = 12 };

static const char *const word_of[WORDS] = {
	"acorn", "agenda", "album", "almond", "amber", "anchor", "april", "arcade",
	"atlas", "autumn", "avenue", "avocado", "badge", "balloon", "bamboo", "banana",
	"banner", "basket", "beacon", "beaver", "bedrock", "belfry", "bicycle", "blossom",
	"bobbin", "bonfire", "bottle", "buffalo", "button", "cabin", "cactus", "camera",
	"candle", "captain", "caravan", "carpet", "cedar", "chapel", "cherry", "chimney",
	"cinema", "climate", "cobalt", "coffee", "comet", "copper", "cricket", "crimson",
	"crystal", "cupcake", "cushion", "daisy", "denim", "diagram", "diamond", "dolphin",
	"domino", "donkey", "dragon", "drummer", "eagle", "eclipse", "elbow", "eleven",
	"emerald", "empire", "engine", "envoy", "equator", "escort", "fabric", "falcon",
	"family", "feather", "fender", "flannel", "forest", "fossil", "freckle", "galaxy",
	"garden", "garlic", "gazelle", "gentle", "ginger", "giraffe", "glacier", "goblet",
	"gondola", "gravel", "grocery", "guitar", "hamster", "harvest", "helmet", "hiccup",
	"hobby", "holiday", "horizon", "hotel", "hurdle", "iceberg", "indigo", "island",
	"jaguar", "jasmine", "jersey", "jigsaw", "journal", "jubilee", "juniper", "karate",
	"kayak", "kennel", "keyhole", "kidney", "kimono", "kingdom", "kitchen", "ladder",
	"lagoon", "lantern", "lasso", "lattice", "laundry", "lemon", "leopard", "letter",
	"library", "lilac", "lizard", "lobster", "locket", "lunar", "machine", "magnet",
	"mango", "marble", "mascot", "meadow", "mentor", "mercury", "mineral", "mirror",
	"mitten", "monsoon", "mosaic", "muffin", "museum", "mustard", "napkin", "nebula",
	"needle", "network", "nickel", "ninety", "nomad", "nougat", "nutmeg", "oasis",
	"oatmeal", "oboe", "ocean", "octopus", "onion", "onyx", "opera", "orchid",
	"osprey", "oxygen", "pacific", "palace", "panda", "pasture", "peanut", "pelican",
	"perfume", "piano", "picnic", "pigeon", "pillow", "poplar", "potato", "powder",
	"prairie", "pumpkin", "puppet", "puzzle", "pyramid", "quarry", "quiver", "rabbit",
	"radio", "rainbow", "raisin", "ravine", "razor", "ribbon", "rosebud", "ruby",
	"runway", "safari", "satchel", "saucer", "science", "scooter", "sesame", "sheriff",
	"shuttle", "silver", "slipper", "sonnet", "spatula", "spider", "spinach", "spruce",
	"summit", "swallow", "talent", "tavern", "teapot", "temple", "tennis", "thunder",
	"topaz", "tornado", "toucan", "tractor", "triumph", "trophy", "trumpet", "tulip",
	"tundra", "tuxedo", "typhoon", "ukulele", "vacuum", "valley", "vanilla", "victory",
	"village", "vinegar", "violin", "vitamin", "volcano", "voyage", "waffle", "walnut",
	"weekend", "widget", "window", "wombat", "yogurt", "zebra", "zigzag", "zodiac",
};

ak_status ak_fingerprint_words(const ak_digest *d, ak_buf *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < WORDS_SHOWN; i++)
		st = ak_buf_addf(out, err, "%s%s", i == 0 ? "" : " ", word_of[d->b[i]]);
	return st;
}

ak_status ak_fingerprint_digits(const ak_digest *d, ak_buf *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < AK_DIGEST_LEN; i += 2) {
		unsigned int n = (unsigned int)d->b[i] << 8 | d->b[i + 1];

		st = ak_buf_addf(out, err, "%s%05u", i == 0 ? "" : " ", n);
	}
	return st;
}
