"""The five plots in Korean: a loss, a promise, a row of swaps, a letter, a sound in the night."""

from __future__ import annotations

from slm_widgets.data.tales.grammar import Alternative

PLOTS: dict[str, list[Alternative]] = {
    "story": ["<lost>\n\n", "<promise>\n\n", "<swaps>\n\n", "<letter>\n\n", "<night>\n\n"],
    # ------------------------------------------------------------------ a thing is lost and found
    "lost": [
        "{hero=child+과} {colour=colour} {thing=thing}\n<opening> <treasure>\n<outing> <scenery> <loss> <sorrow>\n<meet> <tell>\n"
        "<search> <talk> <found> <wish> <goodbye>\n<home> <safe>\n<gift> <last>"
    ],
    "treasure": [
        "{hero+이} 가장 아끼는 것은 {colour} {thing+이었어요}.",
        "{hero+은} 생일에 {colour} {thing+을} 받았고, 어디를 가든 들고 다녔어요.",
        "{elder+이} [만들어|구해|사] 주신 {colour} {thing+이} 없으면 {hero+은} [잠도 자지|밖에 나가지] 않았어요.",
        "{hero}에게는 {colour} {thing+이} 있었어요. [낡았지만|조그맣지만|새것은 아니지만|조금 해졌지만] 소중한 것이었어요.",
    ],
    "outing": [
        "<when> {hero+은} {thing+을} 들고 {spot=place+으로} 갔어요.",
        "<when> {hero+은} {spot=place}에서 {thing+을} 가지고 놀았어요.",
        "<when> {hero+은} {colour} {thing+과} 함께 {spot=place}까지 걸었어요.",
    ],
    "loss": [
        (
            {"thing.sort": "flies"},
            "갑자기 [세찬|장난스러운|차가운|큰] 바람이 불어 {thing+을} [낚아챘어요|빼앗아 갔어요]. {thing+은} [지붕|나무|언덕] 너머로 날아가 "
            "{colour} 점이 되었어요.",
        ),
        (
            {"thing.sort": "rolls"},
            "{thing+이} 손에서 빠져나가 [길|비탈|골목]을 따라 [데굴데굴|점점 빨리|떼구루루] 굴러가더니 보이지 않았어요.",
        ),
        (
            {"thing.sort": "stays"},
            "{hero+은} {thing+을} [돌 위|풀밭|길가]에 내려놓고 [딱정벌레를 보았어요|신발 끈을 묶었어요|꽃을 꺾었어요|나비를 쫓았어요]. "
            "돌아보니 {thing+은} 사라지고 없었어요.",
        ),
    ],
    "sorrow": [
        '"내 {thing}!" {hero+은} [소리쳤고|중얼거렸고|외쳤고], 굵은 눈물 두 방울이 [볼을|콧등을] 타고 흘렀어요.',
        "{hero+은} [이쪽저쪽|위아래로|도랑마다|덤불마다] 살펴보았지만 {thing+은} 어디에도 없었어요.",
        "{hero+은} 그만 주저앉고 말았어요. {elder+이} {thing} 이야기를 들으면 뭐라고 하실까요?",
        '"{thing} 없이는 집에 안 가." {hero+은} [구름|달팽이|자기 신발|빈 하늘]에게 말했어요.',
    ],
    "tell": [
        '"{thing+을} 잃어버렸어. {colour} 거야." {hero+이} 말했어요. "그럼 같이 찾아보자." {friend+이} 말했어요.',
        '{hero+은} {friend}에게 {colour} {thing} 이야기를 했어요. "이 근처 길은 내가 다 알아." {kind+이} 말했어요. "따라와!"',
        '"내 {colour} {thing+이} 없어졌어!" {hero+이} 말했어요. {friend+은} 머리를 긁적였어요. "둘이 찾으면 더 잘 보일 거야."',
    ],
    "search": [
        "먼저 {second=place!spot}에 가 보았지만, <find_nothing>.",
        "{friend+이} 앞장서서 {second=place!spot+으로} 갔어요. 거기에는 <find_nothing>.",
        '"어쩌면 {second=place!spot}에 있을지도 몰라." {friend+이} 말했어요. 하지만 <find_nothing>.',
    ],
    "found": [
        '다음은 {third=place!spot!second+이었어요}. "저기 봐!" {friend+이} 외쳤어요. {colour} {thing+이} <state> 있었어요.',
        "둘은 [걷고 또 걸었어요|뛰고 또 뛰었어요|부지런히 갔어요]. {third=place!spot!second}에서 {colour} 것이 반짝했어요. 바로 {thing+이었어요}! <state> 있었어요.",
        "마침내 {hero+은} {third=place!spot!second}에서 {colour} {thing+을} 찾았어요. <state> 있었어요.",
    ],
    "state": ["얌전히 놓여", "흙이 조금 묻어", "이슬에 젖어", "나뭇잎에 덮여", "별처럼 빛나고", "풀잎 사이에 숨어"],
    "safe": [
        "{colour} {thing+은} [창가|침대 위|선반]에 자리를 얻었어요.",
        "{hero+은} {thing+을} 깨끗이 닦아 다시 {colour} 빛이 나게 했어요.",
        '"다음에 {spot+으로} 갈 때는 {thing+을} 두고 가렴." {elder+이} 말씀하셨어요.',
        "{hero+은} 저녁 내내 {colour} {thing+을} [꼭 안고|품에 안고|손에 쥐고] 있었어요.",
    ],
    # ------------------------------------------------------------------ a promise is made and kept
    "promise": [
        "약속을 지킨 {hero=child}\n<opening>\n<ask> <answer>\n<road> <scenery> <meet> <need>\n<talk> <help> <thanks>\n<doubt> <goodbye>\n"
        "<home> <kept>\n<last>"
    ],
    "ask": [
        '<when> {elder+은} {hero+을} {spot=place+으로} 심부름 보내셨어요. "{vow=promise.will} 수 있겠니?"',
        '<when> {hero+은} {spot=place}에 가고 싶었어요. "{vow=promise.do}기로 약속하면 가도 좋단다." {elder+이} 말씀하셨어요.',
        '<when> {elder+이} 편찮으셔서 {hero} 혼자 {spot=place+으로} 가야 했어요. "{vow=promise.will} 수 있지?" 하고 물으셨어요.',
    ],
    "answer": [
        '"네, 약속해요." {hero+은} {colour=colour} {wear=wear+을} 걸쳤어요.',
        "{hero+은} 새끼손가락을 걸고, {colour=colour} {wear=wear+을} 걸치고 길을 나섰어요.",
        '"약속은 약속이에요." {hero+이} 대답하자 {elder+은} {colour=colour} {wear=wear}의 단추를 채워 주셨어요.',
    ],
    "road": [
        "{spot+으로} 가는 길은 [멀었고|가팔랐고|질퍽했고|돌투성이였고|텅 비었고], {hero+은} [노래를 부르며|새를 세며|사과를 먹으며] 걸었어요.",
        "{hero+이} {spot}에 닿자마자 [비가 내리기|눈이 내리기|바람이 불기|날이 어두워지기] 시작했어요.",
        "{spot}까지 반쯤 갔을 때 {hero+은} [통나무 위|바위 위|울타리 밑]에서 잠깐 쉬었어요.",
    ],
    "need": [
        '{hero+은} 까닭을 말하고 물었어요. "너는?" "나는 {second=place!spot}에서 {small=small+을} 잃어버렸어. [꼭 필요한|엄마가 주신|아끼던] 거야." '
        "{friend+이} 말했어요.",
        '"그냥 쉬는 거야. 그런데 너도 슬퍼 보여." "{small=small} 때문이야." {kind+이} 말했어요. "{second=place!spot}에 떨어뜨렸는데 [거기 가기가 무서워|'
        '찾을 수가 없어|나는 너무 작아]."',
        '"갈 길이 멀지만 {kind} 이야기라면 들어 줄게." {hero+이} 말했어요. {friend+은} {second=place!spot}에서 {small=small+을} 잃어버렸다고 했어요.',
    ],
    "help": [
        "{hero+은} {friend+과} {second+으로} 갔어요. [돌을|나뭇잎을|널빤지를] 하나하나 [뒤집자|들추자] {small+이} 나왔어요.",
        "{hero+은} {colour} {wear+을} 벗어 두고, {small+이} 나올 때까지 {second}에서 [땅을 팠어요|기어 다녔어요|찾고 또 찾았어요].",
        "[한 시간|반나절|한참]이 걸렸지만, {hero+은} {second}에서 {small+을} [찾아냈어요|주웠어요]. [진흙|쐐기풀] 속에 있었지요.",
    ],
    "thanks": [
        '"내 {small}!" {friend+은} {hero+을} [껴안았어요|빙빙 돌렸어요|보고 울었어요].',
        '{friend+은} {small+을} [닦고|쓰다듬고|들여다보고] 다시 웃었어요. "{hero.call}, 이 은혜는 잊지 않을게."',
        '"멈춰 준 것은 너뿐이야." {friend+은} {small+을} [꼭 쥐었어요|가슴에 안았어요|햇빛에 비춰 보았어요].',
    ],
    "doubt": [
        '그런데 약속은 어쩌지요? "{vow.do}기로 했는데!" {hero+이} 외쳤어요. "내가 지름길을 알아." {kind+이} 길을 가르쳐 주었어요.',
        '"이제 서둘러야 해. {elder}께 {vow.do}기로 약속했어." {hero+이} 말했어요. "그럼 내가 도와줄게." {friend+이} 말했어요.',
        '{hero+은} 문득 생각났어요. {vow.do}기로 약속했지요! "둘이 하면 더 빨라." {friend+이} 말했고, 정말 그랬어요.',
    ],
    "kept": [
        "{colour} {wear+은} [찢어지고|젖고|흙투성이가 되고] 말았지만, {hero+은} 약속대로 {vow.did}어요.",
        '"[오래|한참|늦게까지] 기다렸단다." {elder+이} 말씀하셨어요. 하지만 {hero+은} {vow.did}고, {elder+은} [기뻐하셨어요|자랑스러워하셨어요].',
        "{hero+은} {colour} {wear+을} 못에 걸었어요. 약속대로 {vow.did}고, 친구도 한 명 생겼어요.",
    ],
    # ------------------------------------------------------------------ one thing is changed for another, and another
    "swaps": [
        "{hero=child+과} {first=small}\n<opening>\n<begin> <scenery> <swap_one>\n<swap_two>\n<meet> <swap_three>\n<regret> <talk> <goodbye>\n"
        "<home> <shelf>\n<last>"
    ],
    "begin": [
        "<when> {hero+은} {spot=place}에서 {first+을} 주웠어요. {colour=colour} 것이었고, 별이 [새겨져|그려져] 있었어요.",
        "{hero}에게는 {colour=colour} {first+이} 있었어요. <when> {hero+은} 그것을 주머니에 넣고 {spot=place+으로} 갔어요.",
        '<when> {elder+이} {hero}에게 {colour=colour} {first+을} 주셨어요. "{spot=place}에 가서 무엇과 바꿀 수 있는지 보렴."',
    ],
    "swap_one": [
        '거기서 {next=small!first+을} 가진 [빵집 아저씨를|뱃사람을|화가를|농부를] 만났어요. "이 {next+과} 그 {first+을} 바꾸자." {hero+은} 그러자고 했어요.',
        '{next=small!first+을} 든 [여자아이|남자아이|아주머니]가 다가왔어요. "예쁜 {colour} {first+이구나}! 바꾸지 않을래?" 그래서 바꾸었어요.',
        '"내 {next=small!first+과} 네 {first+을} 바꾸면 어떻겠니?" [봇짐장수가|정원사가|방앗간 주인이] 물었어요. {hero+은} [고개를 끄덕였어요|한참 생각했어요|손을 내밀었어요].',
    ],
    "swap_two": [
        "하지만 {next}도 오래 지니지 않았어요. {second=place!spot}에서 {prize=colour} {thing=thing+을} 받고 주어 버렸거든요.",
        "{hero+은} {next+을} 들고 {second=place!spot+으로} 가서 {prize=colour} {thing=thing+과} 바꾸었어요.",
        "{next+은} 금세 시시해졌어요. 그래서 {second=place!spot}에서 [팔아|내주고] {prize=colour} {thing=thing+을} 얻었어요.",
    ],
    "swap_three": [
        '"처음에는 {first+이} 있었고, 다음에는 {next+이} 있었고, 지금은 {thing+이} 있어. 그런데 {first+이} 제일 좋았어." {hero+이} 말했어요.',
        '{hero+은} {first}, {next}, {thing} 이야기를 차례로 했어요. "나는 {first+이} 그리워."',
        '"{friend+아}, 내가 {first+을} 주어 버렸거든. {next}도 주어 버렸어. 이제 이 {thing}뿐이야." {hero+이} 말했어요.',
    ],
    "regret": [
        '"그거 {colour} 거 아니야?" {friend+이} 바로 그 {first+을} 꺼냈어요! "{prize} {thing+을} 주면 돌려줄게."',
        '{friend+은} [웃었어요|눈을 깜박였어요|헛기침을 했어요]. "누가 {spot}에 {colour} {first+을} 두고 갔어. 여기 있어. 나는 {kind.nest}에 둘 {thing+이} 필요해."',
        '"나는 {prize} {thing+이} 갖고 싶었어." {kind+이} 말했어요. "오늘 아침에 {colour} {first+을} 주웠는데, 바꿀래?"',
    ],
    "shelf": [
        "{colour} {first+은} 그 뒤로 늘 선반에 있고, {hero+은} [금덩이를|무엇을|말 열 마리를] 준다 해도 바꾸지 않는답니다.",
        '"그래, {first+을} 무엇과 바꾸었니?" {elder+이} 물으셨어요. "{first+과} 친구요." {hero+이} 대답했어요.',
        "{hero+은} {colour} {first+을} 베개 밑에 넣었고, {pet+은} [그것을 지켰어요|그 옆에서 잤어요].",
    ],
    # ------------------------------------------------------------------ a letter leads from place to place
    "letter": [
        "{hero=child+과} {colour=colour} 편지\n<opening>\n<arrives> <reads>\n<scenery> <clue_one>\n<meet> <share> <talk>\n<clue_two>\n<wish> <goodbye>\n"
        "<home> <author>\n<gift> <last>"
    ],
    "arrives": [
        "<when> [문간|식탁|창가]에 {colour} 편지가 놓여 있었어요. {pet+은} 벌써 [냄새를 맡았고요|그 위에 앉았고요].",
        "<when> 바람이 불어 [창문|굴뚝|열린 문]으로 {colour} 편지가 날아들더니 {pet} 앞에 떨어졌어요.",
        "<when> {hero+은} [장화|우유병|빈 둥지] 속에서 {colour} 편지를 찾았어요.",
    ],
    "reads": [
        '"{hero}에게. {spot=place}에 가서 {first=small+을} 찾아보렴." 하고 쓰여 있었어요.',
        '편지에는 "{spot=place}에 {first=small+이} 있단다. 잘해 보렴, {hero.call}!" 하는 말뿐이었어요.',
        '누군가 [큰|작은|삐뚤빼뚤한|둥근] 글씨로 썼어요. "{hero.call}! {first=small+은} {spot=place}에 있단다."',
    ],
    "clue_one": [
        '{hero+이} {spot+으로} [달려가|걸어가|뛰어가] 보니 정말 {first+이} 있었어요. 쪽지가 매여 있었지요. "이제 {second=place!spot+으로} 가렴."',
        '{first+은} 금방 찾았어요. {colour} 종이가 감겨 있었어요. "다음은 {second=place!spot}."',
        '{hero+은} {spot}에서 [땅을 파고|기웃거리고|두리번거리고] 나서 {first+을} 찾았어요. "잘했다. 나머지는 {second=place!spot}에 있단다." 하는 둘째 편지도 있었어요.',
    ],
    "share": [
        '{hero+은} {friend}에게 {first+과} {colour} 편지를 보여 주었어요. "{second}에서 뭔가 봤어." {kind+이} 말했어요. "따라와!"',
        '"{second+으로} 가야 하는데 길을 몰라." {hero+이} 말했어요. "{first+을} 내가 들게 해 주면 데려다줄게." {friend+이} 말했어요.',
        '"편지에 {second+으로} 가라고 쓰여 있는데 조금 무서워." {hero+이} 말했어요. "그럼 나도 갈게." {friend+이} 말했어요.',
    ],
    "clue_two": [
        "{second}에는 [나무|양철|무거운|둥근] 상자가 있었어요. {first+이} [꼭 맞았고|신호였고|표시였고], 안에는 {prize=colour} {thing=thing+이} 들어 있었어요.",
        "{second}에서 무엇을 찾았을까요? {prize=colour} {thing=thing+이었어요}! {colour} 종이에 싸여 있었고 {hero}의 이름도 있었어요.",
        "{friend+이} {second}에서 [땅을 파자|땅을 긁자|손짓을 하자], {colour} 끈을 묶은 {prize=colour} {thing=thing+이} 나왔어요.",
    ],
    "author": [
        '"{colour} 편지는 누가 썼을까요?" {hero+이} 물었어요. {elder}의 [손가락|코끝|소매]에 {colour} 잉크가 묻어 있었어요.',
        "{hero+은} {prize} {thing+을} {first} 옆에 놓았어요. 그때 {elder}의 [바구니|주머니|서랍]에서 {colour} 종이가 보였어요.",
        '"그 {thing+이} 마음에 드니?" {elder+이} 물으셨어요. 어떻게 아셨을까요? {hero+은} 누가 {first+을} 숨겼는지 알았어요.',
    ],
    # ------------------------------------------------------------------ a sound in the night
    "night": [
        "{hero=child+과} 한밤의 소리\n<opening>\n<hear> <afraid>\n<lamp> <dark> <path>\n<lost_child> <name>\n<lead> <talk> <gate>\n<farewell>\n"
        "<back> <token>\n<last>"
    ],
    "hear": [
        "어느 날 밤 {hero+은} 잠에서 깼어요. <listen>",
        "시계가 [열|열한|열두] 시를 쳤지만 {hero+은} 잠이 오지 않았어요. <listen>",
        "달도 없는 밤이었어요. <listen>",
    ],
    "listen": [
        '{spot=place}에서 "{sound=sound}" 하는 소리가 났어요.',
        "{sound=sound}. 무슨 소리일까요? {spot=place}에서 나는 소리였어요. {pet}도 들었어요.",
        "{spot=place}에 무언가 있었어요. {sound=sound}, 그리고 조용해졌다가 또 {sound}.",
    ],
    "afraid": [
        "{hero}의 가슴이 [두근두근|쿵쿵|콩닥콩닥] 뛰었어요. {elder+은} [깊이 잠드셨고요|코를 골고 계셨고요|아침에나 오시고요].",
        "'{noise=noise.makes} 소리일 거야.' {hero+은} 생각했어요. 하지만 {noise+은} 그런 소리를 내지 않아요.",
        '{elder+은} 늘 말씀하셨지요. "<proverb>" {hero+은} [용기를 냈어요|일어나 앉았어요|이불을 걷었어요].',
    ],
    "lamp": [
        "{hero+은} {colour=colour} 등불을 켜고, {wear=wear+을} 걸치고 [살금살금|맨발로|조심조심] 밖으로 나갔어요.",
        "{hero+은} {wear=wear+을} 걸친 다음 {colour=colour} 등불을 들고 문을 열었어요.",
        "한 손에는 {colour=colour} 등불을, 한 팔에는 {wear=wear+을} 들고 {hero+은} 어둠 속으로 나섰어요.",
    ],
    "path": [
        "{colour} 불빛이 [춤추며|떨리며|흔들리며] {spot}까지 길을 비췄어요.",
        "너무 어두워 {colour} 등불만 보였어요. 한 걸음 한 걸음 {hero+은} {spot}에 다다랐어요.",
        "[나뭇잎|나뭇가지|그림자]들이 움직였지만 {hero+은} {colour} 등불을 높이 들고 {spot+으로} 걸어갔어요.",
    ],
    "lost_child": [
        '거기에는 아주 작은 {kind=animal} 한 마리가 [떨고|울고|흠뻑 젖어] 있었어요. "{kind.nest+을} 못 찾겠어."',
        '누가 앉아 있었을까요? 아기 {kind=animal+이었어요}! "{kind.nest+으로} 가고 싶어." 하고 [말했어요|흐느꼈어요].',
        '"거기 누구야?" {hero+이} 불렀어요. "나는 꼬마 {kind=animal+이야}. {kind.nest+을} 잃어버렸어." [가는|작은] 목소리가 대답했어요.',
    ],
    "name": [
        '"이름이 뭐니?" "{friend=friend+이야}." "나는 {hero+이야}. {friend+아}, 내 {wear+을} 줄게. 따뜻해."',
        "{hero+은} {friend=friend+이라는} 꼬마 {kind}에게 {wear+을} 걸쳐 주었어요.",
        '"울지 마." {hero+은} {wear+을} 내밀었어요. "고마워. 나는 {friend=friend+이라고} 해." {kind+이} 말했어요.',
    ],
    "lead": [
        '"무엇이 기억나니?" "문 앞에 {small=small+이} 있었어. 그리고 {second=place!spot}에서 가까웠어." {friend+이} 말했어요.',
        "{friend+은} 집이 {second=place!spot} 가까이라는 것과 문에 {small=small+이} 걸려 있다는 것만 알았어요.",
        '"우리 집은 {second=place!spot} 근처야. 잘 찾아오라고 엄마가 문에 {small=small+을} 걸어 두셨어." {friend+이} 말했어요.',
    ],
    "gate": [
        '둘은 {second+으로} [손을 잡고|나란히|천천히] 갔어요. {colour} 불빛이 {small+을} 비추었어요. "저기다!" {friend+이} 외쳤어요.',
        "{second}에서 {hero+이} 등불을 [높이|낮게] 들자 {small+이} 보였어요. 문이 열리고 형제가 [여섯|일곱|아홉]이나 나왔어요.",
        '{second}까지는 [멀지 않았어요|꽤 멀었어요]. "{small+이} 보여!" {friend+이} 소리치자 엄마가 달려 나왔어요.',
    ],
    "farewell": [
        "{friend+은} {colour} 불빛이 보이지 않을 때까지 [손을 흔들었어요|바라보았어요|노래를 불렀어요].",
        '"[꼭|또|언제든] 놀러 오렴. {kind.food+을} 준비해 둘게." 엄마 {kind+이} 말했어요.',
        "[모두|온 식구가] 손을 흔들었고, {friend+은} 가장 [오래|크게|높이] 흔들었어요.",
        '"고마워, {hero.call}!" {friend+이} [속삭였어요|외쳤어요|말했어요]. "이제 밤도 무섭지 않아."',
    ],
    "back": [
        "{hero+이} {house+으로} 돌아왔을 때는 [새벽|동틀 무렵]이었어요. <comfort>",
        "{house} 뒤로 달이 질 때 {hero+은} 집에 왔어요. <comfort>",
        "{hero+은} {colour} 등불을 들고 {house}까지 [천천히|조용히|졸면서] 걸어왔어요. <comfort>",
    ],
    "comfort": [
        "{pet}만 문 앞에서 [기다리고|졸고|하품하고] 있었고, {elder+은} [아무것도 모르셨어요|곤히 주무셨어요].",
        "{elder+은} 이야기를 듣고 [빙긋 웃으셨어요|고개를 끄덕이셨어요|눈가를 닦으셨어요|따뜻한 우유를 주셨어요].",
        "{elder+은} 아무것도 묻지 않고 [이불을 덮어|머리를 쓰다듬어|꼭 안아] 주셨어요.",
    ],
    "token": [
        "이튿날 아침 문간에 {small+이} 놓여 있었고, {wear}도 [깨끗해진|곱게 접힌|잘 기워진] 채 놓여 있었어요.",
        "{hero+이} 일어나 보니 대문에 {wear+이} 걸려 있었고, 주머니에는 {small+이} 들어 있었어요. 고마워, {friend+아}!",
        "그 뒤로 {hero+은} 창가에 {colour} 등불을 켜 두어요. [또 다른|길 잃은|어린] {kind+이} 지나갈지도 모르니까요.",
    ],
}
