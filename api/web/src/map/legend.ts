// The legend of the coverage: colours in words, with how many there are of each.
// It folds; on a phone it is folded at first.
import type { BuildingClass } from '../coverage';
import { button, byId, h } from '../dom';
import * as format from '../format';
import { t } from '../i18n';
import { setSheet, wide } from '../sheet';
import type { Level } from '../state';

export interface AreaLegend {
  areas: Level;
  colours: string[];
  breaks: number[]; // percentages at which the classes begin
  shares: (number | null)[]; // of the areas
}

export interface BuildingLegend {
  classes: (BuildingClass & { colour: string; dot: [fill: string, rim: string] | null })[];
  counts: number[] | null; // of the classes; null: not known yet
  retry: (() => void) | null; // the buildings did not come
}

export function hideLegend(): void {
  byId('legend').hidden = true;
}

let drawn = '';

export function drawLegend(legend: AreaLegend | BuildingLegend): void {
  const box = byId<HTMLDetailsElement>('legend');
  if (box.hidden) {
    box.hidden = false;
    box.open = wide.matches;
    // A legend that is opened on a phone takes the room of the sheet.
    box.querySelector('summary')!.onclick = () => {
      if (!box.open && !wide.matches) setSheet('low'); // it is about to open
    };
  }
  const key = JSON.stringify([legend, 'retry' in legend && legend.retry !== null]);
  if (key === drawn) return; // the map moves, its legend does not
  drawn = key;
  const body = 'areas' in legend ? areas(legend) : buildings(legend);
  box.querySelector('div')!.replaceChildren(...body.filter((e) => e !== null));
}

function areas({ areas, colours, breaks, shares }: AreaLegend): (HTMLElement | null)[] {
  const within = (i: number): number => shares.filter((s) => s !== null && s >= breaks[i]! && s < (breaks[i + 1] ?? Infinity)).length;
  const rows = breaks.map((from, i) => row(swatch(colours[i]!), t('coverage.legend.share', { from, to: breaks[i + 1] ?? 100 }), t(`areas.${areas}`, { n: format.number(within(i)) })));
  const empty = shares.filter((s) => s === null).length;
  return [
    h('p', {}, t('coverage.legend.areas')),
    h('ul', {}, ...rows),
    empty > 0 ? h('p', { class: 'caption' }, t('coverage.legend.empty', { n: empty })) : null,
    h('p', { class: 'caption' }, t('coverage.legend.zoom')),
  ];
}

function buildings({ classes, counts, retry }: BuildingLegend): (HTMLElement | null)[] {
  const words = ({ over, upTo }: BuildingClass): string => {
    if (upTo === Infinity) return t('coverage.legend.over', { n: over });
    return over === 0 ? t('coverage.legend.under', { n: upTo }) : t('coverage.legend.between', { from: over, to: upTo });
  };
  const group = (outside: boolean): HTMLElement[] =>
    classes.map((c, i) => ({ ...c, i })).filter((c) => c.outside === outside).map((c) => row(swatch(c.colour, c.dot), words(c), counts ? t('areas.building', { n: format.number(counts[c.i]!) }) : '…'));
  return [
    h('p', {}, t('coverage.legend.in')),
    h('ul', {}, ...group(false)),
    h('p', {}, t('coverage.legend.out')),
    h('ul', {}, ...group(true)),
    retry ? h('p', { role: 'alert' }, t('coverage.legend.failed'), ' ', button(t('retry'), retry, { class: 'link' })) : h('p', { class: 'caption' }, t('coverage.legend.view')),
  ];
}

const row = (mark: HTMLElement, words: string, count: string): HTMLElement => h('li', {}, mark, h('span', {}, words), h('span', { class: 'count' }, count));

function swatch(colour: string, dot: [fill: string, rim: string] | null = null): HTMLElement {
  const box = h('i', { class: 'swatch', 'aria-hidden': 'true' });
  box.style.background = colour;
  if (dot) {
    const mark = h('i', {});
    [mark.style.background, mark.style.borderColor] = dot;
    box.append(mark);
  }
  return box;
}
