// My position: at most eight seconds, and three other ways when it fails. It is
// asked for only when somebody presses the button.
import { config } from './config';
import { button, byId, h } from './dom';
import { t, type Text } from './i18n';
import type { LonLat, Store } from './state';

const patienceMs = 8000;

export interface OtherWays {
  pick(): void;
  search(): void;
  centre(): void;
}

export function locate(store: Store, ways: OtherWays): void {
  const notice = byId('notice');
  let waiting = true;
  const finish = (...children: HTMLElement[]): void => {
    waiting = false;
    clearTimeout(timer);
    notice.replaceChildren(...children);
  };
  const fail = (text: Text): void => {
    if (!waiting) return;
    const way = (label: Text, go: () => void): HTMLElement => button(t(label), () => (notice.replaceChildren(), go()), { class: 'outlined wide' });
    finish(
      h(
        'div',
        { class: 'message', role: 'alert' },
        h('p', {}, t(text)),
        way('from.pick', ways.pick),
        way('from.search', ways.search),
        way('from.centre', ways.centre),
        text === 'locate.failed' ? h('details', {}, h('summary', {}, t('locate.how')), h('p', {}, t('locate.how.text'))) : null,
      ),
    );
  };
  const timer = window.setTimeout(() => fail('locate.failed'), patienceMs);
  notice.replaceChildren(
    h('p', { class: 'message', role: 'status' }, t('locate.waiting'), ' ', button(t('locate.stop'), () => fail('locate.failed'), { class: 'link' })),
  );
  if (!navigator.geolocation) {
    fail('locate.failed');
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      if (!waiting) return;
      const at: LonLat = [coords.longitude, coords.latitude];
      if (!onMap(at)) {
        fail('locate.outside');
        return;
      }
      finish();
      store.set({ from: { at, how: 'me', accuracy: Math.round(coords.accuracy) } });
    },
    () => fail('locate.failed'),
    { enableHighAccuracy: true, timeout: patienceMs, maximumAge: 30_000 },
  );
}

function onMap([lon, lat]: LonLat): boolean {
  const [west, south, east, north] = config.bounds;
  return lon >= west && lon <= east && lat >= south && lat <= north;
}
