// What every map of ours loads besides its tiles.

/** Asks the host of this page, whatever name the server was given for links. */
export function ownHost(url: string): { url: string } {
  const { pathname, search } = new URL(url, location.href);
  return { url: new URL(pathname + search, location.origin).href };
}

/** The style sheet of MapLibre comes with the map, not with the page. */
export function loadSheet(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (document.querySelector(`link[href="${href}"]`)) {
      resolve();
      return;
    }
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error('style sheet of the map'));
    document.head.append(link);
  });
}

/** Whether this device can draw a map at all. */
export function canDraw(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}
