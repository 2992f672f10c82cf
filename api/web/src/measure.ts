// Measuring on the map: a length or an area by points, set with a click, a finger or
// Enter. While it is on, the map belongs to it; Escape gives it back.
import { button, byId, h } from './dom';
import * as format from './format';
import { area, crossesItself, distance, length } from './geodesy';
import { t } from './i18n';
import { drawnLine } from './map/line';
import type { View } from './map/view';
import { setSheet, wide } from './sheet';
import type { LonLat } from './state';

type Kind = 'length' | 'area';

export function makeMeasure(view: () => View | null): void {
  const open = byId<HTMLButtonElement>('measure-button');
  const bar = byId('measure');
  let kind: Kind = 'length';
  let points: LonLat[] = [];

  const value = h('strong', {});
  const more = h('span', {});
  const kinds = (['length', 'area'] as Kind[]).map((k) =>
    button(t(`measure.${k}`), () => {
      kind = k;
      show();
    }, { class: 'segment' }),
  );
  const undo = button(t('measure.undo'), () => change(points.slice(0, -1)), { class: 'outlined' });
  const clear = button(t('measure.clear'), () => change([]), { class: 'outlined' });
  bar.append(
    h('div', { class: 'segments', role: 'group', 'aria-label': t('measure.kind') }, ...kinds),
    h('p', { 'aria-live': 'polite' }, value, ' ', more),
    h('div', { class: 'actions' }, undo, clear, button(t('measure.leave'), () => leave(), { class: 'outlined' })),
  );

  const change = (to: LonLat[]): void => {
    points = to;
    show();
  };
  const show = (): void => {
    kinds.forEach((k, i) => k.setAttribute('aria-pressed', String((i === 0) === (kind === 'length'))));
    undo.disabled = clear.disabled = points.length === 0;
    [value.textContent, more.textContent] = said(kind, points);
    view()?.showMeasure(drawing(kind, points));
  };
  const leave = (): void => view()?.use(null);
  const left = (): void => {
    points = [];
    bar.hidden = true;
    open.setAttribute('aria-pressed', 'false');
    view()?.showMeasure(null);
    open.focus();
  };
  open.addEventListener('click', () => {
    const map = view();
    if (!map) return;
    if (!bar.hidden) {
      leave();
      return;
    }
    if (!wide.matches) setSheet('low');
    bar.hidden = false;
    open.setAttribute('aria-pressed', 'true');
    map.use({
      tap: (at) => change([...points, at]),
      hover: (at) => map.showMeasure(drawing(kind, points, at)),
      left,
    });
    show();
  });
  document.addEventListener('keydown', (event) => {
    if (bar.hidden || event.defaultPrevented || (event.target as HTMLElement).closest('input, select, .drawer:not([hidden])')) return;
    const back = event.key === 'Backspace' || event.key === 'Delete' || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z');
    if (back) change(points.slice(0, -1));
    else if (event.key === 'Escape') leave();
    else return;
    event.preventDefault();
  });
}

/** The value, and what belongs to it. */
function said(kind: Kind, points: LonLat[]): [value: string, more: string] {
  const missing = (kind === 'length' ? 2 : 3) - points.length;
  if (missing > 0) return ['', t(points.length === 0 ? 'measure.start' : 'measure.next', { n: missing })];
  if (kind === 'length') {
    const last = distance(points[points.length - 2]!, points[points.length - 1]!);
    return [format.length(length(points)), points.length > 2 ? t('measure.last', { length: format.length(last) }) : ''];
  }
  if (crossesItself(points)) return ['', t('measure.crossed')];
  const around = length([...points, points[0]!]);
  const squareMetres = area(points);
  return [format.area(squareMetres), t('measure.around', { mu: format.mu(squareMetres), length: format.length(around) })];
}

/** What is drawn, with the length so far at each point of a line. */
function drawing(kind: Kind, points: LonLat[], hover?: LonLat): GeoJSON.FeatureCollection {
  const label = (i: number): string => {
    if (kind === 'area') return '';
    if (i === 0) return points.length > 1 ? t('measure.from') : '';
    return format.length(length(points.slice(0, i + 1)));
  };
  return drawnLine(points, kind === 'area', label, hover);
}
