// What imports left for people to decide, where the server was started to show
// it: a drawer that lists the items, and their places on the map while it is open.
// Settling them is for the command line.
import { askWorklist } from './api';
import { config } from './config';
import { button, byId, h } from './dom';
import * as format from './format';
import { languageIndex, t } from './i18n';
import type { View } from './map/view';
import { boxOf } from './shapes';
import { wide } from './sheet';
import type { WorkItem, Worklist } from './types';

const shownMost = 500; // rows of the list; the map shows all that came

export function makeWorklist(view: () => View | null): void {
  if (!config.worklist) return;
  const open = byId<HTMLButtonElement>('worklist-button');
  const drawer = byId('worklist');
  open.hidden = false;

  const toggle = (shown: boolean): void => {
    drawer.hidden = !shown;
    open.setAttribute('aria-expanded', String(shown));
    if (shown) void show();
    else {
      view()?.showWorklist(null);
      open.focus();
    }
  };
  // On a phone the drawer lies over the map: it gives way to what was chosen, and
  // the marks stay.
  const stepAside = (): void => {
    if (wide.matches) return;
    drawer.hidden = true;
    open.setAttribute('aria-expanded', 'false');
  };
  const fill = (...content: (Node | null)[]): void => {
    drawer.replaceChildren(
      h('div', { class: 'head' }, h('h2', { tabindex: -1 }, t('worklist.title')), button('×', () => toggle(false), { class: 'close', 'aria-label': t('card.close') })),
      ...content.filter((c) => c !== null),
    );
    drawer.querySelector<HTMLElement>('h2')?.focus();
  };
  const show = async (): Promise<void> => {
    fill(h('p', { class: 'wait' }, t('list.loading')));
    let items: Worklist;
    try {
      items = await askWorklist();
    } catch {
      fill(h('p', {}, t('worklist.failed')), button(t('retry'), () => void show(), { class: 'outlined' }));
      return;
    }
    if (drawer.hidden) return; // closed meanwhile
    view()?.showWorklist(items);
    fill(
      h('p', { role: 'status' }, items.features.length > 0 ? t('worklist.count', { n: items.numberMatched }) : t('worklist.none')),
      h('ul', { class: 'worklist' }, ...items.features.slice(0, shownMost).map((item) => h('li', {}, row(item, view, stepAside)))),
      items.numberMatched > shownMost ? h('p', {}, t('worklist.more', { n: shownMost })) : null,
    );
  };

  open.addEventListener('click', () => toggle(Boolean(drawer.hidden)));
  drawer.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    toggle(false);
  });
}

/** One item: what is wrong, how large, with whom; a click shows its place. */
function row(item: WorkItem, view: () => View | null, chosen: () => void): HTMLElement {
  const p = item.properties;
  const and = languageIndex === 1 ? ', ' : '、';
  const lines: string[] = [];
  if (p.kind === 'unplaced') {
    if (p.address) lines.push(p.address);
    lines.push(p.candidates?.length ? t('worklist.perhaps', { names: p.candidates.map((c) => c.name).join(and) }) : t('worklist.nowhere'));
  } else {
    lines.push(t('worklist.size', { area: format.number(p.area_m2 ?? 0), width: (p.width_m ?? 0).toFixed(2) }));
    if (p.members?.length) lines.push(t('worklist.of', { names: p.members.join(and) }));
    if (p.parent) lines.push(t('worklist.against', { name: p.parent }));
  }
  const from = [p.file, p.where].filter(Boolean).join(' · ');
  const element = h(
    'button',
    { type: 'button', disabled: item.geometry === null },
    h('b', {}, t(`worklist.${p.kind}`), p.title ? ` ${p.title}` : ''),
    ...lines.map((line) => h('span', {}, line)),
    from ? h('small', {}, from) : null,
  );
  element.addEventListener('click', () => {
    const box = item.geometry && boxOf(item.geometry);
    chosen();
    if (box) view()?.fit(box);
  });
  return element;
}
