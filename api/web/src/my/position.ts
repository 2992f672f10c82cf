// My position, at most eight seconds long. It is asked for when somebody presses the
// button, and never by itself.
import type { LonLat } from '../state';

const patienceMs = 8000;

export interface Fix {
  at: LonLat;
  accuracy: number; // metres
}

/** The position of the device; null: it is refused, or does not come in time, or not wanted any more. */
export function position(stop: AbortSignal): Promise<Fix | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), patienceMs); // some phones never answer
    const end = (fix: Fix | null): void => {
      clearTimeout(timer);
      resolve(fix);
    };
    stop.addEventListener('abort', () => end(null));
    if (!navigator.geolocation) end(null);
    else
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => end({ at: [coords.longitude, coords.latitude], accuracy: Math.round(coords.accuracy) }),
        () => end(null),
        { enableHighAccuracy: true, timeout: patienceMs, maximumAge: 10_000 },
      );
  });
}
