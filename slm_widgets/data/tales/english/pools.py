"""What the tales in English draw from: children, animals, things, places, promises."""

from __future__ import annotations

from slm_widgets.data.tales.grammar import Pool, table, words

POOLS: dict[str, Pool] = {
    "child": table(
        "name he him his",
        *(
            f"{name} she her her"
            for name in ("Mia", "Anna", "Lily", "Nora", "Rosa", "Ella", "June", "Ivy", "Clara", "Edith")
        ),
        *(
            f"{name} he him his"
            for name in ("Tom", "Ben", "Sam", "Leo", "Max", "Finn", "Jack", "Noah", "Oscar", "Peter")
        ),
    ),
    "elder": table(
        "name kin he him his",
        "Grandma grandmother she her her",
        "Grandpa grandfather he him his",
        "Mama mother she her her",
        "Papa father he him his",
        "Auntie aunt she her her",
        "Uncle uncle he him his",
    ),
    "house": table(
        "in the",
        "in a little house by the sea|the little house by the sea",
        "in a white cottage near the woods|the white cottage near the woods",
        "at the edge of a quiet village|the edge of the village",
        "in a narrow street behind the bakery|the narrow street behind the bakery",
        "on a farm between two hills|the farm between the hills",
        "in a tall house beside the river|the tall house beside the river",
        "in a stone house on the hill|the stone house on the hill",
        "in a yellow house at the end of the road|the yellow house at the end of the road",
    ),
    "pet": table(
        "a the",
        "an old cat|the old cat",
        "a sleepy dog|the sleepy dog",
        "three brown hens|the three hens",
        "a goat with one horn|the goat",
        "a very fat goose|the fat goose",
        "two white pigeons|the two pigeons",
    ),
    "animal": table(
        "kind came come nest food",
        "fox|trotted|trotted|den|a bowl of berries",
        "rabbit|hopped|hopped|burrow|a bunch of carrots",
        "hedgehog|shuffled|shuffled|heap of leaves|a bag of apples",
        "owl|flew|flown|hollow tree|a slice of cake",
        "mouse|ran|run|hole in the wall|a piece of cheese",
        "squirrel|jumped|jumped|nest of twigs|a handful of nuts",
        "badger|plodded|plodded|tunnel|a jar of honey",
        "duck|waddled|waddled|nest in the reeds|a loaf of bread",
        "frog|leaped|leaped|lily leaf|a plum pie",
        "crow|fluttered|fluttered|tall pine|a heap of corn",
        "mole|crept|crept|little hill of earth|a basket of mushrooms",
        "otter|slid|slid|home in the bank|a plate of fish",
    ),
    "friend": table(
        "name he him his",
        *(f"{name} she her her" for name in ("Hazel", "Clover", "Dot", "Biscuit", "Poppy", "Willow", "Pearl", "Fern")),
        *(f"{name} he him his" for name in ("Pip", "Bramble", "Tuft", "Moss", "Dusty", "Acorn", "Barley", "Pebble")),
    ),
    "colour": words(
        "red", "blue", "green", "yellow", "purple", "white", "orange", "silver", "golden", "brown", "pink", "black"
    ),
    "thing": table(
        "name sort",
        *("kite flies", "balloon flies", "ribbon flies"),
        *("ball rolls", "wheel rolls", "marble rolls", "hoop rolls"),
        *("drum stays", "bell stays", "whistle stays", "lantern stays", "book stays", "scarf stays", "hat stays"),
    ),
    "place": table(
        "the at",
        "the pond|by the pond",
        "the old mill|behind the old mill",
        "the bridge|under the bridge",
        "the barn|behind the barn",
        "the big oak|under the big oak",
        "the garden|in the garden",
        "the well|beside the well",
        "the market|at the market",
        "the meadow|in the meadow",
        "the orchard|in the orchard",
        "the stone wall|beside the stone wall",
        "the crossroads|at the crossroads",
        "the chapel|behind the chapel",
        "the blue gate|beside the blue gate",
        "the boathouse|inside the boathouse",
    ),
    "promise": table(
        "do done",
        "come home before dark|had come home before dark",
        "bring home a basket of plums|had brought home a basket of plums",
        "pick a bunch of daisies|had picked a bunch of daisies",
        "fetch a bucket of fresh milk|had fetched a bucket of fresh milk",
        "bring back a warm loaf|had brought back a warm loaf",
        "find a stone with a hole in it|had found a stone with a hole in it",
        "carry a letter to the miller|had carried a letter to the miller",
        "feed the ducks on the way|had fed the ducks on the way",
        "learn a new song|had learned a new song",
        "count every gate on the road|had counted every gate on the road",
    ),
    "sound": words(
        "tap, tap, tap", "hoo, hoo", "scratch, scratch", "creak, creak", "sniff, sniff", "drip, drop, drip", "whoo-oo"
    ),
    "noise": words("wind", "rain", "stove", "clock", "gate", "chimney"),
    "wear": words("coat", "jacket", "cape", "jumper", "shawl", "cloak"),
    "small": words(
        *("button", "shell", "feather", "penny", "key", "spoon", "candle", "ring", "brush", "cup", "pencil", "thimble"),
        *("needle", "mirror", "comb", "bottle"),
    ),
}
