/**
 * Lists the licenses of what runs in production, and fails where one is not known to allow it:
 * `npm run licenses`.
 */
import { shippedSbom } from './sbom.ts';
import type { Component } from './shipped.ts';

/** Licences that ask for no more than the notices which the bundle carries (index.js.LEGAL.txt). */
const allowed = new Set([
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'BlueOak-1.0.0',
  // Lists of data (spdx-exceptions, spdx-license-ids): to name their source is all they ask.
  'CC-BY-3.0',
  'CC0-1.0',
]);

/** What a package's own LICENSE file says where its package.json says nothing that npm understands. */
const readByHand: Record<string, string> = { 'url-template@2.0.8': 'BSD-3-Clause' };

/** The licence of a component; of a choice (`A OR B`) the first that is allowed. */
export function licenceOf(component: Component): { text: string; allowed: boolean } {
  const named = (component.licenses ?? [])
    .map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '')
    .join(' AND ');
  const text = named || (readByHand[component['bom-ref']] ?? '');
  const choices = text.replace(/^\((.*)\)$/, '$1').split(' OR ');
  const isAllowed =
    text !== '' && choices.some((choice) => choice.split(' AND ').every((id) => allowed.has(id)));
  return { text: text || 'none named', allowed: isAllowed };
}

if (process.argv[1] === import.meta.filename) {
  const { components } = await shippedSbom();
  const rows = components.map((component) => ({ component, ...licenceOf(component) }));
  for (const { component, text } of rows.sort(
    (a, b) => a.text.localeCompare(b.text) || a.component.name.localeCompare(b.component.name),
  ))
    console.log(`${text.padEnd(24)} ${component.name}@${component.version}`);
  const refused = rows.filter((row) => !row.allowed);
  console.log(
    `\n${rows.length} packages run in production; ${refused.length} have a licence that is not allowed`,
  );
  if (refused.length > 0) process.exitCode = 1;
}
