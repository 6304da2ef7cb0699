'use strict';

const types = {
  object: value => value !== null && typeof value === 'object' && !Array.isArray(value),
  array: Array.isArray,
  string: value => typeof value === 'string',
  number: value => typeof value === 'number',
  integer: Number.isInteger,
  boolean: value => typeof value === 'boolean',
  null: value => value === null,
};
const silent = new Set(['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'format']);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const keywords = {
  type: (value, wanted) => [wanted].flat().some(type => types[type](value)) || `is no ${[wanted].flat().join(' or ')}`,
  enum: (value, wanted) => wanted.some(one => same(one, value)) || 'is none of the values that are allowed',
  const: (value, wanted) => same(value, wanted) || 'is not the value that it has to be',
  minimum: (value, least) => typeof value !== 'number' || value >= least || `is less than ${least}`,
  maximum: (value, most) => typeof value !== 'number' || value <= most || `is more than ${most}`,
  exclusiveMinimum: (value, least) => typeof value !== 'number' || value > least || `is not more than ${least}`,
  exclusiveMaximum: (value, most) => typeof value !== 'number' || value < most || `is not less than ${most}`,
  multipleOf: (value, step) => typeof value !== 'number' || Math.abs(value / step - Math.round(value / step)) < 1e-9 || `is no multiple of ${step}`,
  minLength: (value, least) => typeof value !== 'string' || [...value].length >= least || `has less than ${least} characters`,
  maxLength: (value, most) => typeof value !== 'string' || [...value].length <= most || `has more than ${most} characters`,
  pattern: (value, text) => typeof value !== 'string' || new RegExp(text, 'u').test(value) || 'does not match its pattern',
  minItems: (value, least) => !Array.isArray(value) || value.length >= least || `has less than ${least} items`,
  maxItems: (value, most) => !Array.isArray(value) || value.length <= most || `has more than ${most} items`,
  uniqueItems: (value, wanted) => !wanted || !Array.isArray(value) || new Set(value.map(v => JSON.stringify(v))).size === value.length || 'has an item twice',
  required: (value, names) => !types.object(value) || names.every(name => Object.hasOwn(value, name)) || `lacks ${names.filter(name => !Object.hasOwn(value, name)).join(', ')}`,
  anyOf: (value, schemas) => schemas.some(schema => fits(value, schema)) || 'fits none of its schemas',
  oneOf: (value, schemas) => schemas.filter(schema => fits(value, schema)).length === 1 || 'does not fit exactly one of its schemas',
  not: (value, schema) => !fits(value, schema) || 'fits what it must not',
};

function fits(value, schema) {
  const faults = [];
  check(value, schema, '', faults);
  return faults.length === 0;
}

/** Adds what is wrong with a value. A keyword that is not known here is an error: a check that is passed over is worse than none. */
function check(value, schema, place, faults) {
  if (typeof schema === 'boolean') {
    if (!schema) faults.push(`${place} is not allowed.`);
    return;
  }
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (silent.has(keyword)) continue;
    if (keyword === 'allOf') {
      for (const one of wanted) check(value, one, place, faults);
    } else if (keyword === 'properties') {
      if (types.object(value)) for (const [name, one] of Object.entries(wanted)) if (Object.hasOwn(value, name)) check(value[name], one, `${place}.${name}`, faults);
    } else if (keyword === 'additionalProperties') {
      if (types.object(value)) for (const name of Object.keys(value)) if (!Object.hasOwn(schema.properties || {}, name)) check(value[name], wanted, `${place}.${name}`, faults);
    } else if (keyword === 'items') {
      if (Array.isArray(value)) value.forEach((one, at) => check(one, wanted, `${place}[${at}]`, faults));
    } else if (keywords[keyword]) {
      const said = keywords[keyword](value, wanted);
      if (said !== true) faults.push(`${place} ${said}.`);
    } else {
      throw new Error(`The schema uses '${keyword}', which this plugin does not check.`);
    }
  }
}

exports.check = check;
