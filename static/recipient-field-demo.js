/** The documentation page's directory: answers the fields' questions without a server. */

const group = (name, address, count, more) => ({
  kind: 'group', id: address.split('@')[0], name, address, member_count: count,
  posting: 'accept', members_visible: true, ...more,
});
const person = (name, address, kind = 'account') => ({ kind, name, address });

const people = [
  person('Ada Example', 'ada@example.org'),
  person('Salma Ortiz', 'salma.ortiz@example.org'),
  person('Doe, Jane', 'jane@example.org'),
  person('Bob Builder', 'bob@example.org'),
  person('Ólafur Jónsson', 'olafur@example.org'),
  person('李小龙', 'li.xiaolong@example.org'),
  person('Carla Contact', 'carla@example.com', 'contact'),
];
const groups = [
  group('Sales Team', 'sales@example.org', 3, { external_count: 1 }),
  group('Salon Committee', 'salon@example.org', 7, { posting: 'hold' }),
  group('Salary Office', 'salary@example.org', 2, {
    posting: 'reject', posting_reason: 'Only its members may send to it.', members_visible: false,
  }),
  group('All Staff', 'all@example.org', 300),
];
const members = [people[0], people[1], person('Otto Outside', 'otto@example.net', 'external')];

function complete(query, kinds) {
  const text = query.toLowerCase();
  const starts = ({ name, address }) =>
    [name, address, ...name.split(' ')].some((start) => start.toLowerCase().startsWith(text));
  return [...groups, ...people].filter((entry) => starts(entry) && (!kinds || kinds.includes(entry.kind)));
}

/** What the contacts dialog lists: everybody for an empty text. */
function list(query, kind) {
  const kinds = { group: 'group', person: 'account' }[kind] ?? ['group', 'account'];
  return { items: complete(query, kinds) };
}

/** The answer to one question of a field, or of the dialog. */
function answer({ pathname, searchParams }) {
  if (pathname.endsWith('/sample/completions')) {
    return { completions: complete(searchParams.get('q'), searchParams.get('kinds')) };
  }
  if (pathname.endsWith('/sample/contacts')) return list(searchParams.get('q'), searchParams.get('kind'));
  if (pathname.endsWith('/groups/sales/recipients')) return { members, total: members.length };
  throw new TypeError('The directory is offline.');
}

window.fetch = async (url) => new Response(JSON.stringify(answer(new URL(url, location))));

for (const form of document.querySelectorAll('[data-demo]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    form.querySelector('output').textContent =
      [...new FormData(form)].map(([name, value]) => `${name}: ${value}`).join('\n');
  });
}
