// Where the walk starts: says it in words and offers the ways to change it.
import { button, byId } from './dom';
import { locate, type OtherWays } from './locate';
import { t } from './i18n';
import type { LonLat, Origin, Store } from './state';

function originName(from: Origin | null): string {
  if (!from) return t('from.none');
  switch (from.how) {
    case 'centre':
      return t('from.centre');
    case 'me':
      return from.accuracy ? t('from.me.accuracy', { n: from.accuracy }) : t('from.me');
    case 'place':
      return from.name ?? t('from.point');
    case 'point':
      return t('from.point');
  }
}

/** What the map can do for the origin; without a map, less is offered. */
export interface OriginMap {
  centre(): LonLat;
  pick(done: (at: LonLat) => void): void;
}

export function makeOrigin(store: Store, map: () => OriginMap | null, search: () => void): void {
  const label = byId('from');
  const change = byId<HTMLButtonElement>('from-change');
  const menu = byId('from-menu');

  const toggle = (open: boolean): void => {
    menu.hidden = !open;
    change.setAttribute('aria-expanded', String(open));
  };
  const ways: OtherWays = {
    search,
    pick: () => map()?.pick((at) => store.set({ from: { at, how: 'point' } })),
    centre: () => {
      const view = map();
      if (view) store.set({ from: { at: view.centre(), how: 'centre' } });
    },
  };
  const choice = (text: string, go: () => void): HTMLElement =>
    button(text, () => {
      toggle(false);
      change.focus();
      go();
    });
  const fill = (): void => {
    const near = choice(t('from.me'), () => locate(store, ways));
    const type = choice(t('from.search'), search);
    menu.replaceChildren(...(map() ? [near, choice(t('from.centre'), ways.centre), choice(t('from.pick'), ways.pick), type] : [near, type]));
  };
  change.addEventListener('click', () => {
    fill();
    toggle(Boolean(menu.hidden));
    if (!menu.hidden) menu.querySelector('button')?.focus();
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    toggle(false);
    change.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!menu.hidden && event.target instanceof Node && !menu.contains(event.target) && event.target !== change) toggle(false);
  });
  byId('locate').addEventListener('click', () => locate(store, ways));

  const show = (): void => {
    label.textContent = t('from') + originName(store.state.from);
    byId('notice').replaceChildren();
  };
  store.on((now, before) => {
    if (now.from !== before.from) show();
  });
  show();
}
