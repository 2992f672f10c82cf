// Communities by layers: how many of each have to be looked after. What is chosen
// stands in the address, so that the way back from the map leads to it.
import { layerTitle } from '../catalog';
import { button, h } from '../dom';
import * as format from '../format';
import { languageIndex, sentenceGap, t } from '../i18n';
import type { FindingKind, Upkeep, UpkeepRow } from '../types';
import { csvLink } from './csv';
import { findingKinds, sumOf } from './kinds';

const step = 30;

interface Choice {
  kind: FindingKind | null; // null: all
  byCode: boolean;
  filter: string;
}

export function makeTable(upkeep: Upkeep): HTMLElement {
  const query = new URLSearchParams(location.search);
  const choice: Choice = { kind: findingKinds.find((k) => k === query.get('finding')) ?? null, byCode: query.get('order') === 'code', filter: query.get('q') ?? '' };
  let shown = step;
  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': t('staff.kinds') });
  const body = h('div', { class: 'sheet' });
  const filter = h('input', { type: 'search', id: 'community', value: choice.filter, placeholder: t('staff.filter'), 'aria-label': t('staff.filter') });
  const order = h('select', { 'aria-label': t('staff.order') }, h('option', { value: 'most', selected: !choice.byCode }, t('staff.most')), h('option', { value: 'code', selected: choice.byCode }, t('staff.code')));

  const changed = (): void => {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of [['finding', choice.kind ?? ''], ['order', choice.byCode ? 'code' : ''], ['q', choice.filter]] as const) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    const text = next.toString();
    history.replaceState(null, '', text ? `?${text}` : location.pathname);
    shown = step;
    draw();
  };
  const all = (row: { layers: UpkeepRow['layers'] }, kind: FindingKind | null): number => Object.values(row.layers).reduce((n, counts) => n + sumOf(counts, kind), 0);

  const drawChips = (): void => {
    const chip = (kind: FindingKind | null): HTMLElement =>
      button(kind ? t(`finding.${kind}`) : t('upkeep.all'), () => {
        choice.kind = kind;
        changed();
        drawChips();
        chips.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
      }, { class: 'chip', 'aria-pressed': String(choice.kind === kind) }, h('b', {}, format.number(all(upkeep.total, kind))));
    chips.replaceChildren(...[null, ...findingKinds].map(chip));
  };

  const draw = (): void => {
    const { kind, byCode } = choice;
    const columns = Object.keys(upkeep.total.layers).filter((layer) => sumOf(upkeep.total.layers[layer]!, kind) > 0);
    const wanted = choice.filter.trim().toLowerCase();
    const rows = upkeep.rows
      .map((row) => ({ row, n: all(row, kind) }))
      .filter(({ row }) => wanted === '' || `${row.name ?? ''} ${row.code ?? ''}`.toLowerCase().includes(wanted));
    const dirty = rows.filter(({ n }) => n > 0);
    if (!byCode) dirty.sort((a, b) => b.n - a.n);
    const link = (n: number, only: Record<string, string>, said: string): HTMLElement | string => {
      if (n === 0) return '–';
      const parameters = new URLSearchParams({ desk: 'upkeep' });
      if (kind) parameters.set('desk.finding', kind);
      for (const [name, value] of Object.entries(only)) parameters.set(`desk.${name}`, value);
      return h('a', { href: `./?${parameters}`, 'aria-label': `${said} ${format.number(n)}` }, format.number(n));
    };
    const line = (name: string, code: string | null, counts: UpkeepRow['layers'], n: number): HTMLElement => {
      const only: Record<string, string> = code ? { community: code } : {};
      return h(
        'tr',
        {},
        h('th', { scope: 'row' }, name),
        h('td', { class: 'sum' }, link(n, only, name)),
        ...columns.map((layer) => {
          const of = counts[layer];
          const found = of ? sumOf(of, kind) : 0;
          return h('td', {}, of ? link(found, { ...only, layer }, `${name} ${layerTitle(layer)}`) : '', of && found > 0 && kind ? h('small', {}, `/${format.number(of.features)}`) : null);
        }),
      );
    };
    if (columns.length === 0) {
      body.replaceChildren(h('p', { role: 'status' }, t('staff.nothing')));
      return;
    }
    const left = dirty.length - shown;
    const more = (): void => {
      const first = shown;
      shown += step;
      draw();
      body.querySelectorAll<HTMLElement>('tbody a')[0]?.blur();
      body.querySelectorAll('tbody tr')[first]?.querySelector('a')?.focus();
    };
    const table = h(
      'table',
      {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('staff.community')), h('th', { scope: 'col' }, t('staff.sum')), ...columns.map((layer) => h('th', { scope: 'col' }, layerTitle(layer))))),
      h('tbody', {}, wanted === '' ? line(t('staff.city'), null, upkeep.total.layers, all(upkeep.total, kind)) : null, ...dirty.slice(0, shown).map(({ row, n }) => line(row.name ?? row.code ?? t('upkeep.nowhere'), row.code ?? '-', row.layers, n))),
    );
    if (wanted === '') table.querySelector('tbody tr')?.classList.add('city');
    const clean = rows.length - dirty.length;
    body.replaceChildren(
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('staff.title') }, table),
      left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(dirty.length) }), more, { class: 'outlined wide' }) : '',
      h('div', { class: 'under' }, clean > 0 ? h('p', { class: 'caption' }, t('staff.clean', { n: clean })) : h('span', {}), csvLink('upkeep', kind ? { finding: kind } : {}, t('upkeep.csv'))),
    );
  };

  filter.addEventListener('input', () => {
    choice.filter = filter.value;
    changed();
  });
  order.addEventListener('change', () => {
    choice.byCode = order.value === 'code';
    changed();
  });
  drawChips();
  draw();
  return h('section', { 'aria-label': t('staff.title') }, chips, h('div', { class: 'tools-row' }, filter, order), body, rules(upkeep));
}

/** How it is judged, with the figures of the server. */
function rules({ rules: r }: Upkeep): HTMLElement {
  const days = Object.entries(r.check_days).map(([layer, n]) => t('rule.days', { layer: layerTitle(layer), n })).join(languageIndex === 1 ? ', ' : '，');
  const lines = [t('rule.overdue', { days }), t('rule.unchecked'), t('rule.no_hours'), t('rule.outside', { n: r.outside_metres }), t('rule.area', { ground: r.ground_tolerance * 100, floor: r.floor_tolerance * 100 })];
  return h('details', { class: 'more' }, h('summary', {}, t('staff.rules')), h('ul', { class: 'rules' }, ...lines.map((line) => h('li', {}, line + sentenceGap))));
}
