// Icons of lists, cards and marks: symbols of one sheet, which the build of the page
// makes of the same drawings as the sprite of the map (tiles/style/icons).

// Set by the build: the names of all pictures with spaces between, and the file of
// the sheet, which lies beside this script.
declare const PICTURES: string;
declare const PICTURE_SHEET: string;

const known = new Set(PICTURES.split(' '));
const sheet = new URL(PICTURE_SHEET, import.meta.url).href;

/** The pictures of values that have none of their own. */
const plain: Record<string, string> = {
  booths: 'booths',
  shelters: 'shelters-ready',
  parking: 'parking-ordinary',
  facilities: 'facilities-other',
  gates: 'gates-gate',
};

/** The picture of a feature by the value that its layer chooses it by; several values have the plain one. */
export function iconName(layer: string, value: unknown): string {
  const name = `${layer}-${Array.isArray(value) ? value.join() : String(value ?? '')}`;
  return known.has(name) ? name : (plain[layer] ?? 'facilities-other');
}

const svgNs = 'http://www.w3.org/2000/svg';

/** The icon as an element; it says nothing to screen readers, the words beside it do. */
export function iconElement(name: string): SVGSVGElement {
  const svg = document.createElementNS(svgNs, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svgNs, 'use');
  use.setAttribute('href', `${sheet}#${name}`);
  svg.append(use);
  return svg;
}
