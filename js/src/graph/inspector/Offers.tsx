import type { Offer } from "../../wire/types";

interface Props {
  readonly offers: readonly Offer[];
  readonly onTake: (offer: Offer) => void;
}

/** What goes well with a change just made: "Set the other two layers to 128, too". */
export function Offers({ offers, onTake }: Props) {
  return offers.map((offer) => (
    <button
      key={offer.title}
      type="button"
      className="slm-mend slm-offer"
      data-testid="offer"
      onClick={() => onTake(offer)}
    >
      {offer.title}
    </button>
  ));
}
