"""The five plots in English: a loss, a promise, a row of swaps, a letter, a sound in the night."""

from __future__ import annotations

from slm_widgets.data.tales.grammar import Alternative

PLOTS: dict[str, list[Alternative]] = {
    "story": ["<lost>\n\n", "<promise>\n\n", "<swaps>\n\n", "<letter>\n\n", "<night>\n\n"],
    # ------------------------------------------------------------------ a thing is lost and found
    "lost": [
        "{hero=child} and the {colour=colour} {thing=thing}\n<opening> <treasure>\n<outing> <scenery> <loss> <sorrow>\n<meet> <tell>\n"
        "<search> <talk> <found> <wish> <goodbye>\n<home> <safe>\n<gift> <last>"
    ],
    "treasure": [
        "Of all the things in the house {hero} loved one best: {colour+a} {thing}.",
        "For {hero.his} birthday {hero} was given {colour+a} {thing}, and {hero.he} took it everywhere.",
        "{elder} had [made|found|bought] {colour+a} {thing} for {hero}, who would not go [to bed|outside] without it.",
        "{hero} had {colour+a} {thing}. It was [old|small|a little torn|not new], but {hero.he} loved it [dearly|very much].",
    ],
    "outing": [
        "<when> {hero} took the {thing} to {spot=place.the}.",
        "<when> {hero} was playing with the {thing} {spot=place.at}.",
        "<when> {hero} carried the {colour} {thing} as far as {spot=place.the}.",
    ],
    "loss": [
        (
            {"thing.sort": "flies"},
            "[A sudden|A strong|A playful|An icy] wind [lifted|snatched|pulled] the {thing} away. Up it went over the [roofs|trees|hills], "
            "until it was only {colour+a} dot.",
        ),
        (
            {"thing.sort": "rolls"},
            "The {thing} slipped out of {hero.his} hands and [rolled|bounced|jumped] down the [path|slope|lane], "
            "[faster and faster|over stick and stone|round the bend], and was gone.",
        ),
        (
            {"thing.sort": "stays"},
            "{hero.he+cap} put the {thing} down [on a stone|in the grass|beside the path] to [watch a beetle|tie a shoe|pick a flower|"
            "chase a butterfly]. When {hero.he} looked again, it was gone.",
        ),
    ],
    "sorrow": [
        '"Oh no, my {thing}!" [cried|whispered|said] {hero}, and two big tears [ran down|fell on] {hero.his} [cheeks|nose].',
        "{hero} looked [left and right|high and low|in every ditch|behind every bush], but there was no {thing} to be seen.",
        "{hero} sat down and did not know what to do. What would {elder} say about the {thing}?",
        '"Without my {thing} I am not going home," said {hero} to [nobody|the clouds|a snail|{hero.his} shoes].',
    ],
    "tell": [
        '"I have lost my {thing}," said {hero}. "It is {colour}." "Then let us look for it," said {friend}.',
        '{hero} told {friend} about the {colour} {thing}. "I know every path here," said the {kind}. "Come with me!"',
        '"My {colour} {thing} is gone!" said {hero}. {friend} scratched {friend.his} head. "Two can look better than one."',
    ],
    "search": [
        "First they looked {second=place.at!spot}, but they found <find_nothing>.",
        "{friend} led the way to {second=place.the!spot}. There was <find_nothing> there.",
        '"Perhaps it is {second=place.at!spot}," said {friend}. But they saw <find_nothing> and went on.',
    ],
    "found": [
        'Then they came to {third=place.the!spot!second}. "Look!" cried {friend}. There lay the {colour} {thing}, <state>.',
        "They [walked|ran|hurried] on, and {third=place.at!spot!second} something {colour} [shone|gleamed]. It was the {thing}, <state>!",
        "At last {hero} saw it {third=place.at!spot!second}: the {colour} {thing}, <state>.",
    ],
    "state": [
        "safe and sound",
        "a bit muddy",
        "wet with dew",
        "covered with leaves",
        "not broken at all",
        "as good as new",
        "shining like a star",
        "half hidden by ferns",
    ],
    "safe": [
        "The {colour} {thing} got a place of its own [by the window|over the bed|on the shelf].",
        "{hero} cleaned the {thing} until it was as {colour} as before.",
        '"Next time," said {elder}, "leave the {thing} at home when you go to {spot.the}."',
        "{hero} held the {colour} {thing} [tight|close] all evening.",
    ],
    # ------------------------------------------------------------------ a promise is made and kept
    "promise": [
        "How {hero=child} kept a promise\n<opening>\n<ask> <answer>\n<road> <scenery> <meet> <need>\n<talk> <help> <thanks>\n<doubt> <goodbye>\n"
        "<home> <kept>\n<last>"
    ],
    "ask": [
        '<when> {elder} sent {hero} to {spot=place.the}. "Will you {vow=promise.do}?" {elder.he} asked.',
        '<when> {hero} wanted to go to {spot=place.the}. "You may," said {elder}, "if you {vow=promise.do}."',
        '<when> {elder} was not well and {hero} had to go to {spot=place.the} alone. "Please {vow=promise.do}," said {elder}.',
    ],
    "answer": [
        '"I promise," said {hero}, and put on {hero.his} {colour=colour} {wear=wear}.',
        "{hero} gave {elder.him} {hero.his} hand on it, took {hero.his} {colour=colour} {wear=wear} and set out.",
        '"A promise is a promise," said {hero}. {elder} buttoned {hero.his} {colour=colour} {wear=wear}.',
    ],
    "road": [
        "The road to {spot.the} was [long|steep|muddy|full of stones|empty], and {hero} [sang|counted birds|ate an apple] on the way.",
        "{hero} had hardly come to {spot.the} when it began to [rain|snow|blow|grow dark].",
        "Halfway to {spot.the} {hero} stopped to rest [on a log|on a milestone|under a hedge].",
    ],
    "need": [
        '{hero} explained it, and then {hero.he} asked, "And you?" "I have lost my {small=small} {second=place.at!spot}," '
        'said {friend}, "and I [need it badly|cannot sleep without it|got it from my mother]."',
        '"I am only resting," said {hero}. "But you look sad yourself." "It is my {small=small}," said the {kind}. "It fell down '
        '{second=place.at!spot}, and I [am afraid to go there|cannot find it|am too small to lift it]."',
        '"I am on my way," said {hero}, "but I have time for {kind+a}." Then {friend} told {hero.him} about a {small=small} that was '
        "lost {second=place.at!spot}.",
    ],
    "help": [
        "So {hero} went with {friend} to {second.the}. They [turned over|looked under] every [stone|leaf|board], and there was the {small}.",
        "{hero} took off the {colour} {wear} so as not to get it dirty, and [dug|crawled about|searched] {second.at} until "
        "the {small} was found.",
        "It took [an hour|half the day|a long while], but {second.at} {hero} [found|picked up|saw] the {small} [in the mud|among the nettles].",
    ],
    "thanks": [
        '"My {small}!" cried {friend}, and [kissed|hugged|danced round] {hero}.',
        '{friend} [polished|kissed|counted] the {small} and was happy again. "I will never forget this, {hero}."',
        '"Nobody else stopped for me," said {friend}, and held the {small} [tightly|close|up to the light].',
    ],
    "doubt": [
        'But what about the promise? "I must {vow}!" cried {hero}. "I know a short way," said the {kind}, and showed {hero.him}.',
        '"Now I must hurry," said {hero}. "I promised {elder} to {vow}." "Then I will help you," said {friend}.',
        'Suddenly {hero} remembered: to {vow}, that was the promise! "Two can do it faster," said {friend}, and so it was.',
    ],
    "kept": [
        "The {colour} {wear} was [torn|wet|full of mud|missing a button], but {hero} {vow.done}, just as {hero.he} had promised.",
        '"You were [away a long time|gone for hours]," said {elder}. But {hero} {vow.done}, and {elder.he} was [proud|glad].',
        "{hero} hung the {colour} {wear} on its hook. {hero.he+cap} {vow.done}, and {hero.he} had found a friend as well.",
    ],
    # ------------------------------------------------------------------ one thing is changed for another, and another
    "swaps": [
        "{hero=child} and the {first=small}\n<opening>\n<begin> <scenery> <swap_one>\n<swap_two>\n<meet> <swap_three>\n<regret> <talk> <goodbye>\n"
        "<home> <shelf>\n<last>"
    ],
    "begin": [
        "<when> {hero} found a {first} {spot=place.at}. It was {colour=colour}, and somebody had [scratched|painted] a star on it.",
        "{hero} had a {first}, {colour=colour+a} one. <when> {hero.he} put it in {hero.his} pocket and went to {spot=place.the}.",
        '<when> {elder} gave {hero} {colour=colour+a} {first}. "Go to {spot=place.the}," {elder.he} said, "and see what you can get for it."',
    ],
    "swap_one": [
        'There {hero.he} met a [baker|sailor|painter|farmer] who had a {next=small!first}. "I will give you this {next} for your {first}," '
        "said the man, and {hero} said yes.",
        'A [girl|boy|woman] with a {next=small!first} came along. "What {colour+a} {first}!" {hero} heard. "Shall we change?" And they did.',
        '"My {next=small!first} for your {first}?" asked [a peddler|a gardener|the miller]. {hero} [nodded|thought it over|shook hands on it].',
    ],
    "swap_two": [
        "But {hero} did not keep the {next} long. {second=place.at!spot+cap} {hero.he} gave it away for {prize=colour+a} {thing=thing}.",
        "With the {next} {hero.he} went on to {second=place.the!spot}, and there {hero.he} changed it for {prize=colour+a} {thing=thing}.",
        "Soon the {next} grew dull. So {second=place.at!spot} {hero} [sold|changed] it and got {prize=colour+a} {thing=thing}.",
    ],
    "swap_three": [
        '"I had a {first}," said {hero}, "and then a {next}, and now I have a {thing}. But I liked the {first} best."',
        '{hero} told the whole tale: first the {first}, then the {next}, and now the {thing}. "And I miss the {first}," {hero.he} said.',
        '"Because I gave away my {first}, {friend}," said {hero}, "and then the {next} as well. Now I have only this {thing}."',
    ],
    "regret": [
        '"Is it {colour}?" asked {friend}, and pulled out the very same {first}! "Give me the {prize} {thing}, and it is yours again."',
        '{friend} [laughed|blinked|coughed]. "Somebody left {colour+a} {first} {spot.at}. Here it is. I would like that {thing} for my {kind.nest}."',
        '"I always wanted {prize+a} {thing}," said the {kind}, "and I found {colour+a} {first} this morning. Shall we change?"',
    ],
    "shelf": [
        "The {first} has been on the shelf ever since, {colour} and shining, and {hero} will not change it for [gold|anything|ten horses].",
        '"And what did you get for the {first}?" asked {elder}. "The {first}," said {hero}, "and a friend."',
        "{hero} put the {colour} {first} under {hero.his} pillow, and {pet.the} [guarded it|slept beside it].",
    ],
    # ------------------------------------------------------------------ a letter leads from place to place
    "letter": [
        "{hero=child} and the {colour=colour} letter\n<opening>\n<arrives> <reads>\n<scenery> <clue_one>\n<meet> <share> <talk>\n<clue_two>\n<wish> <goodbye>\n"
        "<home> <author>\n<gift> <last>"
    ],
    "arrives": [
        "<when> {colour+a} letter lay on the [doorstep|table|window sill]. {pet.the+cap} had already [smelled at it|sat on it].",
        "<when> the wind blew {colour+a} letter through the [window|chimney|open door], right in front of {pet.the}.",
        "<when> {hero} found {colour+a} letter in [{hero.his} boot|the milk jug|an empty nest].",
    ],
    "reads": [
        '"Dear {hero}," it said, "go to {spot=place.the} and look for a {first=small}."',
        'It said only: "{spot=place.at+cap} there is a {first=small}. Good luck, {hero}!"',
        'Somebody had written in [big|tiny|crooked|curly] letters: "{hero}! The {first=small} is {spot=place.at}."',
    ],
    "clue_one": [
        '{hero} [ran|walked|skipped] to {spot.the}, and sure enough, there was the {first}. A note was tied to it: "Now go to {second=place.the!spot}."',
        'The {first} was not hard to find. Round it was a strip of {colour} paper: "Next: {second=place.the!spot}."',
        '{spot.at+cap} {hero} [searched|dug|looked] for a while and found the {first}. "Well done," said a second letter. '
        '"The rest is {second=place.at!spot}."',
    ],
    "share": [
        '{hero} showed {friend} the {first} and the {colour} letter. "I saw something {second.at}," said the {kind}. "Follow me!"',
        '"I must go to {second.the}," said {hero}, "but I do not know the way." "I do," said {friend}, "if I may carry the {first}."',
        '"Because this letter sends me to {second.the}," said {hero}, "and I am a little afraid." "Then I am coming too," said {friend}.',
    ],
    "clue_two": [
        "{second.at+cap} stood a [wooden|tin|heavy|round] box. The {first} [fitted|opened it|was the sign], and inside lay {prize=colour+a} {thing=thing}.",
        "And what did they find {second.at}? {prize=colour+a+cap} {thing=thing}, wrapped in {colour} paper, with {hero}'s name on it.",
        "{friend} [dug|scratched|pointed] {second.at}, and there it was: {prize=colour+a} {thing=thing} with {colour+a} bow.",
    ],
    "author": [
        '"Who wrote the {colour} letter?" asked {hero}. {elder} had {colour} ink on {elder.his} [thumb|nose|sleeve] and said nothing.',
        "{hero} put the {prize} {thing} next to the {first}. Then {hero.he} saw the {colour} paper in {elder}'s [basket|pocket|drawer].",
        '"Do you like the {thing}?" asked {elder}. How did {elder.he} know about it? Then {hero} understood who had hidden the {first}.',
    ],
    # ------------------------------------------------------------------ a sound in the night
    "night": [
        "{hero=child} and the sound in the night\n<opening>\n<hear> <afraid>\n<lamp> <dark> <path>\n<lost_child> <name>\n<lead> <talk> <gate>\n<farewell>\n<back> <token>\n<last>"
    ],
    "hear": [
        "One night {hero} woke up. <listen>",
        "The clock struck [ten|eleven|twelve], and {hero} could not sleep. <listen>",
        "It was a night without a moon. <listen>",
    ],
    "listen": [
        'What was that? "{sound=sound+cap}," it went, {spot=place.at}.',
        "From {spot=place.the} came a sound: {sound=sound}. Even {pet.the} heard it.",
        "There was something {spot=place.at}. {sound=sound+cap}! Then nothing. And then again: {sound}.",
    ],
    "afraid": [
        "{hero}'s heart beat [fast|like a drum|up to {hero.his} ears]. {elder} was [fast asleep|snoring|away until morning].",
        '"It is only the {noise=noise}," thought {hero}. But the {noise} does not sound like that.',
        '"<proverb>," {elder} always said. So {hero} [took heart|sat up|got out of bed].',
    ],
    "lamp": [
        "{hero.he+cap} lit the {colour=colour} lamp, put on {hero.his} {wear=wear} and went out on [tiptoe|bare feet].",
        "{hero.he+cap} wrapped {hero.him}self in {hero.his} {wear=wear}, took the {colour=colour} lamp and opened the door.",
        "With the {colour=colour} lamp in one hand and {hero.his} {wear=wear} under one arm, {hero} stepped into the dark.",
    ],
    "path": [
        "The {colour} light [danced|trembled|swung] over the path as far as {spot.the}.",
        "It was so dark that only the {colour} lamp could be seen. Step by step {hero.he} came to {spot.the}.",
        "[Leaves|Twigs|Shadows] moved, but {hero} held up the {colour} lamp and walked on to {spot.the}.",
    ],
    "lost_child": [
        'There sat a very small {kind=animal.kind}, [shaking|crying|wet to the skin]. "I cannot find my {kind.nest}," it [sobbed|whispered].',
        'And who was sitting there? A baby {kind=animal.kind}! "I want to go home to my {kind.nest}," it [said|sobbed].',
        '"Who is there?" called {hero}. "Only a little {kind=animal.kind}," said a [thin|small] voice, "and I have lost my {kind.nest}."',
    ],
    "name": [
        '"What is your name?" "{friend=friend}." "I am {hero}. You can have my {wear}, {friend}. It is warm."',
        "{hero} put the {wear} round the little {kind}, whose name was {friend=friend}.",
        '"Do not cry," said {hero} and held out the {wear}. "Thank you. I am {friend=friend}," said the {kind}.',
    ],
    "lead": [
        '"What can you remember?" "There was a {small=small} in front of our door," said {friend}, "and it was near {second=place.the!spot}."',
        "{friend} only knew that home was near {second=place.the!spot}, and that there was a {small=small} at the door.",
        '"We live close to {second=place.the!spot}," said {friend}. "Mother hung a {small=small} over the door, so that we can find it."',
    ],
    "gate": [
        'They went to {second.the}, [hand in hand|side by side|step by step]. The {colour} light fell on a {small}. "That is it!" cried {friend}.',
        "{second.at+cap} {hero} held the lamp [high|low], and there hung the {small}. A door opened, and [six|seven|nine] more of them came out.",
        'It was [not far|a long way] to {second.the}. "I see the {small}!" called {friend}, and then the mother came running.',
    ],
    "farewell": [
        "{friend} [waved|watched|sang] until the {colour} light was out of sight.",
        '"Come and see us [soon|again|any time]," said the mother. "There will be {kind.food} for you."',
        "[All of them|The whole family] waved, and {friend} waved [longest|highest|hardest] of all.",
        '"Thank you, {hero}!" [whispered|cried|said] {friend}. "Now I am not afraid of the night."',
    ],
    "back": [
        "It was [nearly morning|almost light|the hour of the first bird] when {hero} came back to {house.the}. <comfort>",
        "The moon went down behind {house.the} just as {hero} came home. <comfort>",
        "With the {colour} lamp {hero} walked back to {house.the}, [slowly|yawning|half asleep]. <comfort>",
    ],
    "comfort": [
        "Only {pet.the} had [waited|noticed|stayed awake], and {elder} never [knew|asked|heard] about it.",
        "{elder} heard the whole story and [smiled|nodded slowly|wiped {elder.his} eyes|made hot milk].",
        "{elder} asked nothing at all and [tucked {hero.him} in|stroked {hero.his} hair|gave {hero.him} a hug].",
    ],
    "token": [
        "In the morning the {small} lay on the doorstep, and with it the {wear}, [washed|folded|mended].",
        "When {hero} woke up, the {wear} hung on the gate, and in its pocket was the {small}. Thank you, {friend}!",
        "Since then {hero} has kept the {colour} lamp by the window, in case [a little|some other|another] {kind} is lost.",
    ],
}
