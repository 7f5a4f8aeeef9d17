/** The shapes of a drawing as SVG elements, each colour the page's own. */
import type { GraphShape } from '../../src/protocol/graph/graphDrawing.ts';

export function Shapes({ shapes }: { readonly shapes: readonly GraphShape[] }) {
  return shapes.map((shape, index) => <Shape key={index} {...shape} />);
}

function Shape(shape: GraphShape) {
  if (shape.shape === 'text') {
    const { x, y, pixels, bold, fill, text } = shape;
    return (
      <text x={x} y={y} fontSize={pixels} fontWeight={bold ? 600 : 400} fill={`var(--${fill})`}>
        {text}
      </text>
    );
  }
  const { d, fill, stroke, strokeWidth, dashes } = shape;
  return (
    <path
      d={d}
      fill={fill === undefined ? 'none' : `var(--${fill})`}
      stroke={stroke === undefined ? undefined : `var(--${stroke})`}
      strokeWidth={strokeWidth}
      strokeDasharray={dashes}
    />
  );
}
