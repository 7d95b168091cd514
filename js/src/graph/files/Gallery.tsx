import { type KeyboardEvent, useRef, useState } from "react";
import type { Texts } from "../../wire/types";
import { CloseButton } from "../menu/CloseButton";
import type { PresetCard } from "./answers";
import { GalleryCard } from "./GalleryCard";
import { cardBeside, matchingPresets } from "./galleryCards";
import { useModal } from "./useModal";

interface Props {
  /** Null while Python is asked for them. */
  readonly presets: readonly PresetCard[] | null;
  readonly texts: Texts;
  /** Null where nothing may be opened. */
  readonly onOpen: ((name: string) => void) | null;
  readonly onCompare: ((name: string) => void) | null;
  readonly onClose: () => void;
}

const ARROW = /^(Arrow|Home$|End$)/;

/** The ready designs, to open one or to compare with it. */
export function Gallery({ presets, texts, onOpen, onCompare, onClose }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const onModalKey = useModal(ref, onClose);
  const [search, setSearch] = useState("");
  const [active, setActive] = useState("");
  const found = matchingPresets(presets ?? [], search);
  const groups = [
    { id: "train", title: texts.gallery_train, cards: found.filter((card) => !card.published) },
    { id: "read", title: texts.gallery_read, cards: found.filter((card) => card.published) },
  ];
  const reached = found.some(({ name }) => name === active) ? active : found[0]?.name;

  const cards = () => [...(ref.current?.querySelectorAll<HTMLElement>("[data-testid='preset']") ?? [])];
  const onKeyDown = (event: KeyboardEvent) => {
    onModalKey(event);
    const shown = cards();
    const isSearch = event.target instanceof HTMLInputElement;
    const from = shown.findIndex((card) => card.parentElement?.contains(event.target as Node));
    let next: HTMLElement | undefined;
    if (isSearch && (event.key === "ArrowDown" || (event.key === "Enter" && shown.length > 1))) next = shown[0];
    else if (isSearch && event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault(); // or it would press what gets the focus when this closes
      shown[0]?.click();
    } else if (from >= 0 && ARROW.test(event.key)) {
      const places = shown.map((card) => card.getBoundingClientRect());
      const beside = cardBeside(places, from, event.key);
      if (beside === null && event.key === "ArrowUp") next = ref.current?.querySelector("input") ?? undefined;
      else next = shown[beside ?? from];
      event.preventDefault(); // the notebook does not scroll
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <div
      ref={ref}
      className="slm-gallery"
      role="dialog"
      aria-modal="true"
      aria-label={texts.gallery}
      data-testid="gallery"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div className="slm-gallery-header">
        <h3>{texts.gallery}</h3>
        <input
          type="search"
          data-testid="gallery-search"
          placeholder={texts.filter}
          aria-label={texts.filter}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <span className="slm-stretch" />
        <CloseButton id="gallery-close" texts={texts} onClose={onClose} />
      </div>
      <div className="slm-gallery-cards">
        <p className="slm-muted" role="status">
          {presets === null ? texts.checking : found.length === 0 ? texts.gallery_none : ""}
        </p>
        {groups.map(({ id, title, cards }) =>
          cards.length === 0 ? null : (
            <section key={id} aria-label={title}>
              <h4>{title}</h4>
              <ul>
                {cards.map((card) => (
                  <GalleryCard
                    key={card.name}
                    isActive={card.name === reached}
                    onActive={() => setActive(card.name)}
                    {...{ card, texts, onOpen, onCompare }}
                  />
                ))}
              </ul>
            </section>
          ),
        )}
      </div>
    </div>
  );
}
