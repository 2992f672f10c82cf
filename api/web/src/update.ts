// Says that what stands here may be other than before. Nothing is drawn anew by
// itself: somebody may be reading it, or about to press it.
import { button, h } from './dom';
import { t } from './i18n';

export const updateLine = (refresh: () => void): HTMLElement => h('p', { class: 'update' }, t('update'), button(t('update.refresh'), refresh, { class: 'outlined' }));
