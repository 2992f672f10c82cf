// Search by name, code, number or coordinates: a combobox whose list follows the typing. The
// form still works without script.
import { askSearch, Failure } from './api';
import { kindTitle } from './catalog';
import { config } from './config';
import { readTyped, written, type Typed } from './coordinates';
import { byId, h } from './dom';
import { iconElement, iconName } from './icons';
import { t } from './i18n';
import type { LonLat } from './state';
import type { Place } from './types';

const pauseMs = 180; // of typing, before the server is asked

const withIcon = new Set(['booths', 'shelters', 'facilities', 'parking', 'gates']);

export interface Found {
  place(place: Place): void;
  position(at: LonLat): void;
}

export function makeSearch(choose: Found): void {
  const form = byId<HTMLFormElement>('search');
  const input = byId<HTMLInputElement>('q');
  const box = byId('suggestions');
  let found: (Place | Typed)[] = [];
  let asked = '';
  let active = -1;
  let running: AbortController | null = null;
  let timer = 0;

  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-expanded', 'false');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', box.id);

  const close = (): void => {
    box.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    active = -1;
  };
  const open = (...children: HTMLElement[]): void => {
    box.replaceChildren(...children);
    box.hidden = false;
    input.setAttribute('aria-expanded', String(found.length > 0));
    active = -1;
  };
  const say = (text: string): void => {
    found = [];
    open(h('p', { role: 'option', 'aria-disabled': 'true', class: 'none' }, text));
  };
  const take = (one: Place | Typed): void => {
    clearTimeout(timer);
    running?.abort();
    close();
    input.blur();
    if ('at' in one) choose.position(one.at);
    else choose.place(one);
  };
  const move = (to: number): void => {
    const options = [...box.querySelectorAll<HTMLElement>('[data-place]')];
    if (options.length === 0) return;
    options[active]?.setAttribute('aria-selected', 'false');
    active = (to + options.length) % options.length;
    const option = options[active]!;
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', option.id);
  };

  const ask = async (): Promise<void> => {
    const q = input.value.trim();
    asked = q;
    clearTimeout(timer);
    running?.abort();
    found = []; // Enter must not take what another text had found
    if (q === '') {
      close();
      return;
    }
    const positions = readTyped(q, config.bounds);
    if (positions.length > 0) {
      found = positions;
      byId('found').textContent = t('search.count', { n: found.length });
      open(...positions.map((position, i) => option(i, () => take(position), written(position.typed), t('search.position', { datum: t(`datum.${position.datum}`) }))));
      return;
    }
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await askSearch(q, signal);
      if (signal.aborted) return;
      found = answer.items;
      byId('found').textContent = t('search.count', { n: found.length });
      if (found.length === 0) say(t('search.none', { q }));
      else open(...answer.items.map((place, i) => placeOption(place, i, () => take(place))));
    } catch (error) {
      if (signal.aborted) return;
      say(t(error instanceof Failure && error.kind === 'offline' ? 'error.offline' : 'search.failed'));
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), pauseMs);
  });
  input.addEventListener('focus', () => {
    if (found.length > 0 && input.value.trim() === asked) box.hidden = false;
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // Enter and arrows belong to the input method
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (box.hidden && found.length > 0) box.hidden = false;
      move(active + (event.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === 'Escape') {
      close();
      input.blur();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void (async () => {
      if (input.value.trim() !== asked || found.length === 0) await ask();
      const one = found[Math.max(active, 0)];
      if (one) take(one);
    })();
  });
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !form.contains(event.target)) close();
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  if (input.value.trim()) void ask();
}

function placeOption(place: Place, index: number, take: () => void): HTMLElement {
  const kind = kindTitle(place.layer, place.kind);
  const icon = withIcon.has(place.layer) ? iconElement(iconName(place.layer, place.kind)) : null;
  return option(index, take, place.name || kind, [place.name ? kind : '', place.code].filter(Boolean).join(' · '), icon);
}

function option(index: number, take: () => void, name: string, kind: string, icon: Element | null = null): HTMLElement {
  return h(
    'div',
    { id: `option-${index}`, role: 'option', 'aria-selected': 'false', 'data-place': true, class: 'option', pointerdown: (event) => event.preventDefault(), click: take },
    icon ?? h('span', { class: 'icon' }),
    h('span', { class: 'name' }, name),
    h('span', { class: 'kind' }, kind),
  );
}
