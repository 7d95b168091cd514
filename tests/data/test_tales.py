"""The grammar of the tales: sampler, parser and closed form are written apart, and must agree."""

from __future__ import annotations

import hashlib
import math
import os
import random
import re
import statistics
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import product

import pytest

from slm_widgets.data import corpora, load_corpus
from slm_widgets.data.tales import Grammar, Story, derivations, expected_story, write_story
from slm_widgets.data.tales.english import ENGLISH, english_ending
from slm_widgets.data.tales.grammar import table, words
from slm_widgets.data.tales.korean import KOREAN
from slm_widgets.data.tales.particles import with_particle

GRAMMARS = pytest.mark.parametrize("grammar", [ENGLISH, KOREAN], ids=["en", "ko"])
LANGUAGES = pytest.mark.parametrize("name", ["tiny-tales-en", "tiny-tales-ko"])


def write(grammar: Grammar, count: int, seed: int) -> list[Story]:
    dice = random.Random(seed)
    return [write_story(grammar, dice) for _ in range(count)]


def standard_errors(values: list[float], expected: float) -> float:
    return (statistics.mean(values) - expected) / (statistics.stdev(values) / math.sqrt(len(values)))


# ---------------------------------------------------------------- the engine, on grammars small enough to count by hand

SMALL = Grammar(
    pools={
        "child": table("name he", "Mia she", "Tom he"),
        "thing": table("name sort", "kite flies", "ox walks", "ant walks"),
    },
    rules={
        "story": [
            "{hero=child} saw {what=thing+a}. <then> {hero.he+cap} [ran|sat].\n",
            (3, "Nobody saw {other=thing+a}.\n"),
        ],
        "then": [
            ({"what.sort": "flies"}, "It flew."),
            ({"what.sort": "walks"}, "It met {other=thing!what+a}."),
            ({"what.sort": "walks"}, "It slept."),
        ],
    },
    endings=english_ending,
)


def every_story_of_small() -> dict[str, float]:
    """The language of SMALL, spelled out in plain Python."""
    stories: Counter[str] = Counter()
    a = {"kite": "a kite", "ox": "an ox", "ant": "an ant"}
    for thing in a:
        stories[f"Nobody saw {a[thing]}.\n"] += 3 / 4 / 3  # pyright: ignore[reportArgumentType]
    for (name, he), thing, end in product([("Mia", "She"), ("Tom", "He")], a, ["ran", "sat"]):
        middles = {"It flew.": 1.0}
        if thing != "kite":
            middles = {"It slept.": 1 / 2} | {f"It met {a[other]}.": 1 / 4 for other in a if other != thing}
        for middle, chance in middles.items():
            stories[f"{name} saw {a[thing]}. {middle} {he} {end}.\n"] += 1 / 4 / 2 / 3 / 2 * chance  # pyright: ignore[reportArgumentType]
    return dict(stories)


def test_closed_form_equals_the_sum_over_every_story_of_a_small_language() -> None:
    language = every_story_of_small()
    assert sum(language.values()) == pytest.approx(1)
    expected = expected_story(SMALL)
    assert expected.nats == pytest.approx(-sum(p * math.log(p) for p in language.values()))
    assert expected.characters == pytest.approx(sum(p * len(text) for text, p in language.items()))
    assert expected.nats_per_character == pytest.approx(expected.nats / expected.characters)


def test_parser_gives_each_story_of_a_small_language_its_probability() -> None:
    for text, probability in every_story_of_small().items():
        (derivation,) = derivations(SMALL, text)
        assert derivation.log_probability == pytest.approx(math.log(probability))


def test_sampler_writes_exactly_the_small_language() -> None:
    language = every_story_of_small()
    stories = write(SMALL, 4000, seed=3)
    assert {story.text for story in stories} == set(language)
    for story in stories:
        assert story.log_probability == pytest.approx(math.log(language[story.text]))
    counts = Counter(story.text for story in stories)
    chi_squared = sum((counts[text] - 4000 * p) ** 2 / (4000 * p) for text, p in language.items())
    degrees = len(language) - 1
    assert chi_squared < degrees + 4 * math.sqrt(2 * degrees)  # about four standard deviations of a chi-squared


def test_parser_finds_every_derivation_of_an_ambiguous_text() -> None:
    grammar = Grammar({"n": words("a", "aa")}, {"story": ["{x=n}[a|aa]", "aaa"]}, english_ending)
    assert len(derivations(grammar, "aaa")) == 3
    assert len(derivations(grammar, "aaaa")) == 1
    assert derivations(grammar, "b") == []


def test_a_variable_that_is_mentioned_before_it_is_drawn_is_refused() -> None:
    grammar = Grammar({"n": words("a", "b")}, {"story": ["{x} {x=n}"]}, english_ending)
    with pytest.raises(ValueError, match="mentioned before drawn: \\['x'\\]"):
        expected_story(grammar)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{x=n", "brackets"),
        ("[a|b", "brackets"),
        ("]a[", "too early"),
        ("a|b", "outside"),
        ("{x=n}{x=m}", "drawn from"),
        ("{x=n!}", "is not"),
    ],
)
def test_wrong_notation_is_refused(rule: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Grammar({"n": words("a"), "m": words("b")}, {"story": [rule]}, english_ending)


# ---------------------------------------------------------------- the two languages


@GRAMMARS
def test_mean_surprise_and_length_of_ten_thousand_stories_meet_the_closed_form(grammar: Grammar) -> None:
    stories = write(grammar, 10_000, seed=12345)
    expected = expected_story(grammar)
    assert abs(standard_errors([-story.log_probability for story in stories], expected.nats)) < 3
    assert abs(standard_errors([len(story.text) for story in stories], expected.characters)) < 3


@GRAMMARS
def test_each_of_ten_thousand_stories_has_one_derivation_with_the_samplers_probability(grammar: Grammar) -> None:
    for story in write(grammar, 10_000, seed=777):
        found = derivations(grammar, story.text)
        assert len(found) == 1, story.text
        assert found[0].log_probability == pytest.approx(story.log_probability)


@GRAMMARS
def test_corrupted_stories_have_no_derivation(grammar: Grammar) -> None:
    dice = random.Random(5)
    alphabet = sorted(set("".join(story.text for story in write(grammar, 20, seed=6))))
    for story in write(grammar, 200, seed=7):
        place = dice.randrange(len(story.text))
        other = dice.choice([letter for letter in alphabet if letter != story.text[place]])
        corrupted = story.text[:place] + other + story.text[place + 1 :]
        # One other letter may give another story (six geese, not two), but never a text with two derivations.
        assert len(derivations(grammar, corrupted)) <= 1
        for broken in (story.text[:place], story.text + story.text, story.text[:place] + story.text[place + 1 :] + "?"):
            assert derivations(grammar, broken) == []


@GRAMMARS
def test_a_name_that_changes_in_mid_story_is_no_story(grammar: Grammar) -> None:
    for story in write(grammar, 100, seed=8):
        (derivation,) = derivations(grammar, story.text)
        hero = derivation.values["hero"]
        other = next(name for name in grammar.values("hero") if name != hero and len(name) == len(hero))
        half = len(story.text) // 2
        assert hero in story.text[half:]
        assert derivations(grammar, story.text[:half] + story.text[half:].replace(hero, other)) == []


@LANGUAGES
def test_stories_are_a_few_hundred_words_and_what_is_introduced_returns(name: str) -> None:
    corpus = load_corpus(name)
    assert corpus.separator == "\n\n"
    stories = corpus.text.split("\n\n")
    assert stories.pop() == ""  # the last one ends with the separator too
    assert len(set(stories)) == len(stories)
    grammar = ENGLISH if corpus.language == "en" else KOREAN
    for story in stories[:200]:
        assert 120 <= len(story.split()) <= 450
        (derivation,) = derivations(grammar, story + "\n\n")
        for variable in ("hero", "friend"):
            first, last = (find(derivation.values[variable]) for find in (story.find, story.rfind))
            assert last - first > (100 if corpus.language == "en" else 50), (variable, story)


@LANGUAGES
def test_corpus_is_about_a_megabyte_and_has_a_floor(name: str) -> None:
    corpus = load_corpus(name)
    assert 0.9e6 < len(corpus.text.encode()) < 1.15e6
    assert corpus.entropy_floor == expected_story(ENGLISH if corpus.language == "en" else KOREAN).nats_per_character
    assert load_corpus(name) is corpus  # made once


def test_corpora_are_the_same_in_another_process_with_other_hashing() -> None:
    code = (
        "import hashlib; from slm_widgets.data import corpora, load_corpus; "
        "print(*(hashlib.sha256(load_corpus(info.name).text.encode()).hexdigest() for info in corpora()))"
    )
    here = [hashlib.sha256(load_corpus(info.name).text.encode()).hexdigest() for info in corpora()]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    there = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.split() == here


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("연", "은", "연은"),
        ("배", "은", "배는"),
        ("민지", "이", "민지가"),
        ("삼촌", "이", "삼촌이"),
        ("등불", "을", "등불을"),
        ("모자", "을", "모자를"),
        ("책", "과", "책과"),
        ("피리", "과", "피리와"),
        ("시장", "으로", "시장으로"),
        ("연못가", "으로", "연못가로"),
        ("땅굴", "으로", "땅굴로"),
        ("지훈", "아", "지훈아"),
        ("민지", "아", "민지야"),
        ("종", "이에요", "종이에요"),
        ("모자", "이에요", "모자예요"),
        ("북", "이었어요", "북이었어요"),
        ("여우", "이었어요", "여우였어요"),
    ],
)
def test_korean_particles_follow_the_last_sound(word: str, particle: str, expected: str) -> None:
    assert with_particle(word, particle) == expected


def _has_final(syllable: str) -> bool:
    # Another way than particles.py: Unicode's own decomposition has three letters where there is a final consonant.
    return len(unicodedata.normalize("NFD", syllable)) == 3


def test_no_story_in_korean_has_a_particle_of_the_wrong_shape() -> None:
    grammar_words: set[str] = set()
    for variable in KOREAN.pool_of:
        grammar_words |= set(KOREAN.values(variable))
    wrong: dict[bool, str] = {True: "(는|를|와)", False: "(은|을|과)"}
    text = load_corpus("tiny-tales-ko").text
    checked = 0
    for word in grammar_words:
        if not word[-1].strip() or not "가" <= word[-1] <= "힣":
            continue
        assert not re.search(rf"(?<![가-힣]){word}{wrong[_has_final(word[-1])]}(?=[ ,.])", text), word
        checked += len(re.findall(rf"(?<![가-힣]){word}[는를와은을과](?=[ ,.])", text))
    assert checked > 10_000


@GRAMMARS
def test_no_story_has_stray_notation_or_double_blanks(grammar: Grammar) -> None:
    for story in write(grammar, 2000, seed=9):
        assert not set("{}[]<>|+=_").intersection(story.text)
        assert "  " not in story.text
        assert " ." not in story.text
        assert ".." not in story.text


def test_english_sentences_begin_with_a_capital_and_articles_fit() -> None:
    text = "".join(story.text for story in write(ENGLISH, 2000, seed=10))
    assert not re.findall(r"\b[Aa] [aeiou]\w*", text)
    assert not re.findall(r"\b[Aa]n [^aeiouh]\w*", text)
    assert not re.findall(r"(?:^|[.?!] )[a-z]\w*", text, flags=re.MULTILINE)
