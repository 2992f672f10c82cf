// The list: the twin of the map. Rows are links to the state in which their card
// is open; hovering or focusing one rings its icon. It also says what there is
// to say when there is nothing to list.
import type { Failure } from './api';
import { all, categories, categoryOf, categoryOfPlace, type Category } from './categories';
import { kindTitle } from './catalog';
import { write } from './address';
import { button, byId, h } from './dom';
import { boothWord, openText } from './facts';
import * as format from './format';
import { iconElement, iconName } from './icons';
import { inSentence, pick, sentenceGap, t } from './i18n';
import type { Reach, Reacher } from './reach';
import { isFeature, type Store } from './state';
import type { Circle, Reached } from './types';
import { updateLine } from './update';

const step = 20;
const firstOfMany = 6; // rows of a category while all are shown

export interface ListEvents {
  point(place: Reached | null): void; // hover or focus
  shown(places: Reached[]): void; // the rows that are on the page
}

export class List {
  #shown = new Map<string, number>(); // rows by category
  #box = byId('list');
  #summary = byId('summary');
  #timer = 0;

  constructor(
    private readonly store: Store,
    private readonly reacher: Reacher,
    private readonly events: ListEvents,
  ) {
    reacher.on((reach) => this.#update(reach));
    store.on((now, before) => {
      if (now.category !== before.category || now.from !== before.from) this.#shown.clear();
      if (now.selected !== before.selected) this.#mark();
    });
  }

  /** Offers to ask again where what is listed may be other than before. */
  offer(): void {
    const refresh = (): void => {
      this.#summary.focus();
      this.reacher.retry();
    };
    byId('update').replaceChildren(...(this.reacher.outdated ? [updateLine(refresh)] : []));
  }

  #update(reach: Reach): void {
    clearTimeout(this.#timer);
    this.offer();
    switch (reach.status) {
      case 'none':
        this.#say(h('p', {}, t('list.start')));
        return;
      case 'waiting':
        // An answer within 200 ms needs no word about waiting.
        this.#timer = window.setTimeout(() => this.#say(h('p', { class: 'wait' }, t('list.loading')), ghostRows()), 200);
        return;
      case 'failed':
        this.#say(this.#failure(reach.failure));
        return;
      case 'done':
        this.#draw(reach.circle, reach.places, reach.nearest);
    }
  }

  #say(...children: HTMLElement[]): void {
    this.#summary.textContent = '';
    this.#box.replaceChildren(...children);
    this.events.shown([]);
  }

  #failure(failure: Failure): HTMLElement {
    const words = { far: 'error.far', offline: 'error.offline', busy: 'error.busy', starting: 'error.starting' } as const;
    const text = failure.kind in words ? t(words[failure.kind as keyof typeof words]) : t('error.server');
    const retry = failure.kind === 'far' ? null : button(t('retry'), () => this.reacher.retry(), { class: 'outlined' });
    return h('div', { class: 'message', role: 'alert' }, h('p', {}, text), failure.why ? h('p', { class: 'why' }, pick(failure.why)) : null, retry, failure.ref ? h('p', { class: 'caption' }, t('error.ref', { id: failure.ref })) : null);
  }

  #draw(circle: Circle, places: Reached[], nearest: Reached | null | undefined): void {
    const { minutes, category } = this.store.state;
    if (places.length === 0) {
      this.#summary.textContent = '';
      this.#box.replaceChildren(this.#empty(nearest), peopleLine(circle, minutes));
      this.events.shown(nearest ? [nearest] : []);
      return;
    }
    this.#summary.textContent = t('list.count', { minutes, n: format.number(places.length) });
    const children: HTMLElement[] = [];
    const shown: Reached[] = [];
    const groups = category === all.id ? categories : [categoryOf(category)];
    for (const group of groups) {
      const members = category === all.id ? places.filter((p) => categoryOfPlace(p) === group) : places;
      if (members.length === 0) continue;
      const visible = members.slice(0, this.#shown.get(group.id) ?? (category === all.id ? firstOfMany : step));
      if (category === all.id) children.push(h('h3', {}, t(group.title), ' ', h('span', { class: 'number' }, format.number(members.length))));
      children.push(h('ul', { class: 'rows' }, ...visible.map((place) => h('li', {}, this.#row(place)))));
      if (visible.length < members.length) children.push(this.#more(group, members.length, visible.length));
      shown.push(...visible);
    }
    children.push(peopleLine(circle, minutes));
    this.#box.replaceChildren(...children);
    this.#mark();
    this.events.shown(shown);
  }

  #row(place: Reached): HTMLElement {
    const key = `${place.layer}/${place.id}`;
    const selected = { layer: place.layer, id: place.id };
    const kind = kindTitle(place.layer, place.kind);
    const row = h(
      'a',
      {
        class: 'row',
        href: write({ ...this.store.state, selected, route: false }, location.search),
        'data-key': key,
        mouseenter: () => this.events.point(place),
        mouseleave: () => this.events.point(null),
        focus: () => this.events.point(place),
        blur: () => this.events.point(null),
      },
      h('span', { class: 'minutes' }, t('minutes.short', { n: format.minutes(place.minutes) })),
      h('span', { class: 'metres' }, format.metres(place.metres)),
      iconElement(iconName(place.layer, place.kind)),
      h('span', { class: 'name' }, place.name || kind),
      h('span', { class: 'kind' }, place.name ? h('span', {}, kind) : null, openWord(place)),
    );
    row.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      this.store.set({ selected, route: false });
    });
    return row;
  }

  #more(group: Category, total: number, visible: number): HTMLElement {
    const label = t('list.more', { step: Math.min(step, total - visible), n: format.number(total) });
    const show = (): void => {
      this.#shown.set(group.id, visible + step);
      const reach = this.reacher.reach;
      if (reach.status === 'done') this.#draw(reach.circle, reach.places, reach.nearest);
    };
    return button(label, show, { class: 'outlined wide' });
  }

  #empty(nearest: Reached | null | undefined): HTMLElement {
    const { minutes, category } = this.store.state;
    const kind = category === all.id ? t('list.any') : inSentence(t(categoryOf(category).title));
    const second = nearest === null ? t('list.nearest.none') : nearest ? t('list.nearest', { n: format.minutes(nearest.minutes) }) : '';
    return h(
      'div',
      { class: 'message' },
      h('p', {}, [t('list.empty', { minutes, kind }), second].join(sentenceGap)),
      h(
        'p',
        { class: 'actions' },
        nearest ? button(t('list.nearest.show'), () => this.store.set({ selected: { layer: nearest.layer, id: nearest.id } }), { class: 'filled' }) : null,
        category !== all.id ? button(t('list.other'), () => this.store.set({ category: all.id }), { class: 'outlined' }) : null,
      ),
    );
  }

  /** Marks the row of the selected feature and scrolls it into view. */
  #mark(): void {
    const selected = this.store.state.selected;
    const key = isFeature(selected) ? `${selected.layer}/${selected.id}` : '';
    for (const row of this.#box.querySelectorAll<HTMLElement>('.row')) {
      const is = row.dataset.key === key;
      if (is) {
        row.setAttribute('aria-current', 'true');
        row.scrollIntoView({ block: 'nearest' });
      } else row.removeAttribute('aria-current');
    }
  }

  /** Puts the focus back on a row after its card was closed; on the summary when it is gone. */
  focus(key: string): void {
    const row = this.#box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    (row ?? this.#summary).focus();
  }
}

function openWord(place: Reached): HTMLElement | null {
  if (place.state) return h('span', { class: place.state === 'open' ? 'open' : 'closed' }, boothWord(place.state));
  if (place.open_now === null || place.open_now === undefined) return null;
  return h('span', { class: place.open_now ? 'open' : 'closed' }, openText(place.layer, place.kind, place.open_now));
}

function peopleLine(circle: Circle, minutes: number): HTMLElement {
  const band = circle.features.find((f) => f.properties.minutes === minutes)?.properties;
  if (!band || band.households === null || band.people === null) return h('p', { hidden: true });
  const known = band.known !== null && band.known < 1 ? ` · ${t('list.people.known', { share: Math.floor(band.known * 100) })}` : '';
  const share = Math.round((band.estimated ?? 0) * 100);
  const method = circle.figures === 'published' ? t('list.people.spread') : share > 0 ? t('list.people.estimated', { share }) : '';
  return h('p', { class: 'people caption' }, t('list.people', { households: format.number(band.households), people: format.number(band.people) }) + (method && ` · ${method}`) + known);
}

const ghostRows = (): HTMLElement => h('div', { class: 'ghosts', 'aria-hidden': 'true' }, ...Array.from({ length: 5 }, () => h('div', { class: 'ghost' })));
