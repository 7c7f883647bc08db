/** What the field says, in English, German and simplified Chinese. */

const texts = {
  group: ['group', 'Gruppe', '邮件组'],
  members: ['# member|# members', '# Mitglied|# Mitglieder', '# 位成员'],
  external: ['# external', '# extern', '外部 #'],
  hold: ['needs approval', 'braucht Freigabe', '需要审核'],
  reject: ['sending not allowed', 'Senden nicht erlaubt', '不允许发送'],
  already: ['already added', 'schon hinzugefügt', '已有'],
  added: ['added', 'hinzugefügt', '已添加'],
  remove: ['remove', 'entfernen', '移除'],
  removed: ['removed', 'entfernt', '已移除'],
  edit: ['Edit', 'Bearbeiten', '编辑'],
  move: ['Move to #', 'Nach # verschieben', '移至#'],
  moved: ['moved to #', 'verschoben nach #', '已移至#'],
  selected: ['# selected', '# ausgewählt', '已选择 # 个'],
  invalid: ['not an address', 'keine Adresse', '不是有效地址'],
  via: ['via', 'über', '经由'],
  mean: ['Did you mean this?', 'Meinten Sie das?', '您要找的是这个吗？'],
  meant: ['did you mean #?', 'meinten Sie #?', '您要找的是 # 吗？'],
  choose: ['choose from the list with ↓', 'mit ↓ aus der Liste wählen', '请按 ↓ 从列表中选择'],
  suggestions: ['# suggestion|# suggestions', '# Vorschlag|# Vorschläge', '# 条建议'],
  none: ['Nothing found', 'Nichts gefunden', '未找到'],
  offline: ['Directory offline', 'Verzeichnis offline', '通讯录离线'],
  expired: ['Session expired, please sign in again', 'Sitzung abgelaufen, bitte neu anmelden', '会话已过期，请重新登录'],
  expand: ['replace with members', 'durch Mitglieder ersetzen', '替换为成员'],
  visible: ['Members will see each other', 'Mitglieder sehen einander', '成员会看到彼此'],
  bcc: ['Put in Bcc', 'In Bcc setzen', '放入密送'],
  undo: ['Undo', 'Rückgängig', '撤销'],
  recipients: ['# recipient|# recipients', '# Empfänger', '# 位收件人'],
  send: ['Send anyway', 'Trotzdem senden', '仍然发送'],
  cancel: ['Cancel', 'Abbrechen', '取消'],
};
const column = ['de', 'zh'].indexOf(document.documentElement.lang.slice(0, 2)) + 1;

/** Of texts in these languages, those in the page's. */
export const inPageLanguage = (texts) => (
  Object.fromEntries(Object.entries(texts).map(([name, each]) => [name, each[column]])));

/** The texts in the language of the page, which may replace any of them. */
export const strings = inPageLanguage(texts);

/** A text with `value` in place of "#"; what stands before "|" is for one. */
export function phrase(name, value = '', from = strings) {
  const [one, many = one] = from[name].split('|');
  return (value === 1 ? one : many).replace('#', () => value).trim();
}
