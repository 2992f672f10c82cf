// Degrees as people write them: 28.29, 28°17′30″N, 东经117度12分, N 28°17.5'.

/** What an angle is of: a letter or word beside it says so. */
export type Axis = 'lon' | 'lat' | null;

export interface Angle {
  degrees: number; // negative in the west and in the south
  axis: Axis;
}

/** Words and marks that mean the same, the longer ones first. */
const same: [RegExp, string][] = [
  [/东经|東經|经度|經度|longitude|lon(?=\W)|lng/g, ' e '],
  [/西经|西經/g, ' w '],
  [/北纬|北緯|纬度|緯度|latitude|lat(?=\W)/g, ' n '],
  [/南纬|南緯/g, ' s '],
  [/[度º˚]/g, '°'],
  [/[分’‘′´]/g, "'"],
  [/[秒”“″]|'\s*'/g, '"'],
];

// Minutes need a sign between them and the seconds; the sign of the last part may be missing.
const degrees = String.raw`([-+]?\d+(?:\.\d+)?)(?:\s*°(?:\s*(\d+(?:\.\d+)?)(?:\s*'(?:\s*(\d+(?:\.\d+)?)\s*"?)?)?)?)?`;
const angle = String.raw`(?:([ensw])\s*:?\s*${degrees}|${degrees}\s*([ensw])?)`;
// Without a letter or a mark beside it, the space is what parts two numbers.
const between = String.raw`(?:[\s,;/]+|(?<=[ensw°'"])|(?=[ensw]))`;
const pair = new RegExp(`^[\\s(]*${angle}${between}\\s*${angle}[\\s)]*$`);
const groups = 8; // of an angle

/** The two angles of a text, in their order; null when it is something else. */
export function readAngles(text: string): [Angle, Angle] | null {
  let plain = text.toLowerCase().replaceAll('°', ' ° ');
  // Signs before the text is made plain: some of them would fall apart.
  for (const [written, sign] of same) plain = plain.replace(written, sign);
  plain = plain.normalize('NFKC').replaceAll('、', ',');
  const parts = pair.exec(plain);
  if (!parts) return null;
  const first = readAngle(parts.slice(1, 1 + groups));
  const second = readAngle(parts.slice(1 + groups, 1 + 2 * groups));
  if (!first || !second || (first.axis && first.axis === second.axis)) return null;
  return [first, second];
}

function readAngle(parts: (string | undefined)[]): Angle | null {
  const letter = parts[0] ?? parts[7];
  const [whole, minutes, seconds] = parts[0] ? parts.slice(1, 4) : parts.slice(4, 7);
  if (!whole) return null;
  const part = (text: string | undefined, above: string | undefined): number => {
    if (text === undefined) return 0;
    return Number(text) < 60 && !above?.includes('.') ? Number(text) : NaN; // 28.5°30′ is no angle
  };
  const size = Math.abs(Number(whole)) + part(minutes, whole) / 60 + part(seconds, minutes) / 3600;
  const back = whole.startsWith('-') || letter === 's' || letter === 'w';
  if (Number.isNaN(size)) return null;
  return { degrees: back ? -size : size, axis: letter ? (letter === 'e' || letter === 'w' ? 'lon' : 'lat') : null };
}
