'use strict';
const { check } = require('./schema');

exports.validate = (execution, config) => {
  if (!config.schema && !(config.rules || []).length) return { verdict: 'unknown', reason: 'Neither a schema nor rules are configured.', score: null };
  const faults = [];
  try {
    if (config.schema) check(execution.output, config.schema, 'output', faults);
    for (const [at, rule] of (config.rules || []).entries())
      if ((!rule.if || holds(execution, rule.if)) && !holds(execution, rule.then)) faults.push(`${rule.name || `Rule ${at + 1}`} does not hold.`);
  } catch (error) {
    return { verdict: 'unknown', reason: error.message.slice(0, 500), score: null };
  }
  return faults.length ? { verdict: 'fail', reason: faults.join(' ').slice(0, 500), score: 0 } : { verdict: 'pass', reason: null, score: 1 };
};

function find(execution, path) {
  return path.split('.').reduce((value, part) => value !== null && typeof value === 'object' && Object.hasOwn(value, part) ? value[part] : undefined, execution);
}

function holds(execution, { field, is, value, other }) {
  const left = find(execution, field);
  const right = other === undefined ? value : find(execution, other);
  switch (is) {
    case '=': return JSON.stringify(left) === JSON.stringify(right);
    case '!=': return JSON.stringify(left) !== JSON.stringify(right);
    case 'in': return Array.isArray(right) && right.some(one => JSON.stringify(one) === JSON.stringify(left));
    case 'present': return left !== undefined && left !== null;
    case 'absent': return left === undefined || left === null;
    case 'matches': return typeof left === 'string' && new RegExp(right, 'u').test(left);
    default: {
      // Only numbers with numbers and texts with texts: anything else is no order.
      if (typeof left !== typeof right || !['number', 'string'].includes(typeof left)) return false;
      return is === '<' ? left < right : is === '<=' ? left <= right : is === '>' ? left > right : left >= right;
    }
  }
}
