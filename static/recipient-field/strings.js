/** Every text the field shows or says: English, German, simplified Chinese. */

const texts = {
  group: ['group', 'Gruppe', '群组'],
  members: ['# member|# members', '# Mitglied|# Mitglieder', '# 位成员'],
  external: ['# external', '# extern', '外部 #'],
  hold: ['needs approval', 'wird erst geprüft', '需要审批'],
  reject: ['you may not send here', 'Senden nicht erlaubt', '您无权发送'],
  already: ['already added', 'schon vorhanden', '已有'],
  added: ['added', 'hinzugefügt', '已添加'],
  remove: ['remove', 'entfernen', '移除'],
  removed: ['removed', 'entfernt', '已移除'],
  invalid: ['not an address', 'keine Adresse', '不是有效地址'],
  suggestions: ['# suggestion|# suggestions', '# Vorschlag|# Vorschläge', '# 条建议'],
  offline: ['No answer from the directory', 'Das Verzeichnis antwortet nicht', '通讯录没有响应'],
  expand: ['replace with its members', 'durch die Mitglieder ersetzen', '替换为其成员'],
  visible: ['Members will see each other.', 'Die Mitglieder sehen einander dann.', '成员将能看到彼此。'],
  replace: ['Replace', 'Ersetzen', '替换'],
  bcc: ['Put them in Bcc', 'In Bcc setzen', '放入密送'],
  cancel: ['Cancel', 'Abbrechen', '取消'],
  undo: ['Undo', 'Rückgängig', '撤销'],
  recipients: ['# recipients', '# Empfänger', '# 位收件人'],
  send: ['Send anyway', 'Trotzdem senden', '仍然发送'],
};

const column = ['de', 'zh'].indexOf(document.documentElement.lang.slice(0, 2)) + 1;

/** The texts in the page's language, for a page to change as it likes. */
export const strings = Object.fromEntries(Object.entries(texts).map(([name, row]) => [name, row[column]]));

/** "# member|# members" with its number, if it has one. */
export function count(name, number = '') {
  const [one, many = one] = strings[name].split('|');
  return (number === 1 ? one : many).replace('#', number).trim();
}
