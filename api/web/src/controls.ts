// Category chips, minutes and speed: three small choices of one state.
import { all, categories } from './categories';
import { button, byId, h } from './dom';
import { t } from './i18n';
import type { Minutes, Speed, Store } from './state';

/** The chips of categories alone. */
export function makeChips(store: Store): void {
  const choose = (category: string): void => {
    const { coverage } = store.state;
    store.set({ category, selected: null, route: false, coverage: coverage && { ...coverage, kind: '', area: null } });
  };
  const chips = new Map([all, ...categories].map((c) => [c.id, button(t(c.chip), () => choose(c.id), { class: 'chip', title: t(c.title) })]));
  byId('chips').replaceChildren(...chips.values());
  const show = (): void => {
    chips.get(all.id)!.hidden = store.state.coverage !== null; // one kind at a time
    for (const [id, chip] of chips) chip.setAttribute('aria-pressed', String(id === store.state.category));
  };
  const reveal = (): void => chips.get(store.state.category)?.scrollIntoView({ block: 'nearest', inline: 'center' });
  store.on((now, before) => {
    show();
    if (now.category !== before.category) reveal();
  });
  show();
  reveal();
}

export function makeControls(store: Store): void {
  makeChips(store);
  const minutes = new Map(([5, 10, 15] as Minutes[]).map((n) => [n, button(String(n), () => store.set({ minutes: n }), { class: 'segment', 'aria-label': t('minutes.n', { n }) })]));
  byId('minutes').replaceChildren(...minutes.values(), h('span', { 'aria-hidden': 'true' }, t('minutes.unit')));

  const speed = byId<HTMLSelectElement>('speed');
  speed.replaceChildren(...(['planner', 'adult', 'elder'] as Speed[]).map((s) => h('option', { value: s }, t(`speed.${s}`))));
  speed.addEventListener('change', () => store.set({ speed: speed.value as Speed }));

  const show = (): void => {
    const { minutes: chosen, speed: pace } = store.state;
    for (const [n, segment] of minutes) segment.setAttribute('aria-pressed', String(n === chosen));
    speed.value = pace;
  };
  store.on(show);
  show();
}
