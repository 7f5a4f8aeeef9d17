/** Which values of an environment are secrets: by the names of variables and parameters, and as parts of addresses. Pure. */

/** Names by which values are told to be secret, as the field spells them. */
const secretName =
  /^(?!PWD$).*(?:TOKEN(?!IZ)|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH(?!OR(?!IZATION))|API_?KEY|ACCESS_?KEY|ACCOUNT_?KEY|PRIVATE_?KEY|(?<![A-Z0-9])(?:KEYS?|PAT|PASS|PWD|PW|PIN|DSN)(?![A-Z0-9]))|^PG(?!HOST|PORT|DATA|USER|APPNAME|SSLMODE|TZ|OPTIONS)/i;

/** What switches carry, whatever they are called; masked, they would blot out half of a log. */
const switchValue = /^(?:true|false|yes|no|on|off|none|null|[01])$/i;

/** So long an address's user without a password is a token. */
const shortestToken = 16;
/** An address has one `@` that counts; which one, readers differ in. */
const mostPasswords = 4;

/** Values of variables whose name says that they are secret, passwords within addresses, and parameters that are named as secrets. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): string[] {
  const found = Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const parts = [...passwordsIn(value), ...parametersIn(value)];
    return secretName.test(name) ? [value, ...parts] : parts;
  });
  return [...new Set(found)].filter((value) => value !== '' && !switchValue.test(value));
}

/** Of `scheme://user:password@host` the password, of `scheme://token@host` the token, as they are written and as they are meant. */
function passwordsIn(value: string): string[] {
  return [...value.matchAll(/[a-z][a-z0-9+.-]*:\/\/(\S*)@/gi)].flatMap(([, before = '']) => {
    const [user = '', ...rest] = before.split(':');
    const secret = rest.join(':');
    if (secret === '') return user.length >= shortestToken && !user.includes('/') ? bothForms(user) : [];
    if (user.includes('/') || /^\d+\//.test(secret)) return []; // a port and a path
    const ends = [...`${secret}@`.matchAll(/@/g)].slice(0, mostPasswords);
    return ends.flatMap(({ index }) => bothForms(secret.slice(0, index)));
  });
}

/** `?token=…`, `;AccountKey=…` and `password=…` among words. */
function parametersIn(value: string): string[] {
  const pairs = value.matchAll(/(?:^|[?&;\s])([\w.-]+)=("[^"]*"|'[^']*'|[^&;\s]+)/g);
  return [...pairs].flatMap(([, name = '', text = '']) => (secretName.test(name) ? bothForms(text.replace(/^(["'])(.*)\1$/s, '$2')) : []));
}

function bothForms(text: string): string[] {
  try {
    return [text, decodeURIComponent(text)];
  } catch {
    return [text]; // a per cent sign that is one
  }
}
