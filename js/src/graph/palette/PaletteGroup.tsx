import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  readonly count: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

/** The layer types of one group under its title, which folds them away. */
export function PaletteGroup({ title, count, isOpen, onToggle, children }: Props) {
  return (
    <div className="slm-palette-group">
      <h4>
        <button
          type="button"
          className="slm-palette-fold"
          tabIndex={-1} // the arrow keys lead to it
          aria-expanded={isOpen}
          onClick={onToggle}
        >
          {title}
          {!isOpen && <span className="slm-palette-count">{count}</span>}
        </button>
      </h4>
      {isOpen && children}
    </div>
  );
}
