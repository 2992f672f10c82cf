// Icons and hatches as images of the map, painted when a style asks for them.
import { bodies, glyphShift, iconOf } from '../icons';

const ratio = 2; // pixels of the image to one of the map
const size = 36; // of an icon, in pixels of the map
const rim = 1.5;

interface Image {
  data: ImageData;
  pixelRatio: number;
}

function canvas(side: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = element.height = side * ratio;
  const context = element.getContext('2d', { willReadFrequently: true })!;
  context.scale(ratio, ratio);
  return context;
}

/** The image of a name that styles use; a name nobody knows gets the plain dot. */
export function imageOf(name: string): Image {
  return name === 'hatch-closure' ? hatch('#B3261E') : icon(name);
}

function icon(name: string): Image {
  const { body, colour, glyph, hollow } = iconOf(name);
  const context = canvas(size);
  const scale = (size - 2 * rim - 1) / 24;
  context.translate((size - 24 * scale) / 2, (size - 24 * scale) / 2);
  context.scale(scale, scale);
  const outline = new Path2D(bodies[body]);
  context.lineJoin = context.lineCap = 'round';
  context.strokeStyle = '#fff';
  context.lineWidth = (2 * rim) / scale;
  context.stroke(outline);
  context.fillStyle = hollow ? '#fff' : colour;
  context.fill(outline);
  if (hollow) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke(outline);
  }
  const [dx, dy, shrink] = glyphShift(body);
  context.translate(dx, dy);
  context.scale(shrink, shrink);
  context.strokeStyle = context.fillStyle = hollow ? colour : '#fff';
  context.lineWidth = glyph.width ?? 2;
  if (glyph.stroke) context.stroke(new Path2D(glyph.stroke));
  if (glyph.fill) context.fill(new Path2D(glyph.fill));
  return { data: context.getImageData(0, 0, size * ratio, size * ratio), pixelRatio: ratio };
}

/** Strokes at 45 degrees every 6 px, which meet at the edges of the image. */
function hatch(colour: string): Image {
  const side = 12;
  const context = canvas(side);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  for (let x = -side; x <= side; x += 6) {
    context.moveTo(x - 1, side + 1);
    context.lineTo(x + side + 1, -1);
  }
  context.stroke();
  return { data: context.getImageData(0, 0, side * ratio, side * ratio), pixelRatio: ratio };
}
