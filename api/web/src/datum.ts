// The shifted degrees of Chinese map services; twin of geo/crs/shift.go, which says
// where the formulas come from. A page needs them while it has no server to ask.
import type { LonLat } from './state';

export const datums = ['wgs84', 'gcj02', 'bd09'] as const;
export type Datum = (typeof datums)[number];

/** Whether the services shift there at all; outside, all datums are the same degrees. */
export const isShifted = ([lon, lat]: LonLat): boolean => lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;

const { PI, sin, cos, sqrt, abs, hypot, atan2 } = Math;
const semiMajor = 6378245; // metres, Krasovsky 1940
const e2 = 0.00669342162296594323;

function gcjPlus([lon, lat]: LonLat): LonLat {
  const x = lon - 105;
  const y = lat - 35;
  const root = sqrt(abs(x));
  const short = ((20 * sin(6 * PI * x) + 20 * sin(2 * PI * x)) * 2) / 3;
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short +
    ((20 * sin(PI * y) + 40 * sin((PI * y) / 3)) * 2) / 3 +
    ((160 * sin((PI * y) / 12) + 320 * sin((PI * y) / 30)) * 2) / 3;
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short +
    ((20 * sin(PI * x) + 40 * sin((PI * x) / 3)) * 2) / 3 +
    ((150 * sin((PI * x) / 12) + 300 * sin((PI * x) / 30)) * 2) / 3;
  const latitude = (lat * PI) / 180;
  const m = 1 - e2 * sin(latitude) ** 2;
  const w = sqrt(m);
  return [lon + (east * 180) / ((semiMajor / w) * cos(latitude) * PI), lat + (north * 180) / (((semiMajor * (1 - e2)) / (m * w)) * PI)];
}

function bdPlus([lon, lat]: LonLat): LonLat {
  const z = hypot(lon, lat) + 0.00002 * sin((lat * PI * 3000) / 180);
  const theta = atan2(lat, lon) + 0.000003 * cos((lon * PI * 3000) / 180);
  return [z * cos(theta) + 0.0065, z * sin(theta) + 0.006];
}

/** The place that forward moves to the goal: each round takes the error off the guess, and wins a factor of some 400. */
function invert(forward: (at: LonLat) => LonLat, goal: LonLat): LonLat {
  let at = goal;
  for (let round = 0; round < 10; round++) {
    const [x, y] = forward(at);
    const step: LonLat = [goal[0] - x, goal[1] - y];
    at = [at[0] + step[0], at[1] + step[1]];
    if (abs(step[0]) < 1e-10 && abs(step[1]) < 1e-10) break; // 0.01 mm
  }
  return at;
}

/** A place of the map as degrees of a datum. */
export function inDatum(at: LonLat, datum: Datum): LonLat {
  if (datum === 'wgs84' || !isShifted(at)) return at;
  const gcj = gcjPlus(at);
  return datum === 'gcj02' ? gcj : bdPlus(gcj);
}

/** The place of the map that degrees of a datum mean. */
export function fromDatum(at: LonLat, datum: Datum): LonLat {
  if (datum === 'wgs84' || !isShifted(at)) return at;
  return invert(gcjPlus, datum === 'gcj02' ? at : invert(bdPlus, at));
}
