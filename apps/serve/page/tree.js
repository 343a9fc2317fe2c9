// A recipe as a tree of blocks, and changes of it that leave the old tree as it was.

let last = 0;
const fresh = () => ++last;

/** Which fields of a transform are lists of transforms. */
export const childFields = (entry) => entry.fields.filter((f) => f.kind === 'transforms').map((f) => f.name);

/** Of what a transform is at first that alone stays which is different then: else it would stay where the transform moves on. */
function growth(fields) {
  if (!fields.start) return;
  fields.start = Object.fromEntries(Object.entries(fields.start).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(fields[key])));
  if (!Object.keys(fields.start).length) delete fields.start;
}

/** Whether anything depends on how much of training is over. */
export const hasSchedule = (list) => list.some(({ fields }) => ['from', 'until', 'start'].some((key) => fields[key] !== undefined)
  || Object.values(fields).some((value) => isList(value) && hasSchedule(value)));

/** {Rotate: {angle: …}} as {id, name, fields, open}; `like`: the block that was there before, whose id and openness stay. */
export function block(written, catalogue, like) {
  const [name, given] = typeof written === 'string' ? [written, {}] : Object.entries(written)[0];
  const same = like?.name === name ? like : undefined;
  const fields = { ...given };
  growth(fields);
  for (const field of childFields(catalogue.get(name)))
    fields[field] = blocks(fields[field] ?? [], catalogue, same?.fields[field]);
  return { id: same?.id ?? fresh(), name, fields, open: same?.open ?? false, off: fields.p === 0 ? same?.off : undefined };
}

export const blocks = (list, catalogue, like = []) => list.map((one, i) => block(one, catalogue, like[i]));

/** A new block with every field as the catalogue has it. */
export function newBlock(name, catalogue) {
  const entry = catalogue.get(name);
  const fields = {};
  for (const field of entry.fields) fields[field.name] = field.value;
  if (fields.p !== undefined && !childFields(entry).length) fields.p = Math.max(fields.p, 0.5);
  return { ...block({ [name]: fields }, catalogue), open: true };
}

/** As the server reads it. */
export const written = (list) =>
  list.map(({ name, fields }) => {
    const out = {};
    for (const [key, value] of Object.entries(fields))
      out[key] = isList(value) ? written(value) : value;
    return { [name]: out };
  });

const replaced = (list, at, ...others) => [...list.slice(0, at), ...others, ...list.slice(at + 1)];

const isList = (value) => Array.isArray(value) && value[0]?.id !== undefined;

/** Puts what change(list, position) returns in the place of the list that block `id` is in. */
export function edit(list, id, change) {
  const at = list.findIndex((one) => one.id === id);
  if (at >= 0) return change(list, at);
  for (const [i, one] of list.entries())
    for (const [key, value] of Object.entries(one.fields)) {
      if (!isList(value)) continue;
      const inner = edit(value, id, change);
      if (inner !== value) return replaced(list, i, { ...one, fields: { ...one.fields, [key]: inner } });
    }
  return list;
}

export const set = (list, id, values) =>
  edit(list, id, (l, at) => replaced(l, at, { ...l[at], ...values }));

export const setField = (list, id, name, value) =>
  edit(list, id, (l, at) => {
    const fields = { ...l[at].fields, [name]: value };
    if (value === undefined) delete fields[name];
    return replaced(l, at, { ...l[at], fields, off: name === 'p' ? undefined : l[at].off });
  });

/** Switched off it's never applied, and keeps its place: nothing else is drawn in another way. */
export const toggle = (list, id) =>
  edit(list, id, (l, at) => {
    const one = l[at];
    const isOff = one.fields.p === 0;
    return replaced(l, at, { ...one, off: isOff ? undefined : one.fields.p, fields: { ...one.fields, p: isOff ? one.off ?? 1 : 0 } });
  });

export const find = (list, id) => {
  let found;
  edit(list, id, (l, at) => ((found = l[at]), l));
  return found;
};

const copied = (one) => ({
  ...one,
  id: fresh(),
  fields: Object.fromEntries(
    Object.entries(one.fields).map(([k, v]) => [k, isList(v) ? v.map(copied) : v])),
});

export const duplicate = (list, id) => edit(list, id, (l, at) => replaced(l, at, l[at], copied(l[at])));

export const remove = (list, id) => edit(list, id, (l, at) => replaced(l, at));

/** One place up or down among its neighbours. */
export const shift = (list, id, by) =>
  edit(list, id, (l, at) => {
    const to = at + by;
    if (to < 0 || to >= l.length) return l;
    const out = [...l];
    [out[at], out[to]] = [out[to], out[at]];
    return out;
  });

const holds = (one, id) => one.id === id || Object.values(one.fields).some((v) => isList(v) && v.some((b) => holds(b, id)));

/** Before or behind another block. */
export function move(list, id, target, behind) {
  const one = find(list, id);
  if (!one || holds(one, target)) return list;
  return edit(remove(list, id), target, (l, at) => (behind ? replaced(l, at, l[at], one) : replaced(l, at, one, l[at])));
}

/** At the end of the recipe, or of a field of block `parent`. */
export const append = (list, one, parent, field) =>
  parent ? setField(list, parent, field, [...(find(list, parent).fields[field] ?? []), one]) : [...list, one];

/** A value as Python writes it. */
const value = (v) =>
  v === true ? 'True' : v === false ? 'False' : Array.isArray(v) ? `(${v.map(value).join(', ')}${v.length === 1 ? ',' : ''})`
    : typeof v === 'object' && v ? `{${Object.entries(v).map(([k, w]) => `${JSON.stringify(k)}: ${value(w)}`).join(', ')}}` : JSON.stringify(v);

/** A whole recipe as Python writes it. `usual`: the fields that recipes have once. */
export function pythonRecipe(list, rules, catalogue, usual) {
  const said = Object.entries(rules).filter(([key, v]) => key !== 'format' && JSON.stringify(v) !== JSON.stringify(usual.find((f) => f.name === key)?.value));
  return `dp.Recipe(${[python(list, catalogue), ...said.map(([key, v]) => `${key}=${value(v)}`)].join(', ')})`;
}

/** Transforms as Python writes them. */
export function python(list, catalogue, indent = '') {
  const lines = list.map(({ name, fields }) => {
    const known = new Map(catalogue.get(name).fields.map((f) => [f.name, f]));
    const said = Object.entries(fields)
      .filter(([key, v]) => JSON.stringify(v) !== JSON.stringify(known.get(key)?.value))
      .map(([key, v]) => `${key === 'from' ? 'from_' : key}=${known.get(key)?.kind === 'transforms' ? python(v, catalogue, indent + '    ') : known.get(key)?.kind.startsWith('text') && Array.isArray(v) ? `[${v.map((w) => JSON.stringify(w)).join(', ')}]` : value(v)}`);
    return `${indent}    dp.${name}(${said.join(', ')}),`;
  });
  return lines.length ? `[\n${lines.join('\n')}\n${indent}]` : '[]';
}
