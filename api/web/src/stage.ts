// What stands around a map, on every page that has one: its buttons, what is said
// when it does not come, and the line below it.
import { button, byId, h } from './dom';
import { t, type Text } from './i18n';
import type { View } from './map/view';

/** Shows the buttons of a map that has come. */
export function zoomButtons(view: View): void {
  document.body.classList.add('mapped');
  byId('zoom-in').addEventListener('click', () => view.zoom(1));
  byId('zoom-out').addEventListener('click', () => view.zoom(-1));
}

/** One line over the map, with a way to try again. */
export function mapMessage(text: Text, again: () => Promise<void>): void {
  const stage = byId('stage');
  if (stage.querySelector('.map-message')) return;
  const message = h('div', { class: 'map-message message', role: 'alert' }, h('p', {}, t(text)));
  message.append(
    button(t('retry'), () => {
      message.remove();
      void again().catch(() => mapMessage(text, again));
    }, { class: 'outlined' }),
  );
  stage.append(message);
}

/** Puts a sentence where the map would be. */
export function foldMap(text: Text): void {
  document.body.classList.remove('mapped');
  document.body.classList.add('mapless');
  byId('map').replaceChildren(h('p', { class: 'message', role: 'status' }, t(text)));
}

/** On a phone, the rest of the line below the map is shown when asked for. */
export function makeFooter(): void {
  byId('foot-more').addEventListener('click', () => {
    const open = document.querySelector('footer')!.classList.toggle('open');
    byId('foot-more').setAttribute('aria-expanded', String(open));
  });
}
