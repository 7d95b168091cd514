import type { CSSProperties, ReactNode } from "react";
import type { CardFacts } from "./cardFacts";
import { breakable } from "./summary";

interface Props {
  readonly id: string;
  readonly facts: CardFacts;
  readonly badge?: ReactNode;
}

/** What is written on a card, or on the header of a block. Labels are text nodes, so markup in them stays words. */
export function CardFace({ id, facts, badge }: Props) {
  const { title, summary, shape, parameters, share, problem, further, isShort } = facts;
  const words = summary && <span className="slm-card-summary">{breakable(summary)}</span>;
  const size = <span className="slm-card-shape">{shape}</span>;
  const count = parameters && <span className="slm-card-parameters">{parameters}</span>;
  return (
    <>
      <div className="slm-card-row">
        <span className="slm-card-title">{title}</span>
        {badge}
        {isShort && words}
        <span className="slm-card-numbers">
          {isShort && size}
          {count}
        </span>
      </div>
      {!isShort && (
        <div className="slm-card-row slm-card-facts">
          {words}
          {size}
        </div>
      )}
      {problem && (
        <div className="slm-card-problem" data-severity={problem.severity} data-testid={`problem-${id}`}>
          {problem.text}
          {further && <span className="slm-card-further"> {further}</span>}
        </div>
      )}
      {share !== null && (
        <span
          className="slm-card-share"
          data-testid={`share-${id}`}
          style={{ "--slm-share": share } as CSSProperties}
          aria-hidden="true"
        />
      )}
    </>
  );
}
