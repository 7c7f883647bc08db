/** What the dialog says besides what the recipient field says, in English, German and Chinese. */

import { phrase as fieldPhrase, inPageLanguage } from '../recipient-field/texts.js';

const texts = {
  title: ['Contacts', 'Kontakte', '通讯录'],
  search: ['Search name or address', 'Name oder Adresse suchen', '搜索姓名或地址'],
  show: ['Show', 'Anzeigen', '显示'],
  all: ['All', 'Alle', '全部'],
  groups: ['Groups', 'Gruppen', '邮件组'],
  people: ['People', 'Personen', '人员'],
  ticked: ['Ticked (#)', 'Angekreuzt (#)', '已选 (#)'],
  list: ['Groups and people', 'Gruppen und Personen', '邮件组和人员'],
  waiting: ['Searching …', 'Suche …', '正在搜索…'],
  found: ['# found', '# gefunden', '找到 # 个'],
  partly: ['# shown, more below', '# angezeigt, weitere unten', '已显示 # 个，下面还有'],
  none: ['Nothing found', 'Nichts gefunden', '未找到'],
  empty: ['The address book is empty', 'Das Adressbuch ist leer', '通讯录为空'],
  everywhere: ['Search groups and people', 'Gruppen und Personen durchsuchen', '搜索邮件组和人员'],
  untouched: ['Nothing is ticked', 'Nichts angekreuzt', '未选择任何联系人'],
  cut: [
    'Only the best # are shown. Type more letters.',
    'Nur die besten # werden angezeigt. Geben Sie mehr Buchstaben ein.',
    '只显示最匹配的 # 个，请输入更多文字。',
  ],
  more: ['More', 'Mehr', '更多'],
  unreachable: [
    'The address book does not answer.', 'Das Adressbuch antwortet nicht.', '通讯录没有响应。',
  ],
  busy: [
    'Too many searches. Wait a moment.', 'Zu viele Suchen. Warten Sie einen Moment.', '搜索过于频繁，请稍候。',
  ],
  expired: [
    'Your session has ended. Sign in again.',
    'Ihre Sitzung ist abgelaufen. Melden Sie sich neu an.',
    '会话已过期，请重新登录。',
  ],
  again: ['Try again', 'Noch einmal versuchen', '重试'],
  inside: ['Members', 'Mitglieder', '成员'],
  closed: [
    'This group does not show who is in it.',
    'Diese Gruppe zeigt nicht, wer in ihr ist.',
    '此邮件组不显示成员。',
  ],
  gone: ['This group is no longer there.', 'Diese Gruppe gibt es nicht mehr.', '此邮件组已不存在。'],
  nobody: ['Nobody is in it.', 'Niemand ist in ihr.', '没有成员。'],
  others: ['and # more', 'und # weitere', '还有 # 个'],
  already: ['in #', 'in #', '已在#'],
  chosen: ['# ticked', '# angekreuzt', '已选 # 个'],
  reach: ['# recipient|up to # recipients', '# Empfänger|bis zu # Empfänger', '最多 # 位收件人'],
  clear: ['Clear', 'Leeren', '清除'],
  add: ['Add to', 'Hinzufügen zu', '添加到'],
  to: ['To', 'An', '收件人'],
  cc: ['Cc', 'Cc', '抄送'],
  bcc: ['Bcc', 'Bcc', '密送'],
  close: ['Close', 'Schließen', '关闭'],
  keys: [
    '↑ ↓ move · Space ticks · Enter adds to # · / searches',
    '↑ ↓ bewegen · Leertaste kreuzt an · Eingabe fügt zu # hinzu · / sucht',
    '↑ ↓ 移动 · 空格选择 · 回车添加到# · / 搜索',
  ],
};

/** The texts in the language of the page, which may replace any of them. */
export const strings = inPageLanguage(texts);

/** A text with `value` in place of "#". */
export const phrase = (name, value) => fieldPhrase(name, value, strings);
