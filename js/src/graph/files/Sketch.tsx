import { type CSSProperties, memo } from "react";
import type { Bar } from "./answers";
import { sketchBoxes, WIDTH } from "./sketchBoxes";

/** The small preview on a card of the gallery. */
export const Sketch = memo(function Sketch({ bars }: { readonly bars: readonly Bar[] }) {
  const { boxes, height } = sketchBoxes(bars);
  return (
    <svg className="slm-sketch" viewBox={`-1 -1 ${WIDTH + 2} ${height + 2}`} aria-hidden="true">
      {boxes.map(({ x, y, width, height: high, colour, repeats }) => {
        const style = { "--slm-on-light": colour.light, "--slm-on-dark": colour.dark } as CSSProperties;
        const size = { x, y, width, height: high };
        return (
          <g key={y + x / 1000} data-hue style={style}>
            <rect
              className={repeats === null ? "slm-sketch-bar" : "slm-sketch-frame"}
              rx={repeats === null ? 1.5 : 3}
              {...size}
            />
            {repeats !== null && repeats > 1 && (
              <text x={x + width - 3} y={y + high / 2} textAnchor="end" dominantBaseline="central">
                ×{repeats}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
});
