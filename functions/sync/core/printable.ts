/** File names and titles may hold anything; they must neither forge a line of the log nor steer a terminal. */

/** The text in one line: control characters, line breaks and marks of direction are escaped as `\\uXXXX`. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, escapeCharacter);
}

/** The same for whole texts, whose line feeds stay. */
export function multiLine(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
