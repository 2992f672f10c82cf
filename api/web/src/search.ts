// Search by name, code or number: a combobox whose list follows the typing. The
// form still works without script.
import { askSearch, Failure } from './api';
import { kindTitle } from './catalog';
import { byId, h } from './dom';
import { iconElement, iconName } from './icons';
import { t } from './i18n';
import type { Place } from './types';

const pauseMs = 180; // of typing, before the server is asked

const withIcon = new Set(['booths', 'shelters', 'facilities', 'parking', 'gates']);

export function makeSearch(choose: (place: Place) => void): void {
  const form = byId<HTMLFormElement>('search');
  const input = byId<HTMLInputElement>('q');
  const box = byId('suggestions');
  let places: Place[] = [];
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
    input.setAttribute('aria-expanded', String(places.length > 0));
    active = -1;
  };
  const say = (text: string): void => {
    places = [];
    open(h('p', { role: 'option', 'aria-disabled': 'true', class: 'none' }, text));
  };
  const take = (place: Place): void => {
    clearTimeout(timer);
    running?.abort();
    close();
    input.blur();
    choose(place);
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
    places = []; // Enter must not take what another text had found
    if (q === '') {
      close();
      return;
    }
    running = new AbortController();
    const { signal } = running;
    try {
      const found = await askSearch(q, signal);
      if (signal.aborted) return;
      places = found.items;
      byId('found').textContent = t('search.count', { n: places.length });
      if (places.length === 0) say(t('search.none', { q }));
      else open(...places.map((place, i) => option(place, i, () => take(place))));
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
    if (places.length > 0 && input.value.trim() === asked) box.hidden = false;
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // Enter and arrows belong to the input method
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (box.hidden && places.length > 0) box.hidden = false;
      move(active + (event.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === 'Escape') {
      close();
      input.blur();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void (async () => {
      if (input.value.trim() !== asked || places.length === 0) await ask();
      const place = places[Math.max(active, 0)];
      if (place) take(place);
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

function option(place: Place, index: number, take: () => void): HTMLElement {
  const kind = kindTitle(place.layer, place.kind);
  return h(
    'div',
    { id: `option-${index}`, role: 'option', 'aria-selected': 'false', 'data-place': true, class: 'option', pointerdown: (event) => event.preventDefault(), click: take },
    withIcon.has(place.layer) ? iconElement(iconName(place.layer, place.kind)) : h('span', { class: 'icon' }),
    h('span', { class: 'name' }, place.name || kind),
    h('span', { class: 'kind' }, [place.name ? kind : '', place.code].filter(Boolean).join(' · ')),
  );
}
