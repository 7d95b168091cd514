import type { PresetCard } from "./answers";

/** Those whose name or purpose has every word of the search in it. */
export function matchingPresets(presets: readonly PresetCard[], search: string): readonly PresetCard[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return presets.filter(({ name, purpose }) => {
    const text = `${name} ${purpose}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** "124M", in Korean "1.24억". */
export function shortCount(value: number, language: string): string {
  return new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

/** The card that an arrow key leads to from one of them, as they stand on the screen; null where there is none. */
export function cardBeside(places: readonly Place[], from: number, key: string): number | null {
  const here = places[from];
  if (!here) return null;
  if (key === "Home") return 0;
  if (key === "End") return places.length - 1;
  if (key === "ArrowLeft") return from > 0 ? from - 1 : null;
  if (key === "ArrowRight") return from < places.length - 1 ? from + 1 : null;
  const beyond = (place: Place) =>
    key === "ArrowDown" ? place.top >= here.bottom : key === "ArrowUp" && place.bottom <= here.top;
  const distance = (place: Place) => Math.abs(place.top - here.top) * 1000 + Math.abs(place.left - here.left);
  const candidates = places.map((place, index) => ({ place, index })).filter(({ place }) => beyond(place));
  const nearest = candidates.sort((a, b) => distance(a.place) - distance(b.place))[0];
  return nearest?.index ?? null;
}
