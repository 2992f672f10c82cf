// The card of a feature as tiles have it: some of its fields, and no answers.
import { kindTitle, kindField, layerTitle } from './catalog';
import { coordinateLines, copyLine } from './coordinates';
import { button, byId, h } from './dom';
import { glyphValue, rowsOf, services, stateLine, titleOf, titleOfField, titleText } from './facts';
import { iconElement, iconName } from './icons';
import { t } from './i18n';
import type { LonLat } from './state';
import type { Drawn } from './types';

export class SiteCard {
  #box = byId('card');

  constructor(
    private readonly choose: (hit: Drawn) => void,
    private readonly close: () => void,
  ) {
    this.#box.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  hide(): void {
    this.#box.hidden = true;
    this.#box.replaceChildren();
  }

  show(hit: Drawn, met: Drawn[]): void {
    const { layer, properties: p } = hit;
    const kind = kindTitle(layer, p[kindField(layer) ?? '']);
    const title = titleOf(layer, p, kind);
    const code = layer === 'booths' ? 'number' : 'code';
    this.#draw(
      title,
      title === kind ? layerTitle(layer) : kind,
      services.has(layer) ? iconElement(iconName(layer, glyphValue(layer, p))) : null,
      stateLine(layer, p, undefined),
      p[code] ? copyLine(titleOfField(layer, code), String(p[code])) : null,
      fields(hit),
      h('details', { class: 'more' }, h('summary', {}, t('coordinates')), ...coordinateLines(hit.at)),
      this.#also(met.filter((other) => other !== hit && other.name !== '')),
    );
  }

  point(at: LonLat): void {
    this.#draw(t('card.point'), '', null, ...coordinateLines(at));
  }

  /** The address names what is not in the tiles in sight. */
  missing(): void {
    this.#draw(t('card'), '', null, h('p', { role: 'alert' }, t('card.gone')));
  }

  #draw(title: string, kind: string, icon: SVGElement | null, ...rest: (HTMLElement | null)[]): void {
    const heading = h('h2', { tabindex: -1 }, title);
    const head = h('div', { class: 'head' }, icon, h('div', {}, heading, h('p', { class: 'kind' }, kind)), button('×', this.close, { class: 'close', 'aria-label': t('card.close') }));
    this.#box.replaceChildren(head, ...rest.filter((child) => child !== null));
    this.#box.hidden = false;
    this.#box.scrollTop = 0;
    heading.focus({ preventScroll: true });
  }

  #also(others: Drawn[]): HTMLElement | null {
    if (others.length === 0) return null;
    return h('p', { class: 'also caption' }, `${t('card.also')} `, ...others.slice(0, 5).map((hit) => button(hit.name, () => this.choose(hit), { class: 'link' })));
  }
}

function fields({ layer, properties }: Drawn): HTMLElement | null {
  const rows = rowsOf(layer, properties).filter(({ field }) => field.name !== kindField(layer)); // stands below the title
  if (rows.length === 0) return null;
  return h('div', { class: 'more' }, h('dl', {}, ...rows.flatMap(({ field, value }) => [h('dt', {}, titleText(field)), h('dd', {}, value)])));
}
