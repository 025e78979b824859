/** The plot in the README: operations of an idle run by library size, with logarithmic axes. */
import type { Job, Result } from './bench.ts';
import { amount } from './budgets.ts';

const size = { width: 860, height: 470 };
const area = { left: 92, right: 628, top: 116, bottom: 400 };

/** The label of each job's line. */
const series: readonly { job: Job; label: string; note: string }[] = [
  { job: 'defective', label: 'Plain job with its defect', note: 'lists, reads and writes everything' },
  { job: 'plain', label: 'Plain job', note: 'lists and reads everything' },
  { job: 'ours', label: 'This project', note: 'one call to the changes feed' },
];

/** One measured point. */
interface Point {
  books: number;
  operations: number;
}

/** Returns the plot as SVG. Its colors follow the reader's light or dark theme. Only measured sizes are drawn. */
export function plot(results: readonly Result[]): string {
  const lines = series.map(({ job, ...names }) => ({ job, ...names, points: pointsOf(job, results) }));
  const points = lines.flatMap((line) => line.points);
  const [xLow, xHigh] = decades(points.map(({ books }) => books));
  const [, yHigh] = decades(points.map(({ operations }) => operations));
  const x = scale([xLow, xHigh], [area.left, area.right]);
  const y = scale([0, yHigh], [area.bottom, area.top]);

  const grid = range(0, yHigh).map(
    (power) =>
      `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${y(10 ** power)}" y2="${y(10 ** power)}"/>` +
      text(area.left - 12, y(10 ** power) + 4, amount(10 ** power), 'tick end'),
  );
  const ticks = range(xLow, xHigh).map((power) =>
    text(x(10 ** power), area.bottom + 24, amount(10 ** power), 'tick middle'),
  );
  const drawn = lines.filter((line) => line.points.length > 0);
  const labelPositions = spread(drawn.map(({ points: of }) => y(of.at(-1)?.operations ?? 1)));
  const curves = drawn.map((line, index) => curve(line, labelPositions[index] ?? 0, x, y));

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-labelledby="title description">
<title id="title">Operations of an idle run by library size</title>
<desc id="description">${describe(drawn)}</desc>
<style>${style}</style>
<rect class="card" x="0.5" y="0.5" width="${size.width - 1}" height="${size.height - 1}" rx="12"/>
${text(28, 42, 'The cost of an hour without changes', 'heading')}
${text(28, 66, 'Drive calls + Firestore reads and writes of one run without changes', 'note')}
${grid.join('\n')}
${ticks.join('\n')}
${text((area.left + area.right) / 2, area.bottom + 52, 'books in the library', 'tick middle')}
${gap(pointsOf('ours', results), pointsOf('plain', results), x, y)}
${curves.join('\n')}
</svg>
`;
}

function pointsOf(job: Job, results: readonly Result[]): Point[] {
  return results
    .filter((result) => result.job === job && result.work === 'idle')
    .map(({ books, driveCalls, reads, writes, deletes }) => ({
      books,
      operations: driveCalls + reads + writes + deletes,
    }));
}

/** A line with its dots, its label, and the value at its end. */
function curve(
  { job, label, note, points }: { job: Job; label: string; note: string; points: Point[] },
  labelY: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const last = points.at(-1);
  const path = points.map((p, n) => `${n === 0 ? 'M' : 'L'}${x(p.books)} ${y(p.operations)}`).join(' ');
  const dots = points.map((p) => `<circle class="dot" cx="${x(p.books)}" cy="${y(p.operations)}" r="5"/>`);
  const left = x(last?.books ?? 1) + 18;
  const end = `${amount(last?.operations ?? 0)} at ${amount(last?.books ?? 0)} books`;
  return `<g class="${job}">
<path class="line" d="${path}"/>
${dots.join('')}
${text(left, labelY - 12, label, 'label')}
${text(left, labelY + 6, end, 'value')}
${text(left, labelY + 23, note, 'note')}
</g>`;
}

/**
 * Shows how many times fewer operations this project needs than the plain job, at the largest size measured for both.
 */
function gap(
  ours: readonly Point[],
  plain: readonly Point[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const both = plain.filter((point) => ours.some(({ books }) => books === point.books)).at(-1);
  const mine = ours.find(({ books }) => books === both?.books);
  if (!both || !mine) return '';
  const [top, bottom] = [y(both.operations), y(mine.operations)];
  const times = Math.round(both.operations / mine.operations);
  return `<g class="gap"><path class="span" d="M${x(both.books)} ${top + 9}V${bottom - 9}"/>
${text(x(both.books) - 10, (top + bottom) / 2 + 4, `${amount(times)} times fewer`, 'value end')}</g>`;
}

/** Moves labels apart if their lines end close together. The lowest label stays in place. */
function spread(wanted: readonly number[]): number[] {
  const least = 58;
  const placed = [...wanted];
  for (let n = placed.length - 2; n >= 0; n--)
    placed[n] = Math.min(placed[n] ?? 0, (placed[n + 1] ?? 0) - least);
  return placed;
}

/** The range of powers of ten that contains the values. */
function decades(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return [low, Math.max(high, low + 1)];
}

function scale([low, high]: [number, number], [from, to]: [number, number]): (value: number) => number {
  return (value) => {
    const place = from + ((Math.log10(Math.max(1, value)) - low) / (high - low)) * (to - from);
    return Math.round(place * 10) / 10;
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function text(x: number, y: number, content: string, classes: string): string {
  return `<text class="${classes}" x="${x}" y="${y}">${content}</text>`;
}

function describe(lines: readonly { label: string; points: Point[] }[]): string {
  return lines
    .map(({ label, points }) => {
      const values = points.map(({ books, operations }) => `${amount(operations)} at ${amount(books)} books`);
      return `${label}: ${values.join(', ')}.`;
    })
    .join(' ');
}

const style = `
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:13px;fill:#57606a}
.card{fill:#fff;stroke:#d0d7de}
.grid{stroke:#d8dee4;stroke-width:1}
.span{fill:none;stroke:#8c959f;stroke-width:1.5;stroke-dasharray:4 4}
.heading{font-size:19px;font-weight:650;fill:#1f2328}
.note{font-size:12.5px}
.tick{font-size:12.5px;font-variant-numeric:tabular-nums}
.end{text-anchor:end}.middle{text-anchor:middle}
.label{font-size:13.5px;font-weight:650}
.value{fill:#1f2328;font-variant-numeric:tabular-nums}
g text{paint-order:stroke;stroke:#fff;stroke-width:6px;stroke-linejoin:round}
.line{fill:none;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
.dot{stroke:#fff;stroke-width:2}
.ours .line{stroke:#1a7f37;stroke-width:4}.ours .dot,.ours .label{fill:#1a7f37}
.plain .line{stroke:#bc4c00}.plain .dot,.plain .label{fill:#bc4c00}
.defective .line{stroke:#a40e6c;stroke-dasharray:1 7}.defective .dot,.defective .label{fill:#a40e6c}
@media (prefers-color-scheme:dark){
text{fill:#9198a1}.card{fill:#0d1117;stroke:#3d444d}.grid{stroke:#2a313c}
.heading,.value{fill:#f0f6fc}g text{stroke:#0d1117}.dot{stroke:#0d1117}
.ours .line{stroke:#3fb950}.ours .dot,.ours .label{fill:#3fb950}
.plain .line{stroke:#f0883e}.plain .dot,.plain .label{fill:#f0883e}
.defective .line{stroke:#f778ba}.defective .dot,.defective .label{fill:#f778ba}
}`;
