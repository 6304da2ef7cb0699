'use strict';

const MOST = 12, LONGEST = 200;
const red = /(failed|stopped|quarantined|rolled_back|aborted|breaker_tripped|revoked)$/, green = /(completed|decided|winner_found|activated|joined)$/;

exports.handle = (event, config) => {
  if ((config.skip ?? []).includes(event.type)) return null;
  const title = titleOf(event.type);
  const facts = Object.entries(event.data ?? {}).filter(([name, value]) => value !== null && typeof value !== 'object' && !isRedundant(name, event.data)).slice(0, MOST)
    .map(([name, value]) => [wordsOf(name), cut(String(value))]);
  const colour = red.test(event.type) ? 0xc0362c : green.test(event.type) ? 0x2e7d32 : 0x5b6472;
  const link = config.portal ? `${config.portal.replace(/\/+$/, '')}${pathOf(event)}` : null;
  switch (config.service ?? 'slack') {
    case 'teams': return { payload: teams(event, title, facts, link) };
    case 'discord': return { payload: discord(event, title, facts, colour, link) };
    default: return { payload: slack(event, title, facts, colour, link) };
  }
};

function slack(event, title, facts, colour, link) {
  const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return {
    text: title,
    attachments: [{
      color: `#${colour.toString(16).padStart(6, '0')}`,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `*${escape(title)}*${link ? `\n<${link}|Open in Loopai>` : ''}` } },
        ...(facts.length ? [{ type: 'section', fields: facts.slice(0, 10).map(([name, value]) => ({ type: 'mrkdwn', text: `*${escape(name)}*\n${escape(value)}` })) }] : []),
        { type: 'context', elements: [{ type: 'mrkdwn', text: escape(`${event.type} · ${event.at}`) }] },
      ],
    }],
  };
}

function teams(event, title, facts, link) {
  return {
    type: 'message',
    attachments: [{
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.4',
        body: [
          { type: 'TextBlock', size: 'Medium', weight: 'Bolder', text: title, wrap: true },
          { type: 'FactSet', facts: facts.map(([title, value]) => ({ title, value })) },
          { type: 'TextBlock', isSubtle: true, size: 'Small', text: `${event.type} · ${event.at}`, wrap: true },
        ],
        actions: link ? [{ type: 'Action.OpenUrl', title: 'Open in Loopai', url: link }] : [],
      },
    }],
  };
}

function discord(event, title, facts, colour, link) {
  return {
    // Nobody is called by what an event happens to say.
    allowed_mentions: { parse: [] },
    embeds: [{
      title, color: colour, timestamp: event.at, footer: { text: event.type }, ...(link ? { url: link } : {}),
      fields: facts.map(([name, value]) => ({ name, value, inline: true })),
    }],
  };
}

function titleOf(type) {
  const words = type.replace(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// An id tells people nothing that the name beside it does not.
function isRedundant(name, data) {
  return name.endsWith('Id') && Boolean(data.plugin ?? data.name);
}

function wordsOf(name) {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function cut(text) {
  return text.length === 0 ? '–' : text.length > LONGEST ? text.slice(0, LONGEST - 1) + '…' : text;
}

function pathOf({ data }) {
  if (data?.executionId) return `/executions/${data.executionId}`;
  if (data?.experimentId) return `/experiments/${data.experimentId}`;
  if (data?.installationId) return `/plugins/installed/${data.installationId}`;
  return data?.taskId ? `/tasks/${data.taskId}` : '';
}
