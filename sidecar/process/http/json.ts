// What an HTTP process says in its bodies: text by others, looked into by JSON pointers.

/** The value in a body; a body that is no JSON is a text, without the blanks around it. */
export function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body.trim();
  }
}

/** What stands at an RFC 6901 pointer; undefined when nothing does. The empty pointer means the whole. */
export function at(value: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys.reduce<unknown>((holder, key) => memberOf(holder, unescaped(key)), value);
}

/** What stands there as text; undefined unless it is a string, a number or a boolean. */
export function textAt(value: unknown, pointer: string): string | undefined {
  const found = at(value, pointer);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : undefined;
}

function memberOf(holder: unknown, key: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return Reflect.get(holder, key);
}

function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
