// A plan of one's grids, drawn from what was taken along: it needs neither a net nor
// WebGL. Buildings and booths are pressed on it, or a point where somebody stands; a
// list has all of them, too.
import { h } from '../dom';
import { t } from '../i18n';
import { boxOf } from '../shapes';
import type { LonLat } from '../state';
import { place, type Wish, type XY } from './names';
import type { Work } from './types';

const svg = 'http://www.w3.org/2000/svg';
const largest = 8; // times the whole

/** A name on the plan, in its metres. */
interface Name {
  readonly kind: 'way' | 'name' | 'number';
  readonly text: string;
  readonly at?: XY;
  readonly along?: readonly XY[];
  readonly room?: number; // across the building that the name stands upon
}

const main = /^(expressway|trunk|main|collector)$/; // streets that one finds one's way by

/** The number of a building as people say it, 3 of 文化小区3号楼; nothing of one that has a name alone. */
const numberOf = (title: string | null): string => /([0-9A-Za-z]{1,4}(?:[-－][0-9A-Za-z]{1,3})?)\s*(?:号楼|号|栋|幢|座)?$/.exec(title ?? '')?.[1] ?? '';

const linesOf = (geometry: GeoJSON.Geometry): number[][][] =>
  geometry.type === 'LineString' ? [geometry.coordinates] : geometry.type === 'MultiLineString' || geometry.type === 'Polygon' ? geometry.coordinates : geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : [];

type Attributes = Record<string, string | number>;

function draw<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes, text = ''): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svg, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text) element.textContent = text;
  return element;
}

export interface PlanEvents {
  building(id: number): void;
  booth(id: number): void;
  point(at: LonLat): void; // while picking
}

export class Plan {
  readonly element: HTMLElement;
  #svg: SVGSVGElement;
  #marks: SVGGElement;
  #labels: SVGGElement;
  #names: Name[];
  #labelled = 0; // the scale that names stand for
  #frame: { x: number; y: number; width: number; height: number };
  #whole: { x: number; y: number; width: number; height: number };
  #scale: { lon: number; lat: number; west: number; north: number };
  #picking = false;
  #me: LonLat | null = null;
  #hint: HTMLElement;

  constructor(work: Work, events: PlanEvents) {
    const [west, south, east, north] = boxOf(...work.grids.map((grid) => grid.geometry)) ?? [0, 0, 1, 1];
    // One unit is a metre, as far as this small ground is flat.
    const lat = 111_320;
    this.#scale = { lat, lon: lat * Math.cos((((south + north) / 2) * Math.PI) / 180), west, north };
    const margin = 20;
    const [width, height] = [(east - west) * this.#scale.lon + 2 * margin, (north - south) * lat + 2 * margin];
    const side = Math.max(width, (height * 4) / 3, 60); // the box is 4 to 3
    this.#whole = { x: -margin - (side - width) / 2, y: -margin - ((side * 3) / 4 - height) / 2, width: side, height: (side * 3) / 4 };
    this.#frame = this.#whole;

    this.#svg = draw('svg', { role: 'img', 'aria-label': t('my.plan.title'), preserveAspectRatio: 'xMidYMid meet' });
    const ground = draw('g', {});
    for (const { geometry } of work.grids) ground.append(draw('path', { class: 'grid', d: this.#path(geometry), 'fill-rule': 'evenodd' }));
    for (const street of work.streets) ground.append(draw('path', { class: street.name ? 'street' : 'way', d: this.#path(street.geometry) }));
    for (const building of work.buildings) ground.append(draw('path', { class: 'building', d: this.#path(building.geometry), 'fill-rule': 'evenodd', 'data-building': building.id }));
    for (const { geometry } of work.grids) ground.append(draw('path', { class: 'border', d: this.#path(geometry) }));
    for (const booth of work.booths) {
      const [x, y] = this.#place([booth.lon, booth.lat]);
      ground.append(draw('circle', { class: 'booth', cx: x, cy: y, r: 0, 'data-booth': booth.id }));
    }
    this.#labels = draw('g', { class: 'labels' });
    this.#names = this.#namesOf(work);
    this.#marks = draw('g', {});
    this.#svg.append(ground, this.#labels, this.#marks);
    this.#hint = h('p', { class: 'hint', role: 'status', hidden: true }, t('my.plan.pick'));
    const zoom = (label: string, name: 'my.plan.closer' | 'my.plan.farther', times: number): HTMLElement =>
      h('button', { type: 'button', class: 'tool', 'aria-label': t(name), click: () => this.#zoom(times) }, label);
    this.element = h('figure', { class: 'plan' }, this.#hint, h('div', { class: 'drawn' }, this.#svg as unknown as HTMLElement, h('div', { class: 'zoom' }, zoom('+', 'my.plan.closer', 2), zoom('−', 'my.plan.farther', 0.5))), work.streets_cut ? h('figcaption', { class: 'caption' }, t('my.plan.cut')) : null);
    this.#listen(events);
    this.#show();
    new ResizeObserver(() => this.#show()).observe(this.#svg); // what has a size on the screen is worked out anew
  }

  /** Marks where somebody stands, and looks there. */
  mark(at: LonLat | null): void {
    this.#me = at;
    if (at) {
      const [x, y] = this.#place(at);
      const width = Math.min(this.#whole.width, 160);
      this.#frame = { x: x - width / 2, y: y - (width * 3) / 8, width, height: (width * 3) / 4 };
    }
    this.#show();
  }

  /** Lets the next press name a point. */
  pick(): void {
    this.#picking = true;
    this.#hint.hidden = false;
    this.element.classList.add('picking');
  }

  #listen(events: PlanEvents): void {
    let from: { x: number; y: number; frame: { x: number; y: number } } | null = null;
    let moved = false;
    this.#svg.addEventListener('pointerdown', (event) => {
      from = { x: event.clientX, y: event.clientY, frame: this.#frame };
      moved = false;
    });
    this.#svg.addEventListener('pointermove', (event) => {
      if (!from || this.#frame.width >= this.#whole.width) return; // the page scrolls under the finger
      const unit = this.#frame.width / this.#svg.clientWidth;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!moved && Math.hypot(dx, dy) < 8) return;
      moved = true;
      this.#svg.setPointerCapture(event.pointerId);
      this.#frame = { ...this.#frame, x: from.frame.x - dx * unit, y: from.frame.y - dy * unit };
      this.#show();
    });
    for (const end of ['pointerup', 'pointercancel'] as const) this.#svg.addEventListener(end, () => (from = null));
    this.#svg.addEventListener('click', (event) => {
      if (moved) return;
      if (this.#picking) {
        const at = this.#at(event); // before the hint goes, under which the plan lies
        this.#picking = false;
        this.#hint.hidden = true;
        this.element.classList.remove('picking');
        events.point(at);
        return;
      }
      const { building, booth } = (event.target as SVGElement).dataset;
      if (booth) events.booth(Number(booth));
      else if (building) events.building(Number(building));
    });
  }

  #zoom(times: number): void {
    const width = Math.min(this.#whole.width, Math.max(this.#whole.width / largest, this.#frame.width / times));
    const height = (width * 3) / 4;
    const { x, y, width: before, height: high } = this.#frame;
    this.#frame = width === this.#whole.width ? this.#whole : { x: x + (before - width) / 2, y: y + (high - height) / 2, width, height };
    this.#show();
  }

  /** Sets the frame; what has a size of its own keeps it on the screen. */
  #show(): void {
    const { x, y, width, height } = this.#frame;
    this.#svg.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
    const pixel = width / (this.#svg.clientWidth || 340); // it is not on the page yet: as on a narrow phone
    this.#svg.style.setProperty('--pixel', String(pixel));
    this.#label(pixel);
    this.#svg.classList.toggle('whole', width >= this.#whole.width);
    for (const booth of this.#svg.querySelectorAll('.booth')) booth.setAttribute('r', String(7 * pixel));
    this.#marks.replaceChildren();
    if (!this.#me) return;
    const [cx, cy] = this.#place(this.#me);
    this.#marks.append(draw('circle', { class: 'me-ring', cx, cy, r: 14 * pixel }), draw('circle', { class: 'me', cx, cy, r: 7 * pixel }));
  }

  /** What has a name, in metres: main streets first, then buildings, the largest before, booths, other streets. */
  #namesOf(work: Work): Name[] {
    const streets = (wanted: boolean): Name[] =>
      work.streets
        .filter((street) => street.name && wanted === main.test(street.class ?? ''))
        .flatMap(({ name, geometry }) => linesOf(geometry).map((line) => ({ kind: 'way', text: name!, along: line.map((p) => this.#place(p as unknown as LonLat)) }) as const));
    const booths = work.booths.filter((booth) => booth.title).map((booth) => ({ kind: 'name', text: booth.title!, at: this.#place([booth.lon, booth.lat]) }) as const);
    const numbers: Name[] = [];
    for (const building of work.buildings) {
      const number = numberOf(building.title);
      const [west, south, east, north] = boxOf(building.geometry)!;
      const room = Math.hypot((east - west) * this.#scale.lon, (north - south) * this.#scale.lat);
      if (number) numbers.push({ kind: 'number', text: number, at: this.#place([building.lon, building.lat]), room });
    }
    return [...streets(true), ...numbers.sort((a, b) => b.room! - a.room!), ...booths, ...streets(false)];
  }

  /** Writes the names that have room at this scale; where the frame stands changes nothing, so none comes and goes under a finger. */
  #label(pixel: number): void {
    if (pixel === this.#labelled) return;
    this.#labelled = pixel;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const size = { way: 0.82, name: 0.82, number: 0.76 };
    const px = ([x, y]: XY): XY => [x / pixel, y / pixel];
    const wishes = this.#names.map(
      ({ kind, text, at, along, room }): Wish & { kind: Name['kind'] } => ({
        kind,
        text,
        size: size[kind] * rem,
        ...(along && { along: along.map(px), apart: 280 }),
        ...(at && { at: kind === 'name' ? [at[0] / pixel, at[1] / pixel + rem] : px(at) }),
        ...(room !== undefined && { room: room / pixel }),
      }),
    );
    this.#labels.replaceChildren(
      ...place(wishes).map(({ wish, at: [x, y], turned }) =>
        draw('text', { class: `named-${(wish as (typeof wishes)[number]).kind}`, 'font-size': wish.size * pixel, transform: `translate(${x * pixel} ${y * pixel})${turned ? ` rotate(${turned})` : ''}` }, wish.text),
      ),
    );
  }

  #place([lon, lat]: LonLat): [number, number] {
    return [(lon - this.#scale.west) * this.#scale.lon, (this.#scale.north - lat) * this.#scale.lat];
  }

  #at(event: MouseEvent): LonLat {
    const { left, top, width, height } = this.#svg.getBoundingClientRect();
    const unit = Math.max(this.#frame.width / width, this.#frame.height / height);
    const x = this.#frame.x + this.#frame.width / 2 + (event.clientX - left - width / 2) * unit;
    const y = this.#frame.y + this.#frame.height / 2 + (event.clientY - top - height / 2) * unit;
    return [this.#scale.west + x / this.#scale.lon, this.#scale.north - y / this.#scale.lat];
  }

  #path(geometry: GeoJSON.Geometry): string {
    return linesOf(geometry).map((line) => line.map((p, i) => `${i === 0 ? 'M' : 'L'}${this.#place(p as unknown as LonLat).map((v) => v.toFixed(1)).join(' ')}`).join('')).join('');
  }
}
