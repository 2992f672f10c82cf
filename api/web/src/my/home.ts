// The first screen: where I stand, what is to be looked at, and all my buildings.
import { button, debounce, h } from '../dom';
import { languageIndex, t } from '../i18n';
import { badge, dueText, isDue, list, row, titleOf, waits, type My } from './frame';
import type { Plan } from './plan';
import { position } from './position';
import { reportList } from './reports';
import type { Own, Work } from './types';
import { whereIs } from './where';

const wide = matchMedia('(min-width: 1024px)'); // where the plan stands beside the lists

/** What the first screen asks of the page around it. */
export interface Ground {
  /** Another grid, by a position that lies in none of those that were taken along. */
  seek(lon: number, lat: number): Promise<string>;
  choose(code: string): void;
}

export function home(my: My, ground: Ground): HTMLElement[] {
  const { work } = my;
  const today = my.today();
  const booths = sorted(work.booths);
  const late = booths.filter((booth) => isDue(booth, today)).length;
  const where = h('div', { class: 'where' });
  const plan = planBox(my);
  const buildings = buildingList(my);
  if (work.numberMatched > 0) where.append(...hereBox(my, ground, plan.pick, buildings.search));
  const opened = work.grids.length > 0; // who has too many grids opens one first
  return [
    h('p', { class: 'lead' }, ...gridLine(work)),
    where,
    ...(opened ? [
      plan.element,
      section(t('my.reports', { n: work.reports.length }), work.reports.length === 0 ? h('p', { class: 'caption' }, t('my.reports.none')) : reportList(my)),
      section(late > 0 ? t('my.booths.due', { n: booths.length, late }) : t('my.booths', { n: booths.length }), booths.length === 0 ? h('p', { class: 'caption' }, t('my.booths.none')) : list(booths.map((booth) => row(`#booth/${booth.id}`, titleOf(booth), reasonOf(booth, today), waits(my, 'booths', booth.id) ?? lateBadge(booth, today))))),
      ...(work.due.length > 0 ? [section(t('my.others.due', { n: work.due.length }), list(sorted(work.due).map((own) => row(`#look/${own.layer}/${own.id}`, titleOf(own), reasonOf(own, today), waits(my, own.layer, own.id) ?? lateBadge(own, today))), 5))] : []),
      buildings.element,
    ] : []),
    ...(work.choices.length > work.grids.length ? [section(t('my.choices', { n: work.numberMatched }), h('ul', { class: 'rows own' }), chooser(work, ground))] : []),
    h('p', { class: 'foot-links' }, h('a', { href: `/visits.csv${languageIndex === 1 ? '?lang=en' : ''}` }, t('my.visits.csv')), h('a', { href: '/my/plain' }, t('plain')), h('a', { href: '/' }, t('signin.map')), h('a', { href: '/signin' }, t('signin.as', { name: work.account }))),
  ];
}

const section = (title: string, ...children: HTMLElement[]): HTMLElement => h('section', {}, h('h2', {}, title), ...children);

const gridLine = (work: Work): string[] => {
  if (work.numberMatched === 0) return [t('my.grids.none')];
  if (work.grids.length === 0) return [t('my.grids.many', { n: work.numberMatched })];
  const names = work.grids.map((grid) => (grid.community && !grid.name.includes(grid.community) ? `${grid.community}${languageIndex === 1 ? ' ' : ''}${grid.name}` : grid.name));
  return [names.join(languageIndex === 1 ? ', ' : '、')];
};

/** The most overdue first, then what was never looked at. */
const sorted = <O extends Own>(all: O[]): O[] => [...all].sort((a, b) => (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999') || a.id - b.id);

const reasonOf = (own: Own, today: string): string => [dueText(own, today), own.where].filter(Boolean).join(' · ');

const lateBadge = (own: Own, today: string): HTMLElement | null => (isDue(own, today) ? badge(own.due_on ? t('my.late') : t('my.never'), own.due_on ? 'danger' : 'warn') : null);

/** The button by which one says "I am here", and what was found there. */
function hereBox(my: My, ground: Ground, pick: () => void, search: () => void): HTMLElement[] {
  const box = h('div', { 'aria-live': 'polite' });
  const failed = (text: string): void => {
    box.replaceChildren(
      h('div', { class: 'notice', 'data-is': 'warn', role: 'alert' }, h('p', {}, text), my.work.grids.length === 0 ? null : h('div', { class: 'actions' }, button(t('from.pick'), pick, { class: 'outlined' }), button(t('my.here.search'), search, { class: 'outlined' }))),
    );
  };
  const ask = async (): Promise<void> => {
    const stop = new AbortController();
    box.replaceChildren(h('p', { class: 'notice' }, t('locate.waiting'), ' ', button(t('locate.stop'), () => stop.abort(), { class: 'link' })));
    const fix = await position(stop.signal);
    if (!fix) {
      failed(t('locate.failed'));
      return;
    }
    const here = whereIs(fix.at, fix.accuracy, my.work);
    if (here.grid) {
      my.stand(here);
      return;
    }
    box.replaceChildren(h('p', { class: 'notice' }, t('my.here.asking')));
    failed(await ground.seek(...fix.at));
  };
  const { here } = my;
  if (here) box.append(foundBox(my));
  return [button(here ? t('my.here.again') : t('my.here'), () => void ask(), { class: here ? 'outlined wide' : 'filled wide here' }), box];
}

function foundBox({ here, work }: My): HTMLElement {
  if (!here) return h('div', {});
  const grid = here.grid ? (here.grid.community && !here.grid.name.includes(here.grid.community) ? `${here.grid.community} ${here.grid.name}` : here.grid.name) : t('my.here.nogrid');
  return h(
    'div',
    { class: 'notice found', 'data-is': here.grid ? 'good' : 'warn' },
    h('p', {}, h('b', {}, grid), here.accuracy === null ? null : h('span', { class: 'caption' }, ` ±${here.accuracy} ${t('my.metres')}`)),
    here.border ? h('p', {}, t('my.here.border')) : null,
    here.buildings.length === 0
      ? h('p', {}, t(work.buildings.length === 0 ? 'my.here.nobuildings' : 'my.here.nobuilding'))
      : h('ul', { class: 'rows own' }, ...here.buildings.map(({ building, metres }) => row(`#building/${building.id}`, titleOf(building), metres === 0 ? t('my.here.in') : t('my.here.away', { n: Math.max(1, Math.round(metres)) })))),
  );
}

/** A place for the plan, which is loaded when it is asked for. */
function planBox(my: My): { element: HTMLElement; pick(): void } {
  const box = h('div', { class: 'plan-box' });
  let plan: Plan | null = null;
  const load = async (): Promise<Plan | null> => {
    if (plan) return plan;
    try {
      const { Plan } = await import('./plan');
      plan = new Plan(my.work, {
        building: (id) => (location.hash = `#building/${id}`),
        booth: (id) => (location.hash = `#booth/${id}`),
        point: (at) => my.stand(whereIs(at, null, my.work)),
      });
    } catch {
      box.replaceChildren(h('p', { class: 'notice', 'data-is': 'warn' }, t('my.plan.failed')));
      return null;
    }
    box.replaceChildren(plan.element);
    plan.mark(my.here?.at ?? null);
    return plan;
  };
  if (my.work.grids.length === 0) return { element: box, pick: () => undefined };
  box.append(button(t('my.plan.show'), () => void load(), { class: 'outlined wide' }));
  if (my.here || wide.matches) void load();
  return {
    element: box,
    pick: () =>
      void load().then((shown) => {
        shown?.pick();
        box.scrollIntoView({ block: 'center' });
      }),
  };
}

function buildingList(my: My): { element: HTMLElement; search(): void } {
  const { work } = my;
  const field = h('input', { type: 'search', id: 'find', autocomplete: 'off', enterkeyhint: 'search', placeholder: t('my.find.hint') });
  const found = h('div', {});
  const show = (): void => {
    const wanted = field.value.trim().toLowerCase();
    const matching = work.buildings.filter((building) => wanted === '' || `${building.title ?? ''} ${building.within ?? ''}`.toLowerCase().includes(wanted));
    found.replaceChildren(matching.length === 0 ? h('p', { class: 'caption', role: 'status' }, t('my.find.none')) : list(matching.map((building) => row(`#building/${building.id}`, titleOf(building), figuresLine(building), waits(my, 'buildings', building.id)))));
  };
  field.addEventListener('input', debounce(150, show));
  show();
  return {
    element: h('section', { class: 'form' }, h('h2', {}, t('my.buildings', { n: work.buildings.length })), work.cut ? h('p', { class: 'caption' }, t('my.cut')) : null, work.buildings.length > 8 ? h('label', { for: 'find' }, t('my.find')) : null, work.buildings.length > 8 ? field : null, found),
    search: () => {
      (work.buildings.length > 8 ? field : found.querySelector<HTMLElement>('a'))?.focus();
      found.scrollIntoView({ block: 'center' });
    },
  };
}

export function figuresLine(building: { households: number | null; residents: number | null; estimated: boolean }): string {
  const known = [building.households === null ? null : t('my.n.households', { n: building.households }), building.residents === null ? null : t('my.n.residents', { n: building.residents })].filter(Boolean);
  if (known.length === 0) return t('my.nofigures');
  return `${known.join(' · ')}${building.estimated ? ` · ${t('my.estimated')}` : ''}`;
}

function chooser(work: Work, ground: Ground): HTMLElement {
  const select = h('select', { id: 'grid' }, h('option', { value: '' }, t('my.choose')), ...work.choices.map((grid) => h('option', { value: grid.code, selected: work.grids.some((own) => own.code === grid.code) }, [grid.community, grid.name].filter(Boolean).join(' '))));
  select.addEventListener('change', () => select.value && ground.choose(select.value));
  return h('div', { class: 'form' }, h('label', { for: 'grid' }, t('my.choose.label')), select);
}
