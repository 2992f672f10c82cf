// The list of blind spots: the panel while the coverage is shown. What is covered
// comes first, then the areas with people outside, worst first; one that is chosen
// is shown on the map and opens its list of buildings. It works without the map.
import { askOutside, askPatiently, type Failure } from './api';
import { layerTitle, termTitle } from './catalog';
import { categoryOf, fallbackCategory, all, kindsOf } from './categories';
import { config } from './config';
import { blindSpots, outsideOf, shareOf, type Covered, type Coverer, type Done } from './coverage';
import { button, byId, h } from './dom';
import { buildingNumber } from './facts';
import * as format from './format';
import { inSentence, sentenceGap, t } from './i18n';
import { coverageMinutes, type CoverageChoice, type Level, type Speed, type Store } from './state';
import { setSheet, sheetStop } from './sheet';
import type { CoverageRow, OutsideBuilding } from './types';
import { updateLine } from './update';

const step = 20; // areas more a press
const buildingsMost = 1000; // asked for of one area
const buildingsShown = 30;
const patienceMs = 200; // an answer within needs no word about waiting

export interface BlindSpotEvents {
  /** Somebody chose an area from the list. */
  chosen(row: CoverageRow): void;
  /** Hover or focus of a building. */
  point(building: OutsideBuilding | null): void;
  /** Somebody opened the coverage by its button. */
  opened(): void;
}

export class BlindSpots {
  #open = byId<HTMLButtonElement>('coverage-button');
  #panel = byId('coverage');
  #heading = h('h2', { tabindex: -1 });
  #kind = h('select', { 'aria-label': t('coverage.kind'), change: () => this.#choose({ kind: this.#kind.value, area: null }) });
  #speed = h('select', { 'aria-label': t('speed'), change: () => this.store.set({ speed: this.#speed.value as Speed }) });
  #minutes = new Map(coverageMinutes.map((n) => [n, button(String(n), () => this.#choose({ minutes: n }), { class: 'segment', 'aria-label': t('minutes.n', { n }) })]));
  #by = new Map((['community', 'grid', 'street'] as Level[]).map((by) => [by, button(t(`by.${by}`), () => this.#choose({ by, area: null }), { class: 'segment' })]));
  #newer = h('div', { class: 'newer', role: 'status' });
  #total = h('div', { class: 'total', role: 'status' });
  #spots = h('div', { class: 'spots' });
  #shown = step;
  #rows: CoverageRow[] = [];
  #timer = 0;
  #asking: AbortController | null = null;

  constructor(
    private readonly store: Store,
    private readonly coverer: Coverer,
    private readonly events: BlindSpotEvents,
  ) {
    this.#speed.replaceChildren(...(['planner', 'adult', 'elder'] as Speed[]).map((s) => h('option', { value: s }, t(`speed.${s}`))));
    this.#panel.replaceChildren(
      h('div', { class: 'head' }, this.#heading, button('×', () => this.close(), { class: 'close', 'aria-label': t('coverage.close') })),
      this.#newer,
      this.#total,
      h(
        'div',
        { class: 'controls' },
        h('div', { class: 'segments', role: 'group', 'aria-label': t('minutes') }, ...this.#minutes.values(), h('span', { 'aria-hidden': 'true' }, t('minutes.unit'))),
        h('div', { class: 'pace' }, this.#speed, this.#kind),
        h('div', { class: 'segments', role: 'group', 'aria-label': t('coverage.by') }, ...this.#by.values()),
      ),
      this.#spots,
    );
    this.#open.addEventListener('click', () => (this.store.state.coverage ? this.close() : this.#start()));
    this.#panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.close();
    });
    store.on((now, before) => {
      if (now.coverage?.by !== before.coverage?.by || now.coverage?.kind !== before.coverage?.kind || now.category !== before.category) this.#shown = step;
      this.#controls();
      if (now.coverage && before.coverage && now.coverage.area !== before.coverage.area) this.#mark();
    });
    coverer.on((covered) => this.#update(covered));
    this.#controls();
  }

  /** Offers to ask again where what is shown may be other than before. */
  offer(): void {
    const refresh = (): void => {
      this.#focus();
      this.coverer.retry();
    };
    this.#newer.replaceChildren(...(this.coverer.outdated ? [updateLine(refresh)] : []));
  }

  #focus(): void {
    this.#heading.focus({ preventScroll: true });
  }

  close(): void {
    this.store.set({ coverage: null });
    this.#open.focus();
  }

  /** Marks an area of the list, if it has it, as pressing it would; false if it has not. */
  chooses(id: number): boolean {
    if (!this.#rows.some((row) => row.id === id)) return false;
    this.#choose({ area: id });
    return true;
  }

  #start(): void {
    const { category, minutes } = this.store.state;
    this.store.set({
      coverage: { kind: '', minutes, by: 'community', area: null },
      category: category === all.id ? fallbackCategory.id : category,
      selected: null,
      route: false,
    });
    this.events.opened();
    if (sheetStop() === 'low') setSheet('half');
    this.#focus();
  }

  #choose(change: Partial<CoverageChoice>): void {
    const { coverage } = this.store.state;
    if (coverage) this.store.set({ coverage: { ...coverage, ...change } });
  }

  /** The places that the coverage is of, in words. */
  #places(): string {
    const { coverage, category } = this.store.state;
    const { field } = kindsOf(categoryOf(category));
    return coverage?.kind ? termTitle(field, coverage.kind) : t(categoryOf(category).title);
  }

  #controls(): void {
    const { coverage, category: id, speed } = this.store.state;
    const on = coverage !== null;
    this.#open.setAttribute('aria-pressed', String(on));
    document.body.classList.toggle('covering', on);
    byId('nearby').hidden = on;
    this.#panel.hidden = !on;
    if (!coverage) return;
    const category = categoryOf(id);
    const { field, kinds } = kindsOf(category);
    const known = category !== all; // or the address names none that there is
    this.#heading.textContent = known ? t('coverage.title', { kind: this.#places() }) : t('coverage');
    if (this.#kind.dataset.category !== id) {
      this.#kind.dataset.category = id;
      this.#kind.replaceChildren(h('option', { value: '' }, t('coverage.kind.all', { kind: inSentence(t(category.title)) })), ...kinds.map((kind) => h('option', { value: kind }, termTitle(field, kind))));
    }
    this.#kind.hidden = !known || kinds.length < 2;
    this.#kind.value = coverage.kind;
    this.#speed.value = speed;
    for (const [n, segment] of this.#minutes) segment.setAttribute('aria-pressed', String(n === coverage.minutes));
    for (const [by, segment] of this.#by) segment.setAttribute('aria-pressed', String(by === coverage.by));
  }

  #update(covered: Covered): void {
    clearTimeout(this.#timer);
    this.offer();
    this.#panel.setAttribute('aria-busy', String(covered.status === 'waiting'));
    switch (covered.status) {
      case 'off':
        this.#fill([], []);
        return;
      case 'unknown':
        this.#fill([], [h('div', { class: 'message', role: 'alert' }, h('p', {}, t('coverage.unknown', { of: covered.of })))]);
        return;
      case 'waiting':
        this.#timer = window.setTimeout(() => this.#fill([h('p', { class: 'wait' }, t('coverage.loading'))], []), patienceMs);
        return;
      case 'failed':
        this.#fill([], [this.#failure(covered.failure)]);
        return;
      case 'done':
        this.#draw(covered);
    }
  }

  #fill(total: HTMLElement[], spots: HTMLElement[]): void {
    this.#rows = [];
    this.#total.replaceChildren(...total);
    this.#spots.replaceChildren(...spots);
  }

  #failure(failure: Failure): HTMLElement {
    const words = { offline: 'error.offline', busy: 'coverage.busy', starting: 'error.starting' } as const;
    const text = t(failure.kind in words ? words[failure.kind as keyof typeof words] : 'coverage.failed');
    const retry = button(t('retry'), () => this.coverer.retry(), { class: 'outlined' });
    return h('div', { class: 'message', role: 'alert' }, h('p', {}, text), retry, failure.ref ? h('p', { class: 'caption' }, t('error.ref', { id: failure.ref })) : null);
  }

  #draw({ coverage, question }: Done): void {
    const { total, places } = coverage;
    const { minutes } = question;
    const kind = inSentence(this.#places());
    const time = format.moment(new Date(coverage.at));
    const facts = h('p', { class: 'caption' }, [t('coverage.facts', { places: format.number(places), kind, time }), config.demo ? t('foot.demo') : ''].filter(Boolean).join(' · '));
    if (places === 0) {
      this.#fill([h('p', {}, t('coverage.noplace', { kind })), facts], []);
      return;
    }
    if (total.buildings_in === total.buildings) {
      this.#fill([h('p', { class: 'share' }, t('coverage.total', { share: percent(100) })), h('p', { class: 'all' }, t('coverage.all', { minutes, kind })), facts], [this.#method(kind)]);
      return;
    }
    this.#fill([...totals(total, minutes), facts], []);
    this.#rows = blindSpots(coverage.rows);
    this.#list(kind);
  }

  #list(kind: string): void {
    const { by, area } = this.store.state.coverage!;
    const rows = this.#rows;
    this.#shown = Math.max(this.#shown, rows.findIndex((row) => row.id === area && area !== null) + 1);
    const more = (): void => {
      const first = this.#shown;
      this.#shown += step;
      this.#list(kind);
      this.#spots.querySelectorAll<HTMLElement>('.spot')[first]?.focus();
    };
    const left = rows.length - this.#shown;
    this.#spots.replaceChildren(
      h('h3', {}, t('coverage.spots'), ' ', h('span', { class: 'number' }, t(`areas.${by}`, { n: format.number(rows.length) }))),
      h('p', { class: 'caption' }, t('coverage.order')),
      h('ul', {}, ...rows.slice(0, this.#shown).map((row) => h('li', {}, this.#row(row)))),
      left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(rows.length) }), more, { class: 'outlined wide' }) : '',
      this.#method(kind),
    );
    this.#mark();
  }

  #row(row: CoverageRow): HTMLElement {
    const { households, buildings } = outsideOf(row);
    const share = shareOf(row);
    const n = format.number(buildings);
    const line =
      households === null ? t('coverage.row.few', { n })
      : households === 0 ? t('coverage.row.none', { n })
      : t('coverage.row', { n: format.number(households), all: format.number(row.households!) });
    const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, h('i', {}));
    (bar.firstElementChild as HTMLElement).style.width = `${share ?? 0}%`;
    const name = row.name ?? row.code ?? t('coverage.nowhere');
    const content = [
      h('span', { class: 'name' }, name),
      h('span', { class: 'share' }, share === null ? '' : t('coverage.share', { share: percent(share) })),
      h('span', { class: 'out' }, line),
      bar,
    ];
    if (row.id === null) return h('div', { class: 'spot' }, ...content);
    return h('button', { type: 'button', class: 'spot', 'data-area': row.id, 'aria-expanded': 'false', click: () => this.#press(row) }, ...content);
  }

  #press(row: CoverageRow): void {
    const chosen = this.store.state.coverage?.area === row.id;
    this.#choose({ area: chosen ? null : row.id });
    if (!chosen) this.events.chosen(row);
  }

  /** Marks the chosen area and lists its buildings under it. */
  #mark(): void {
    this.#asking?.abort();
    const area = this.store.state.coverage?.area ?? null;
    this.events.point(null); // what is removed is not left
    for (const list of this.#spots.querySelectorAll('.outside')) list.remove();
    for (const spot of this.#spots.querySelectorAll<HTMLElement>('[data-area]')) {
      const is = spot.dataset.area === String(area);
      spot.setAttribute('aria-expanded', String(is));
      if (!is) continue;
      spot.scrollIntoView({ block: 'nearest' });
      const row = this.#rows.find((r) => r.id === area);
      if (row?.code) spot.after(this.#buildings(row.code));
    }
  }

  #buildings(code: string): HTMLElement {
    const box = h('div', { class: 'outside', role: 'status' });
    const { covered } = this.coverer;
    if (covered.status !== 'done') return box;
    const { signal } = (this.#asking = new AbortController());
    const ask = async (): Promise<void> => {
      box.replaceChildren();
      const timer = window.setTimeout(() => box.replaceChildren(h('p', { class: 'wait' }, t('coverage.buildings.loading'))), patienceMs);
      try {
        const { matched, items } = await askPatiently(() => askOutside(covered.question, code, buildingsMost, signal), signal, () => {});
        if (signal.aborted) return;
        // Those who reach nothing first, then the farthest.
        items.sort((a, b) => (b.minutes ?? Infinity) - (a.minutes ?? Infinity) || a.id - b.id);
        box.replaceChildren(
          h('ul', {}, ...items.slice(0, buildingsShown).map((b) => h('li', {}, this.#building(b)))),
          matched > buildingsShown ? h('p', { class: 'caption' }, t('coverage.buildings.more', { n: buildingsShown, all: format.number(matched) })) : '',
        );
      } catch {
        if (!signal.aborted) box.replaceChildren(h('p', { role: 'alert' }, t('coverage.buildings.failed'), ' ', button(t('retry'), () => void ask(), { class: 'link' })));
      } finally {
        clearTimeout(timer);
      }
    };
    void ask();
    return box;
  }

  #building(b: OutsideBuilding): HTMLElement {
    const title = b.name || (b.number ? buildingNumber(b.number) : layerTitle('buildings'));
    const why = b.minutes === null ? t(`reason.${b.reason!}`) : t('coverage.building', { n: format.minutes(b.minutes), name: b.nearest?.name || this.#places() });
    const on = (): void => this.events.point(b);
    const off = (): void => this.events.point(null);
    const show = (): void => this.store.set({ selected: { layer: 'buildings', id: b.id }, route: false });
    return h('button', { type: 'button', click: show, mouseenter: on, mouseleave: off, focus: on, blur: off }, h('b', {}, title), ' ', h('span', {}, why));
  }

  /** How it was counted. */
  #method(kind: string): HTMLElement {
    const { covered } = this.coverer;
    const { figures, total } = (covered as Done).coverage;
    const { known } = total;
    const share = Math.round((total.estimated ?? 0) * 100);
    const spread = figures === 'published' ? [t('coverage.method.spread'), t('coverage.method.rounded')] : [];
    const sentences = [
      t('coverage.method', { kind, speed: t(`speed.${this.store.state.speed}`) }),
      ...spread,
      known < 1 ? t('coverage.method.known', { share: Math.floor(known * 100) }) : '',
      spread.length === 0 && share > 0 ? t('coverage.method.estimated', { share }) : '',
    ];
    return h('details', { class: 'more' }, h('summary', {}, t('coverage.how')), h('p', {}, sentences.filter(Boolean).join(sentenceGap)));
  }
}

/** A percentage that says 100 only where nothing is left, and 0 only where nothing is. */
function percent(share: number): string {
  const least = share > 0 ? 0.1 : 0;
  const most = share < 100 ? 99.9 : 100;
  return `${Math.min(most, Math.max(least, share)).toFixed(share === 0 || share === 100 ? 0 : 1)}%`;
}

function totals(total: Done['coverage']['total'], minutes: number): HTMLElement[] {
  const share = shareOf(total);
  const { households, buildings } = outsideOf(total);
  const figure = (n: number | null): string => (n === null ? t('coverage.few') : format.number(n));
  return [
    h('p', { class: 'share' }, t('coverage.total', { share: percent(share ?? 0) })),
    h('p', {}, t('coverage.total.in', { households: figure(total.households_in), people: figure(total.people_in), minutes })),
    h('p', {}, t('coverage.total.out', { households: figure(households), buildings: format.number(buildings) })),
  ];
}
