// Every icon once: a body whose shape says the class, and a white glyph. Lists
// write them as SVG, the map paints the same paths into images. Glyphs are drawn
// on a grid of 24 inside a circle of 6 around its middle.

type Body = 'drop' | 'square' | 'circle';

interface Glyph {
  stroke?: string;
  fill?: string;
  width?: number; // of the stroke
}

export interface Icon {
  body: Body;
  colour: string;
  glyph: Glyph;
  hollow?: boolean; // white body, coloured rim and glyph
}

const disc = (x: number, y: number, r: number): string => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

const glyphs = {
  booth: { stroke: 'M8.2 7h7.6l1.6 3.6H6.6zM6.6 10.6c0 2 3.6 2 3.6 0c0 2 3.6 2 3.6 0c0 2 3.6 2 3.6 0M8 14.2v3.2h8v-3.2' },
  shoe: { stroke: 'M6.4 8.2v5.6h11.2c0-2-1.6-2.8-3.4-3.2L11 8.2zM6.4 16.8h11.2' },
  bicycle: { stroke: `${disc(8, 14.4, 2.7)}${disc(16, 14.4, 2.7)}M8 14.4l2.2-5h4l1.8 5M10.2 9.4l2.4 5H8M14.2 9.4l.4-2h1.8`, width: 1.5 },
  key: { stroke: `${disc(8.8, 12, 2.6)}M11.4 12h6.4M15 12v2.6M17.8 12v2` },
  scissors: { stroke: `${disc(8.2, 8.4, 1.8)}${disc(8.2, 15.6, 1.8)}M9.8 9.4l7.6 5.4M9.8 14.6l7.6-5.4`, width: 1.6 },
  sewing: { stroke: 'M17.6 6.4l-8.4 8.8M9.2 15.2c-3.2 3-4.2-1.2-1.4-1.8c2.8-.4 4.2 3.4 8.4 2.6M17.6 6.4c-1.6-.4-2 0-2.4 1.2' },
  appliance: { stroke: 'M9.4 6v3.4M14.6 6v3.4M7.4 9.4h9.2v2.4a4.6 4.6 0 0 1-9.2 0zM12 16.6v1.8' },
  umbrella: { stroke: 'M6 12a6 6 0 0 1 12 0zM12 12v4.4a1.7 1.7 0 0 0 3.4 0' },
  watch: { stroke: `${disc(12, 12, 4)}M12 10v2l1.4 1M10 8.4l.4-2.6h3.2l.4 2.6M10 15.6l.4 2.6h3.2l.4-2.6`, width: 1.6 },
  phone: { stroke: 'M8.8 6h6.4v12H8.8zM11.2 15.6h1.6' },
  shelter: { fill: disc(13.4, 9.9, 1.4), stroke: 'M5.2 9.4L12 5.2l6.8 4.2M12.8 12.4l-1.8 2.6l2 1.2l-.4 2.2M12.8 12.4l2 1.8l1.8-.4M12.8 12.4l-2.8-.2l-1.2 1.6M11 15l-1.2 1.8H7.4', width: 1.6 },
  parking: { stroke: 'M9.4 18V6.4h3.4a3.4 3.4 0 0 1 0 6.8H9.4', width: 2.4 },
  accessible: { fill: disc(11, 6.6, 1.4), stroke: 'M11 9.4v4.4h4.2l1.8 3.6M11 11.4h3.6M9.2 11.6a4 4 0 1 0 5 5' , width: 1.8 },
  charging: { stroke: 'M7.6 17.4V7h2.8a2.9 2.9 0 0 1 0 5.8H7.6', fill: 'M17 8.6l-3.2 4.8h2l-.8 4l3.4-5h-2.1z' },
  market: { stroke: 'M6 11h12l-1.4 6.4H7.4zM9 11l2-4.6M15 11l-2-4.6' },
  stalls: { stroke: 'M5.8 11.4L7 7.8h4l1 3.6l1-3.6h4l1.2 3.6zM7 11.4v5.8M12 11.4v5.8M17 11.4v5.8', width: 1.6 },
  bag: { stroke: 'M7 9.6h10l.8 7.8H6.2zM9.4 9.6V8.4a2.6 2.6 0 0 1 5.2 0v1.2' },
  trolley: { stroke: 'M5.4 7h2l1.8 6.8h6.4l1.8-5H7.9', fill: disc(10, 16.8, 1.2) + disc(15, 16.8, 1.2) },
  meal: { stroke: 'M8.2 6v3.6a1.8 1.8 0 0 0 3.6 0V6M10 6v12M15.8 18V6c-1.8 1.2-2 3.6-2 6h2', width: 1.7 },
  bowl: { stroke: 'M6 12h12a6 5.4 0 0 1-12 0zM9.8 9.4c-1-1 .8-1.6 0-3M14 9.4c-1-1 .8-1.6 0-3', width: 1.8 },
  shed: { stroke: `M5.6 9L12 6l6.4 3M9.6 15.8h4.2l-.8-4.6h-1.8${disc(8, 15.8, 1.6)}${disc(15.6, 15.8, 1.6)}`, width: 1.6 },
  bolt: { fill: 'M13.4 5.2L7.4 13h3.8l-.8 5.8l6.2-7.8h-3.8z' },
  cross: { stroke: 'M12 7.4v9.2M7.4 12h9.2', width: 3.4 },
  hospital: { stroke: 'M8.6 7v10M15.4 7v10M8.6 12h6.8', width: 2.2 },
  capsule: { stroke: 'M7.7 12.9l5.2-5.2a2.4 2.4 0 0 1 3.4 3.4l-5.2 5.2a2.4 2.4 0 0 1-3.4-3.4zM10.4 10.2l3.4 3.4' },
  children: { fill: disc(9, 8.8, 1.7) + disc(15, 8.8, 1.7), stroke: 'M6.6 16.8v-1.6a2.4 2.4 0 0 1 4.8 0v1.6M12.6 16.8v-1.6a2.4 2.4 0 0 1 4.8 0v1.6' },
  cap: { stroke: 'M5 10.2L12 7l7 3.2l-7 3.2zM8 11.8v3.4c2.4 1.8 5.6 1.8 8 0v-3.4', width: 1.7 },
  stick: { fill: disc(10.6, 6.8, 1.6), stroke: 'M10.6 9.6c-1.2 2-1.2 3.4-.6 5L8.6 18M10 14.6l2.2 1.4V18M10.8 10.6l3.8 2M15.4 11.8V18', width: 1.7 },
  door: { stroke: 'M7.4 17.6V6.4h9.2v11.2M7.4 6.4l5 2v11l-5-1.8M5.4 17.6h2M16.6 17.6h2', width: 1.7 },
  talk: { stroke: 'M5.8 7.2h7.6v5.2H9.2l-2 2v-2H5.8zM15.4 9.8h2.8v5h-1.2v2l-2-2h-3.6', width: 1.6 },
  scales: { stroke: 'M12 6.2v11.2M8.6 17.4h6.8M6.8 8.4h10.4M6.8 8.4l-1.8 4.2h3.6zM17.2 8.4l-1.8 4.2H19z', width: 1.5 },
  pavilion: { stroke: 'M5.2 11L12 6.4l6.8 4.6zM8 11v6.6M16 11v6.6M6.2 17.6h11.6' },
  shield: { stroke: 'M12 5.8l5.4 2v4.2c0 3-2.4 5-5.4 6.2c-3-1.2-5.4-3.2-5.4-6.2V7.8zM9.6 12l1.8 1.8l3-3.4', width: 1.7 },
  police: { stroke: 'M6 10c3.4-4.4 8.6-4.4 12 0l-1.6 2.4H7.6zM7.6 12.4v2.2c2.6 1.6 6.2 1.6 8.8 0v-2.2', width: 1.7 },
  columns: { stroke: 'M6 10l6-3.6l6 3.6zM8.2 10v6M12 10v6M15.8 10v6M6.2 17.6h11.6', width: 1.6 },
  book: { stroke: 'M12 8.6c-1.8-1.2-3.8-1.4-6-1v8.8c2.2-.4 4.2-.2 6 1c1.8-1.2 3.8-1.4 6-1V7.6c-2.2-.4-4.2-.2-6 1zM12 8.6v8.8', width: 1.7 },
  yuan: { stroke: 'M8.4 6.4L12 11.6l3.6-5.2M12 11.6V18M9 12.4h6M9 15.2h6', width: 1.8 },
  letter: { stroke: 'M6 8h12v8.4H6zM6 8.4l6 4.8l6-4.8' },
  toilet: { fill: disc(8.4, 7.4, 1.5) + disc(15.6, 7.4, 1.5) + 'M15.6 9.6l2.4 5h-4.8z', stroke: 'M8.4 10v8M6.6 10.4v3M10.2 10.4v3M15.6 14.6V18M12 6.2v11.6', width: 1.5 },
  bus: { stroke: 'M7.2 6.6h9.6v9.6H7.2zM7.2 11.8h9.6M9 16.2v1.6M15 16.2v1.6' },
  train: { stroke: 'M8.4 6.2h7.2a1.4 1.4 0 0 1 1.4 1.4v7.2H7V7.6a1.4 1.4 0 0 1 1.4-1.4zM7 11h10M9 14.8l-2 3.4M15 14.8l2 3.4', width: 1.7 },
  bars: { stroke: 'M7 18V7M17 18V7M5.4 9.4h13.2' },
  ball: { stroke: `${disc(12, 12, 5.6)}M8 8.2c3 2.2 3 5.4 0 7.6M16 8.2c-3 2.2-3 5.4 0 7.6`, width: 1.6 },
  tree: { fill: 'M12 5.4l5 8.4H7z', stroke: 'M12 13.8V18' },
  gate: { stroke: 'M7.6 18v-8a4.4 4.4 0 0 1 8.8 0v8M12 6v12' },
  dot: { fill: disc(12, 12, 3.2) },
  slash: { stroke: 'M8 16l8-8', width: 2.4 },
} satisfies Record<string, Glyph>;

const blue = '#0B5CAD';
const green = '#00843D';
const navy = '#1F3A6E';
const slate = '#4A5568';
const teal = '#0B7A75';
const plum = '#A3306C';
const red = '#B3261E';
const olive = '#52700A';
const brown = '#A84B00';
const violet = '#6B3FA0';

const circle = (colour: string, glyph: Glyph): Icon => ({ body: 'circle', colour, glyph });
const drop = (glyph: Glyph): Icon => ({ body: 'drop', colour: blue, glyph });
const square = (colour: string, glyph: Glyph): Icon => ({ body: 'square', colour, glyph });

// The character 满, by strokes would not be read at 20 px: full is a solid bar.
const fullBar: Glyph = { stroke: 'M7.4 12h9.2', width: 3.4 };

const table: Record<string, Icon> = {
  booths: drop(glyphs.booth),
  'booths-shoe': drop(glyphs.shoe),
  'booths-bicycle': drop(glyphs.bicycle),
  'booths-key': drop(glyphs.key),
  'booths-scissors': drop(glyphs.scissors),
  'booths-sewing': drop(glyphs.sewing),
  'booths-appliance': drop(glyphs.appliance),
  'booths-umbrella': drop(glyphs.umbrella),
  'booths-watch': drop(glyphs.watch),
  'booths-phone': drop(glyphs.phone),
  shelters: { ...square(green, glyphs.shelter), hollow: true },
  'shelters-open': square(green, glyphs.shelter),
  'shelters-full': square(brown, fullBar),
  'shelters-closed': square('#5A626C', glyphs.slash),
  parking: square(navy, glyphs.parking),
  'parking-accessible': square(navy, glyphs.accessible),
  'parking-charging': square(navy, glyphs.charging),
  facilities: circle(slate, glyphs.dot),
  'facilities-station': circle(red, glyphs.door),
  'facilities-contact_point': circle(red, glyphs.talk),
  'facilities-market': circle(brown, glyphs.market),
  'facilities-stall_group': circle(brown, glyphs.stalls),
  'facilities-supermarket': circle(brown, glyphs.trolley),
  'facilities-shop': circle(brown, glyphs.bag),
  'facilities-restaurant': circle(brown, glyphs.meal),
  'facilities-canteen': circle(brown, glyphs.bowl),
  'facilities-charging_shed': circle(violet, glyphs.shed),
  'facilities-charger': circle(violet, glyphs.bolt),
  'facilities-fitness': circle(olive, glyphs.bars),
  'facilities-sports': circle(olive, glyphs.ball),
  'facilities-park': circle(olive, glyphs.tree),
  'facilities-clinic': circle(teal, glyphs.cross),
  'facilities-hospital': circle(teal, glyphs.hospital),
  'facilities-pharmacy': circle(teal, glyphs.capsule),
  'facilities-kindergarten': circle(plum, glyphs.children),
  'facilities-school': circle(plum, glyphs.cap),
  'facilities-elder_care': circle(plum, glyphs.stick),
  'facilities-mediation': circle(slate, glyphs.scales),
  'facilities-enforcement': circle(slate, glyphs.shield),
  'facilities-pavilion': circle(slate, glyphs.pavilion),
  'facilities-government': circle(slate, glyphs.columns),
  'facilities-police': circle(slate, glyphs.police),
  'facilities-culture': circle(olive, glyphs.book),
  'facilities-bank': circle(slate, glyphs.yuan),
  'facilities-post': circle(slate, glyphs.letter),
  'facilities-toilet': circle(slate, glyphs.toilet),
  'facilities-bus_stop': circle(navy, glyphs.bus),
  'facilities-station_rail': circle(navy, glyphs.train),
  gates: circle('#575146', glyphs.gate),
};

/** The icon of a name such as booths-shoe; several values or an unknown one give that of the layer. */
export function iconOf(name: string): Icon {
  return table[name] ?? table[name.split('-')[0]!] ?? table.facilities!;
}

/** The name under which styles ask for the icon of a feature. */
export function iconName(layer: string, value: unknown): string {
  const text = Array.isArray(value) ? (value.length === 1 ? String(value[0]) : '') : String(value ?? '');
  return `${layer}-${text}`;
}

export const bodies: Record<Body, string> = {
  circle: disc(12, 12, 10),
  square: 'M7 2h10a5 5 0 0 1 5 5v10a5 5 0 0 1-5 5H7a5 5 0 0 1-5-5V7a5 5 0 0 1 5-5z',
  drop: 'M12 23.2c-3-3.6-8.6-6.4-8.6-12.6a8.6 8.6 0 0 1 17.2 0c0 6.2-5.6 9-8.6 12.6z',
};

/** Glyphs of a drop sit higher and a little smaller than those of other bodies. */
export const glyphShift = (body: Body): [dx: number, dy: number, scale: number] => (body === 'drop' ? [1.2, -0.3, 0.9] : [0, 0, 1]);

const svgNs = 'http://www.w3.org/2000/svg';

function path(d: string, attributes: Record<string, string | number>): SVGPathElement {
  const element = document.createElementNS(svgNs, 'path');
  element.setAttribute('d', d);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** The icon as an element; it says nothing to screen readers, the words beside it do. */
export function iconElement(name: string): SVGSVGElement {
  const icon = iconOf(name);
  const svg = document.createElementNS(svgNs, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const ink = icon.hollow ? icon.colour : '#fff';
  svg.append(path(bodies[icon.body], icon.hollow ? { fill: '#fff', stroke: icon.colour, 'stroke-width': 2 } : { fill: icon.colour }));
  const group = document.createElementNS(svgNs, 'g');
  const [dx, dy, scale] = glyphShift(icon.body);
  group.setAttribute('transform', `translate(${dx} ${dy}) scale(${scale})`);
  const { stroke, fill, width = 2 } = icon.glyph;
  if (stroke) group.append(path(stroke, { fill: 'none', stroke: ink, 'stroke-width': width, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }));
  if (fill) group.append(path(fill, { fill: ink }));
  svg.append(group);
  return svg;
}
