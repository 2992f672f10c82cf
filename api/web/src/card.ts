// The card of one place: what it is, its state, how far it is, and what can be
// done with it. It opens for everything that can be selected, a bare point of
// the map as well.
import { askByCode, askFeature, askRoute, Failure } from './api';
import { fieldsOf, isReported, kindField, kindTitle, layerTitle } from './catalog';
import { touches, type Change } from './changes';
import { coordinateLines, copyLine } from './coordinates';
import { button, byId, h } from './dom';
import { glyphValue, phoneFields, rowsOf, services, stateLine, titleOf, titleOfField, titleText } from './facts';
import * as format from './format';
import { iconElement, iconName } from './icons';
import { languageIndex, pick, t } from './i18n';
import type { Reacher } from './reach';
import { anchorOf, boxOf, distance, everywhere, type Box } from './shapes';
import { isFeature, type LonLat, type Selection, type Store } from './state';
import type { Feature, Hit, Reached, Route } from './types';
import { updateLine } from './update';

export interface CardEvents {
  selected(feature: { geometry: GeoJSON.Geometry; image: string | null } | null): void;
  routed(route: Route | null): void;
  closed(key: string): void;
}

/** Beyond half an hour at a planner's pace a card does not ask for the way by itself. */
const farthestMetres = 1800;

export class Card {
  #box = byId('card');
  #running: AbortController | null = null;
  #hits: Hit[] = []; // what the last click met, the selected one first
  #at: LonLat | null = null; // where to walk to
  #key = '';
  #stood: { layer: string; properties: Record<string, unknown> } | null = null; // what the line of how it stands was made of
  #ground: Box = everywhere; // of what is shown

  constructor(
    private readonly store: Store,
    private readonly reacher: Reacher,
    private readonly events: CardEvents,
  ) {
    store.on((now, before) => {
      if (now.selected !== before.selected) void this.#open(now.selected);
      else if (now.selected && (now.route !== before.route || (now.route && (now.from !== before.from || now.speed !== before.speed)))) void this.#route();
    });
    reacher.on(() => {
      this.#standLine();
      void this.#walkLine();
    });
    this.#box.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  start(): void {
    if (this.store.state.selected) void this.#open(this.store.state.selected);
  }

  /** Tells what else lies under the click that is about to select something. */
  meet(hits: Hit[]): void {
    this.#hits = hits;
  }

  /** Offers to ask again when a change may have changed what is shown. */
  heard(change: Change): void {
    const { selected } = this.store.state;
    if (this.#box.querySelector('.update') || this.#box.hidden || !isFeature(selected) || !touches(change, [selected.layer], this.#ground)) return;
    this.#box.querySelector('.head')?.after(updateLine(() => void this.#open(selected)));
  }

  close(): void {
    const key = this.#key;
    this.store.set({ selected: null, route: false });
    this.events.closed(key);
  }

  async #open(selected: Selection | null): Promise<void> {
    this.#running?.abort();
    this.events.routed(null);
    if (!selected) {
      this.#box.hidden = true;
      this.#box.replaceChildren();
      this.#key = '';
      this.#at = null;
      this.events.selected(null);
      return;
    }
    const running = (this.#running = new AbortController());
    if (!isFeature(selected)) {
      this.#key = '';
      this.#at = selected.at;
      this.#drawPoint(selected.at);
      this.events.selected({ geometry: { type: 'Point', coordinates: [...selected.at] }, image: null });
      return;
    }
    this.#key = `${selected.layer}/${selected.id}`;
    const hit = this.#hits.find((one) => one.layer === selected.layer && one.id === selected.id);
    const listed = this.#listed();
    this.#at = listed ? [listed.lon, listed.lat] : (hit?.at ?? null);
    try {
      const feature = await askFeature(selected.layer, selected.id, running.signal);
      if (running.signal.aborted) return;
      this.#ground = (feature.geometry && boxOf(feature.geometry)) ?? everywhere;
      if (!this.#at && feature.geometry) this.#at = anchorOf(feature.geometry);
      this.#draw(selected.layer, feature);
      if (feature.geometry) this.events.selected({ geometry: feature.geometry, image: services.has(selected.layer) ? iconName(selected.layer, glyphValue(selected.layer, feature.properties)) : null });
      if (this.store.state.route) await this.#route();
      else await this.#walkLine();
    } catch (error) {
      if (running.signal.aborted) return;
      this.#fail(error instanceof Failure && error.kind === 'missing' ? t('card.gone') : error instanceof Failure && error.kind === 'offline' ? t('error.offline') : t('error.server'));
    }
  }

  #listed(): Reached | undefined {
    const reach = this.reacher.reach;
    return reach.status === 'done' ? [...reach.places, ...(reach.nearest ? [reach.nearest] : [])].find((p) => `${p.layer}/${p.id}` === this.#key) : undefined;
  }

  #head(title: string, kind: string, icon: string | null): HTMLElement {
    const heading = h('h2', { tabindex: -1 }, title);
    return h('div', { class: 'head' }, icon ? iconElement(icon) : null, h('div', {}, heading, h('p', { class: 'kind' }, kind)), button('×', () => this.close(), { class: 'close', 'aria-label': t('card.close') }));
  }

  #show(...children: (HTMLElement | null)[]): void {
    this.#box.replaceChildren(...children.filter((child) => child !== null));
    this.#box.hidden = false;
    this.#box.scrollTop = 0;
    this.#box.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }

  #fail(text: string): void {
    this.#show(this.#head(t('card'), '', null), h('p', { role: 'alert' }, text));
    this.events.selected(null);
  }

  #drawPoint(at: LonLat): void {
    this.#show(this.#head(t('card.point'), '', null), h('div', { class: 'actions' }, this.#circleButton('filled', t('from.point'), 'point')), ...coordinateLines(at), reportLink(`lon=${at[0].toFixed(6)}&lat=${at[1].toFixed(6)}`), this.#also());
  }

  #draw(layer: string, feature: Feature): void {
    const p = feature.properties;
    this.#stood = { layer, properties: p };
    const kind = kindTitle(layer, p[kindField(layer) ?? '']);
    const service = services.has(layer);
    const title = titleOf(layer, p, kind);
    const phone = phoneFields.map((name) => p[name]).find((value) => typeof value === 'string' && value !== '') as string | undefined;
    const where = [p.landmark, p.address].find((value) => typeof value === 'string' && value !== '') as string | undefined;
    const number = typeof p.number === 'string' && layer === 'booths' ? p.number : '';
    const code = typeof p.code === 'string' ? p.code : '';
    this.#show(
      this.#head(title, title === kind ? layerTitle(layer) : kind, service ? iconName(layer, glyphValue(layer, feature.properties)) : null),
      h('div', { id: 'stands' }, stateLine(layer, p, this.#listed())),
      h('p', { class: 'walk', id: 'walk', 'aria-live': 'polite', hidden: true }),
      h(
        'div',
        { class: 'actions' },
        service ? button(t('card.route'), () => this.store.set({ route: !this.store.state.route }), { class: 'filled', id: 'route-button', 'aria-pressed': 'false', hidden: this.store.state.from === null }) : null,
        phone ? h('a', { class: 'outlined', href: `tel:${phone.replace(/[^\d+]/g, '')}`, 'aria-label': `${t('card.call')} ${phone}` }, t('card.call')) : null,
        this.#circleButton(service ? 'outlined' : 'filled', title, 'place'),
      ),
      h('div', { id: 'route' }),
      typeof p.photo === 'string' && p.photo !== '' ? h('img', { class: 'photo', loading: 'lazy', decoding: 'async', width: 960, height: 640, alt: title, src: `photos/${layer}/${feature.id}/${p.photo}.jpg` }) : null,
      where ? h('p', {}, where) : null,
      number ? copyLine(titleOfField('booths', 'number'), number) : code ? copyLine(titleOfField(layer, 'code'), code) : null,
      this.#more(layer, feature),
      this.#coordinates(),
      isReported(layer) ? reportLink(`of=${layer}/${feature.id}`) : null,
      this.#also(),
    );
  }

  #coordinates(): HTMLElement | null {
    return this.#at && h('details', { class: 'more' }, h('summary', {}, t('coordinates')), ...coordinateLines(this.#at));
  }

  #circleButton(rank: string, name: string, how: 'place' | 'point'): HTMLElement {
    return button(t('card.circle'), () => this.#at && this.store.set({ from: how === 'place' ? { at: this.#at, how, name } : { at: this.#at, how }, minutes: 15, route: false, coverage: null }), { class: rank });
  }

  #more(layer: string, feature: Feature): HTMLElement | null {
    const rows = rowsOf(layer, feature.properties);
    if (rows.length === 0) return null;
    const list = h('dl', {});
    for (const { field, value } of rows) list.append(h('dt', {}, titleText(field)), h('dd', { 'data-field': field.name }, value));
    const details = h('details', { class: 'more' }, h('summary', {}, t('card.more')), list);
    details.addEventListener('toggle', () => void this.#resolve(layer, feature, list), { once: true });
    return details;
  }

  /** Codes that mean other features are shown by their names, as links. */
  async #resolve(layer: string, feature: Feature, list: HTMLElement): Promise<void> {
    for (const field of fieldsOf(layer)) {
      const code = feature.properties[field.name];
      const cell = list.querySelector(`[data-field="${field.name}"]`);
      if (!field.refs || !cell || typeof code !== 'string') continue;
      for (const target of field.refs) {
        try {
          const found = await askByCode(target, code);
          const name = found?.properties.name;
          if (found && typeof name === 'string' && name !== '') {
            cell.replaceChildren(button(name, () => this.store.set({ selected: { layer: target, id: found.id }, route: false }), { class: 'link' }));
            break;
          }
        } catch {
          // The code that stands there is right as well.
        }
      }
    }
  }

  #also(): HTMLElement | null {
    const others = this.#hits.filter((hit) => `${hit.layer}/${hit.id}` !== this.#key && hit.name !== '');
    if (others.length === 0) return null;
    const link = (hit: Hit): HTMLElement => button(hit.name, () => this.store.set({ selected: { layer: hit.layer, id: hit.id }, route: false }), { class: 'link' });
    return h('p', { class: 'also caption' }, `${t('card.also')} `, ...others.slice(0, 5).map(link));
  }

  /** Where a route to what is shown ends. */
  #goal(at: LonLat): LonLat | string {
    const layer = this.#key.split('/')[0]!;
    return services.has(layer) || layer === 'buildings' ? this.#key : at;
  }

  /** Says how far it is: from the list where it stands there, else by asking for the way. */
  /** A card that opened before there was a list says how the place stands once the list has come. */
  #standLine(): void {
    const listed = this.#listed();
    if (listed && this.#stood) document.getElementById('stands')?.replaceChildren(stateLine(this.#stood.layer, this.#stood.properties, listed) ?? '');
  }

  async #walkLine(): Promise<void> {
    const line = document.getElementById('walk');
    const { from, speed } = this.store.state;
    if (!line) return;
    const button = document.getElementById('route-button');
    if (button) button.hidden = from === null;
    const say = (minutes: number, metres: number): void => {
      line.textContent = t('card.walk', { minutes: format.minutes(minutes), metres: format.metres(metres) });
      line.hidden = false;
    };
    const listed = this.#listed();
    if (listed) {
      say(listed.minutes, listed.metres);
      return;
    }
    line.hidden = true;
    if (!from || !this.#at || this.reacher.reach.status !== 'done' || !services.has(this.#key.split('/')[0]!)) return;
    if (distance(from.at, this.#at) > farthestMetres) return;
    const key = this.#key;
    try {
      const route = await askRoute(from.at, this.#goal(this.#at), speed, this.#running?.signal);
      if (key === this.#key) say(route.properties.minutes, route.properties.metres);
    } catch {
      // The card is whole without this line.
    }
  }

  /** What the dotted line on the map means. */
  #accessLine(): HTMLElement {
    const reach = this.reacher.reach;
    const length = reach.status === 'done' ? reach.circle.origin.access_metres : 0;
    return h('p', { class: 'caption', hidden: length < 3 }, t('route.access', { metres: format.metres(length) }));
  }

  async #route(): Promise<void> {
    const box = document.getElementById('route');
    const toggle = document.getElementById('route-button');
    const { from, route: on, speed } = this.store.state;
    toggle?.setAttribute('aria-pressed', String(on));
    if (toggle) toggle.textContent = t(on ? 'card.route.off' : 'card.route');
    if (!box) return;
    if (!on || !from || !this.#at) {
      box.replaceChildren();
      this.events.routed(null);
      void this.#walkLine();
      return;
    }
    const key = this.#key;
    try {
      const route = await askRoute(from.at, this.#goal(this.#at), speed, this.#running?.signal);
      if (key !== this.#key || !this.store.state.route) return;
      box.replaceChildren(...steps(route), this.#accessLine());
      const line = document.getElementById('walk');
      if (line) {
        line.textContent = t('card.walk', { minutes: format.minutes(route.properties.minutes), metres: format.metres(route.properties.metres) });
        line.hidden = false;
      }
      this.events.routed(route);
    } catch (error) {
      if (key !== this.#key || this.#running?.signal.aborted) return;
      const kind = error instanceof Failure ? error.kind : 'server';
      const text = kind === 'unreachable' ? t('route.none') : kind === 'far' ? t('error.far') : kind === 'offline' ? t('error.offline') : t('route.failed');
      const why = error instanceof Failure && error.why ? h('p', { class: 'why' }, `${t('route.why')}${pick(error.why)}`) : '';
      box.replaceChildren(h('p', { role: 'alert' }, text), why, kind === 'server' || kind === 'offline' ? button(t('retry'), () => void this.#route(), { class: 'outlined' }) : '');
      this.events.routed(null);
    }
  }
}

function steps(route: Route): HTMLElement[] {
  const rows = route.properties.steps.map((step) => h('li', {}, languageIndex === 1 ? step.text_en : step.text_zh));
  return [h('h3', {}, t('route.title')), h('ol', { class: 'steps' }, ...rows)];
}

/** To the form on which residents say what is wrong there. */
const reportLink = (where: string): HTMLElement => h('p', {}, h('a', { class: 'outlined', href: `report?${where}` }, t('card.report')));
