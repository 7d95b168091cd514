"""The scenes that every tale in English is put together from: beginnings, meetings, weather, coming home."""

from __future__ import annotations

from slm_widgets.data.tales.grammar import Alternative

SCENES: dict[str, list[Alternative]] = {
    "opening": [
        "There was once a <manner> child named {hero}, who lived {house=house.in} with {hero.his} {elder=elder.kin} "
        "and {pet=pet.a}. <habit>",
        "{hero} lived {house=house.in} with {hero.his} {elder=elder.kin} and {pet=pet.a}. <habit>",
        "A long time ago, {house=house.in}, there lived a <manner> child named {hero}. {elder=elder} lived there too, "
        "and so did {pet=pet.a}. <habit>",
        "This is a story about {hero}, who was <manner> and lived {house=house.in}. {hero.he+cap} shared it with "
        "{elder=elder} and {pet=pet.a}. <habit>",
    ],
    "manner": [
        "curious",
        "cheerful",
        "shy",
        "clever",
        "dreamy",
        "brave",
        "gentle",
        "merry",
        "patient",
        "quiet",
        "polite",
        "stubborn",
    ],
    "habit": [
        "Every morning {elder} [baked bread|swept the floor|made tea|opened the windows|chopped wood|read the paper|watered the beans|polished the stove], and {hero} fed {pet.the}.",
        "{hero} liked [rain|snow|thunder|fog|frost|wind|hail] better than sunshine, and {elder} [never knew why|liked it too].",
        "In the evening {elder} told [long|funny|old|strange|sad|wild|true] stories, and even {pet.the} would listen.",
        "There was not much money in the house, but there was always [soup|laughter|music|a warm fire|fresh bread|time|a good story].",
        '{elder} used to say, "<proverb>." {hero} thought about that [often|a great deal|from time to time].',
        "{hero} could [whistle|count to a thousand|climb any tree|stand on one leg|walk on {hero.his} hands|bake a cake|tie nine knots|row a boat|speak with crows], "
        "and {pet.the} [did not mind|looked on|thought nothing of it].",
    ],
    "proverb": [
        "A small light is enough for a small room",
        "What you give away comes back to you",
        "Nobody is too little to help",
        "Slow feet find the most",
        "A friend is worth a long walk",
        "The best road is the one with company",
    ],
    "when": ["One <sky> <hour>", "It was a <sky> <hour> when", "On a <sky> <hour>", "Then, one <sky> <hour>,"],
    "sky": ["sunny", "windy", "misty", "cold", "bright", "grey", "warm", "cloudy", "frosty", "mild", "wet", "clear"],
    "hour": [
        "morning",
        "afternoon",
        "day in [spring|autumn|March|April|May|October|November]",
        "[Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday]",
    ],
    "scenery": [
        "[A blackbird|A wren|A cuckoo|A robin|A lark|A thrush|A finch|A magpie|A sparrow|A swallow] [sang|called|chattered|whistled|piped|hopped about] in the [hedge|bushes|ivy|reeds|hawthorn|birches|brambles|pines|willows|roses], "
        "and the air smelled of [hay|smoke|rain|honey|wet earth|apples|warm bread|mint|wool|tar|pepper|leather].",
        "[Clouds|Shadows|Leaves|Feathers|Seeds|Cobwebs|Petals|Scraps of mist] [drifted|sailed|passed|hurried] [slowly|softly|silently] [to the west|to the east|over the "
        "fields|over the roofs|out to sea].",
        "There were [poppies|thistles|nettles|buttercups|bluebells|toadstools|daisies|clovers|foxgloves|strawberries] along the way, and [bees|beetles|grasshoppers|ants|snails|lizards|crickets|spiders|ladybirds|flies] "
        "[everywhere|under every leaf|on the warm stones|in the ditches].",
        "Somewhere [a dog barked|a door banged|a bell rang|a cart rattled|a rooster crowed|a horse neighed|somebody sang|somebody laughed|a saw buzzed|a branch cracked|a baby cried|a train whistled], and then "
        "it was [quiet|still|silent|peaceful] again.",
        "[Two|Three|Four|Five|Six|Seven] [geese|sparrows|rooks|doves|gulls|starlings|herons|storks|cranes|jays] [flew|passed|circled|glided] overhead, [very high|quite low|"
        "one behind the other|without a sound|with loud cries].",
    ],
    "dark": [
        "The [stars|windows|puddles|roofs|leaves|stones|branches|gates|haystacks] [gleamed|glimmered|were black|were silver|looked strange], and [a bat|a moth|a cat|"
        "a toad|a beetle|a weasel|a goat|a white horse] [crossed the path|passed without a sound|stopped and stared|vanished in the dark].",
        "It smelled of [moss|smoke|rain|wet stone|pine|cold ashes|snow|iron|straw], and far away [a dog howled|a train went by|the sea murmured|a clock struck|"
        "a gate creaked|a branch broke|a window closed|water dripped].",
        "[Above|Behind|Beside|In front of] {hero.him} the [trees|fences|bushes|chimneys] stood like [giants|soldiers|sleeping cows|old men|ships|"
        "teachers|wolves|towers|camels], and {hero.he} [counted|whispered|hummed|sang] to keep up {hero.his} courage.",
    ],
    "talk": [
        "On the way they talked about [honey|winter|dreams|shoes|birthdays|mountains|rivers|teeth|pirates|soup], [thunder|ghosts|kings|whales|trains|islands|volcanoes|clocks|camels|bridges] and [how to swim|"
        "what clouds are made of|why cats purr|who invented spoons|where the wind sleeps|how long a year is].",
        "{friend} knew [riddles|songs|jokes|fairy tales|secrets|poems] about [giants|sailors|witches|dragons|princes|thieves|tailors|mermaids|bakers|moonlight], and {hero} laughed until "
        "{hero.his} [belly|sides|cheeks|ribs] hurt.",
        '"Do you like [winter|Mondays|spiders|cabbage|dancing|riddles|onions|thunder|fiddles|snow]?" asked {friend}. "[Not much|Only at night|Very much|A little|More than anything]," said '
        "{hero}, and they [walked|wandered|went] on.",
        "{friend} was afraid of [thunder|dogs|deep water|mirrors|spiders|brooms|trumpets|goats|umbrellas], and {hero} of [ghosts|geese|the cellar|wolves|doctors|the dark|wasps|giants|bulls]. "
        "Together they were afraid of [nothing|very little|almost nothing].",
    ],
    "from": [
        "from behind a tree",
        "out of the long grass",
        "round the corner",
        "out of the ferns",
        "across the path",
        "down the lane",
        "out of the dark bushes",
        "over a fallen log",
    ],
    "hello": [
        "Hello",
        "Good day",
        "Well, well",
        "Dear me",
        "Hush now",
        "Oh",
        "Excuse me",
        "Goodness",
        "I beg your pardon",
    ],
    "trouble": [
        "crying",
        "so quiet",
        "sitting here",
        "so pale",
        "looking at the ground",
        "all alone",
        "shivering",
        "talking to yourself",
        "out of breath",
    ],
    "meet": [
        'Just then {kind=animal.kind+a} {kind.came} <from>. "<hello>," said the {kind}. "I am {friend=friend}. '
        'Why are you <trouble>?"',
        '{kind=animal.kind+a+cap} {kind.came} <from> and [stopped|sat down|bowed]. "My name is {friend=friend}," '
        'said the {kind}. "<hello>, why are you <trouble>?"',
        '"Why are you <trouble>?" asked a [small|soft|rough|friendly|squeaky|deep|kind|tiny] voice. It was {kind=animal.kind+a} named '
        "{friend=friend}, who had just {kind.come} <from>.",
    ],
    "find_nothing": [
        "[only|nothing but] [an old shoe|a snail|three feathers|a rusty nail|a puddle|a broken plate|some moss|two acorns|a dead leaf|a spider|half an egg shell|an empty sack]"
    ],
    "wish": [
        '"How can I thank you?" asked {hero}. "I have always wanted {kind.food}," said {friend} [shyly|at once|softly].',
        '"You are a true friend," said {hero}. "What would you like?" {friend} thought of {kind.food} and said so.',
        '{hero} wanted to give {friend} something. "Then bring me {kind.food}," said the {kind} [with a smile|and laughed].',
        '"I promise to bring you {kind.food}," said {hero}, for that is what [every|any|a hungry] {kind} likes best.',
    ],
    "goodbye": [
        "They said goodbye {spot.at}, and {friend} {kind.came} back to {friend.his} {kind.nest}.",
        "Then {friend} was tired and went home to {friend.his} {kind.nest}.",
        '"See you tomorrow {spot.at}," said {friend}, and {hero} [waved|nodded|laughed].',
        "{friend} walked with {hero} as far as the gate, [singing|humming|telling jokes] all the way.",
    ],
    "home": [
        "It was [nearly dark|getting late|time for supper] when {hero} came back to {house.the}. <welcome>",
        "{hero} ran all the way back to {house.the}. <welcome>",
        "The moon was up over {house.the} when {hero} came home. <welcome>",
        "The windows of {house.the} [shone|glowed] [in the dusk|from far away], and {hero} walked faster. <welcome>",
    ],
    "welcome": [
        '{elder} was at the door with {pet.the}. "<where>" {elder.he} asked, and {hero} told {elder.him} [everything|all of it].',
        '"<where>" said {elder}, and put [soup|bread|hot milk|a big potato|an apple pie|honey cake|pancakes|a boiled egg] on the table.',
        "{pet.the+cap} heard {hero.him} first, and then {elder} [laughed|called out|came running] and hugged {hero.him}.",
        "{elder} listened to the whole story and [smiled|nodded slowly|wiped {elder.his} eyes|shook {elder.his} head].",
    ],
    "where": ["Where have you been?", "What kept you so long?", "Was it a good day?", "Are your feet wet?"],
    "gift": [
        "The next day {hero} went back {spot.at} with {kind.food}, and {friend} [danced|cheered|could hardly speak] for joy.",
        "{hero} did not forget. Before the week was out {friend} had {kind.food}, and a [note|hug|song] from {hero} with it.",
        "In the morning there was {kind.food} in front of the {kind.nest}. {friend} knew [at once|very well] who had brought it.",
        "And {friend}? {friend.he+cap} got {kind.food}, as {hero} had promised, and [ate|shared] it {spot.at}.",
    ],
    "last": [
        "From that day on {hero} and {friend} were [the best of friends|never far apart|together every Sunday|seen together everywhere|as close as two peas].",
        "That night {hero} dreamed of {kind+a} [that could sing|with a crown|as big as a house|in a little boat|made of snow|on a bicycle|who could fly|behind the moon].",
        "And whenever {hero} passed {spot.the}, {hero.he} [smiled|thought of {friend}|whistled a tune|stood still for a moment].",
        '"<proverb>," said {elder}, and {pet.the} went to sleep.',
        "If you go to {spot.the} today, you may [see|hear|meet] {hero} and {friend} there.",
    ],
}
