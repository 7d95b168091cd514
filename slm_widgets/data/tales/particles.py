"""Korean particles, which take one of two shapes by the last sound of the word before them."""

from __future__ import annotations

# The shape after a consonant -> the shape after a vowel. Either may be asked for.
_PAIRS = {
    "은": "는",
    "이": "가",
    "을": "를",
    "과": "와",
    "아": "야",
    "이랑": "랑",
    "으로": "로",
    "이라는": "라는",
    "이라고": "라고",
    "이었어요": "였어요",
    "이에요": "예요",
    "이야": "야",
    "이구나": "구나",
}
_RIEUL = 8  # the final ㄹ: 으로 treats it as a vowel (물로, 길로)


def with_particle(word: str, particle: str) -> str:
    """Adds a particle in the shape that fits: ``with_particle("연", "은")`` is ``"연은"``, ``with_particle("배", "은")`` ``"배는"``.

    Args:
        word: Ends with a Hangul syllable.
        particle: The shape after a consonant: 은, 이, 을, 과, 아, 이랑, 으로, 이라는, 이라고, 이었어요, 이에요, 이야 or 이구나.
    """
    # A Hangul syllable is 0xAC00 + (initial * 21 + vowel) * 28 + final: Unicode standard, section 3.12.
    final = (ord(word[-1]) - 0xAC00) % 28
    vowel_like = final == 0 or (particle == "으로" and final == _RIEUL)
    return word + (_PAIRS[particle] if vowel_like else particle)
