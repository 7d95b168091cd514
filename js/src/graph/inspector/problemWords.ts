// Korean particles that hang on whether the word before them ends in a consonant: [after one, after a vowel].
const PARTICLES = ["은는", "이가", "을를"];
const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;

/**
 * A problem's sentence for someone who sees the field: where it begins with the field's name in a file, it calls the field by the title
 * that stands above the input. "hiddenDim is 'abc'" -> "Hidden width is 'abc'".
 */
export function problemWords(text: string, name: string, title: string): string {
  const called = new RegExp(`(?<![\\w.'"])${escaped(name)}(?:([은는이가을를])(?= )|(?![\\w.'"]))`, "g");
  if (text.search(called) !== 0) return text;
  return text.replace(called, (_, particle?: string) => title + fittingParticle(title, particle ?? ""));
}

function fittingParticle(word: string, particle: string): string {
  const pair = PARTICLES.find((both) => particle !== "" && both.includes(particle));
  const last = word.charCodeAt(word.length - 1);
  if (!pair || !(last >= FIRST_SYLLABLE && last <= LAST_SYLLABLE)) return particle;
  return pair.charAt((last - FIRST_SYLLABLE) % FINALS === 0 ? 1 : 0);
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
